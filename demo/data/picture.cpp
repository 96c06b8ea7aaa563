// How do pictures reach the disk whole, and how is a sample sheet put together?
#include "demo/data/picture.h"

#include <stb/stb_image_write.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "host/graph/error.h"

namespace gouache::data {
namespace fs = std::filesystem;

void write_atomically(const std::string& path, const std::function<void(std::ostream&)>& write) {
  static std::atomic<uint32_t> writes = 0;
  const fs::path target(path);
  fs::path temporary = target;
  temporary += ".part" + std::to_string(++writes);
  const auto failed = [&](const std::string& reason) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return Error(ErrorCode::io, path + ": cannot be written: " + reason + "; what was there before is unchanged");
  };
  errno = 0;
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  if (!file) throw failed(std::strerror(errno));
  try {
    write(file);
  } catch (...) {
    file.close();
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw;
  }
  errno = 0;
  file.close();  // flushes; sets failbit if the disk is full
  if (!file) throw failed(errno ? std::strerror(errno) : "the disk is full or the device failed");
  std::error_code error;
  fs::rename(temporary, target, error);
  if (error) throw failed(error.message());
}

void write_png(const std::string& path, const Picture& p) {
  const uint64_t bytes = uint64_t{p.width} * p.height * p.channels;
  if (p.width == 0 || p.height == 0 || p.channels < 1 || p.channels > 4 || p.pixels.size() != bytes)
    throw Error(path + ": a picture of " + std::to_string(p.width) + " x " + std::to_string(p.height) + " x " + std::to_string(p.channels) +
                " channels needs " + std::to_string(bytes) + " bytes (all sizes above 0, at most 4 channels), it has " +
                std::to_string(p.pixels.size()));
  if (p.width > kLargestSide || p.height > kLargestSide || uint64_t{p.width} * p.height > kLargestArea)
    throw Error(path + ": a picture of " + std::to_string(p.width) + " x " + std::to_string(p.height) +
                " pixels is too large; expected at most " + std::to_string(kLargestSide) + " to a side and " +
                std::to_string(kLargestArea) + " in all");
  write_atomically(path, [&](std::ostream& out) {
    const auto append = [](void* stream, void* data, int size) {
      static_cast<std::ostream*>(stream)->write(static_cast<const char*>(data), size);
    };
    if (!stbi_write_png_to_func(append, &out, static_cast<int>(p.width), static_cast<int>(p.height), static_cast<int>(p.channels),
                                p.pixels.data(), static_cast<int>(p.width * p.channels)))
      throw Error(ErrorCode::out_of_memory, path + ": no memory to compress a picture of " + std::to_string(bytes) + " bytes");
  });
}

void unpremultiply(std::span<uint8_t> pixels, uint32_t channels) {
  if (channels != 2 && channels != 4) return;
  for (size_t i = 0; i + channels <= pixels.size(); i += channels) {
    const uint32_t alpha = pixels[i + channels - 1];
    for (size_t k = 0; k + 1 < channels; k++)
      pixels[i + k] = alpha == 0 ? uint8_t{0} : static_cast<uint8_t>(std::min(255u, (pixels[i + k] * 255u + alpha / 2) / alpha));
  }
}

Picture sheet(std::span<const uint8_t> images, uint32_t count, uint32_t width, uint32_t height, uint32_t channels,
              const SheetLayout& layout) {
  const uint64_t image_bytes = uint64_t{width} * height * channels;
  if (count == 0 || image_bytes == 0 || channels > 4 || images.size() != count * image_bytes)
    throw Error("sheet: " + std::to_string(count) + " images of " + std::to_string(width) + " x " + std::to_string(height) + " x " +
                std::to_string(channels) + " need " + std::to_string(count * image_bytes) +
                " bytes (at least one image, at most 4 channels), there are " + std::to_string(images.size()));
  if (layout.zoom < 1 || layout.zoom > 64) throw Error("sheet: zoom is " + std::to_string(layout.zoom) + "; expected 1 to 64");
  uint32_t columns = std::min(layout.columns, count);
  if (columns == 0)
    while (uint64_t{columns} * columns < count) columns++;
  const uint64_t rows = (uint64_t{count} + columns - 1) / columns, zoom = layout.zoom, gap = layout.gap;
  const uint64_t wide = columns * (width * zoom + gap) + gap, high = rows * (height * zoom + gap) + gap;
  if (wide > kLargestSide || high > kLargestSide || wide * high > kLargestArea)
    throw Error("sheet: " + std::to_string(count) + " images make a sheet of " + std::to_string(wide) + " x " + std::to_string(high) +
                " pixels; expected at most " + std::to_string(kLargestSide) + " to a side and " + std::to_string(kLargestArea) +
                " in all: ask for fewer images or a smaller zoom");

  const bool has_alpha = channels == 2 || channels == 4, keeps_alpha = has_alpha && layout.ground == Ground::transparent;
  Picture out{static_cast<uint32_t>(wide), static_cast<uint32_t>(high), keeps_alpha ? 4u : 3u, {}};
  const auto ground = [&](uint64_t x, uint64_t y) -> std::array<uint8_t, 4> {
    if (keeps_alpha) return {0, 0, 0, 0};
    if (layout.ground == Ground::paper) return {250, 248, 243, 255};
    if (layout.ground == Ground::checkerboard) {
      const uint8_t grey = (x / (4 * zoom) + y / (4 * zoom)) % 2 ? 214 : 232;
      return {grey, grey, grey, 255};
    }
    return {255, 255, 255, 255};
  };
  out.pixels.resize(wide * high * out.channels);
  for (uint64_t y = 0; y < high; y++)
    for (uint64_t x = 0; x < wide; x++) {
      std::array<uint8_t, 4> pixel = ground(x, y);
      const uint64_t column = x / (width * zoom + gap), row = y / (height * zoom + gap);
      const uint64_t px = x % (width * zoom + gap), py = y % (height * zoom + gap), index = row * columns + column;
      if (px >= gap && py >= gap && column < columns && row < rows && index < count) {
        const uint8_t* in = &images[index * image_bytes + ((py - gap) / zoom * width + (px - gap) / zoom) * channels];
        const uint32_t alpha = has_alpha ? in[channels - 1] : 255;
        for (size_t k = 0; k < 3; k++) {  // premultiplied colour over the ground; the transparent ground contributes nothing
          const uint32_t over = in[channels < 3 ? 0 : k] + (keeps_alpha ? 0 : (pixel[k] * (255 - alpha) + 127) / 255);
          pixel[k] = static_cast<uint8_t>(std::min(255u, over));
        }
        pixel[3] = static_cast<uint8_t>(alpha);
      }
      std::memcpy(&out.pixels[(y * wide + x) * out.channels], pixel.data(), out.channels);
    }
  if (keeps_alpha) unpremultiply(out.pixels, 4);
  return out;
}

}  // namespace gouache::data
