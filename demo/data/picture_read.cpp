// How is an image file read so that damage is noticed and nothing huge is allocated?
#include <stb/stb_image.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "demo/data/picture.h"
#include "demo/data/stb_read.h"
#include "host/graph/error.h"

namespace gouache::data {
namespace {

constexpr uint64_t kLargestFile = uint64_t{512} << 20;  // bytes
constexpr std::array<const char*, 6> kEndings = {".png", ".jpg", ".jpeg", ".bmp", ".tga", ".gif"};

std::string ending(const std::string& path) {
  std::string text = std::filesystem::path(path).extension().string();
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::vector<uint8_t> file_bytes(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path, error);
  if (!file || error) throw Error(ErrorCode::io, path + ": cannot be opened: " + (error ? error.message() : std::strerror(errno)));
  if (size > kLargestFile)
    throw Error(ErrorCode::bad_file,
                path + ": the file has " + std::to_string(size) + " bytes; expected at most " + std::to_string(kLargestFile));
  std::vector<uint8_t> bytes(size);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (static_cast<uint64_t>(file.gcount()) != size) throw Error(ErrorCode::io, path + ": cannot be read to its end");
  return bytes;
}

// The formats that can be told by their first bytes; TGA cannot.
bool has_known_start(const std::vector<uint8_t>& bytes) {
  const auto starts = [&](std::initializer_list<uint8_t> with) {
    return bytes.size() >= with.size() && std::equal(with.begin(), with.end(), bytes.begin());
  };
  return starts({0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}) || starts({0xff, 0xd8, 0xff}) || starts({'B', 'M'}) ||
         starts({'G', 'I', 'F', '8'});
}

// The file as the decoder reads it.  Decoders other than the PNG one take zeros for bytes that are not there and carry on: a
// read past the end is remembered here, and the picture refused.
struct Stream {
  const std::vector<uint8_t>& bytes;
  size_t at = 0;
  bool ran_out = false;
};

constexpr int kRefill = 128;  // the decoder's buffer: it asks for as much without needing all of it

const stbi_io_callbacks kStream = {
    [](void* user, char* data, int size) {
      Stream& s = *static_cast<Stream*>(user);
      const size_t got = std::min(static_cast<size_t>(std::max(size, 0)), s.bytes.size() - s.at);
      s.ran_out = s.ran_out || (size > 0 && (got == 0 || (got < static_cast<size_t>(size) && size != kRefill)));
      std::copy_n(s.bytes.begin() + static_cast<std::ptrdiff_t>(s.at), got, data);
      s.at += got;
      return static_cast<int>(got);
    },
    [](void* user, int step) {
      Stream& s = *static_cast<Stream*>(user);
      s.at = static_cast<size_t>(std::clamp<int64_t>(static_cast<int64_t>(s.at) + step, 0, static_cast<int64_t>(s.bytes.size())));
    },
    [](void* user) {
      const Stream& s = *static_cast<Stream*>(user);
      return s.at >= s.bytes.size() ? 1 : 0;
    },
};

}  // namespace

bool has_image_name(const std::string& path) { return std::find(kEndings.begin(), kEndings.end(), ending(path)) != kEndings.end(); }

Picture read_image(const std::string& path) {
  const std::vector<uint8_t> bytes = file_bytes(path);
  const auto bad = [&](const std::string& defect) { return Error(ErrorCode::bad_file, path + ": " + defect); };
  if (bytes.empty()) throw bad("the file is empty; expected a PNG, JPEG, BMP, TGA or GIF image");
  if (!has_known_start(bytes) && ending(path) != ".tga")
    throw bad("does not begin like a PNG, JPEG, BMP or GIF image (TGA files must end in .tga)");

  int width = 0, height = 0, channels = 0;
  const auto reason = [] { return std::string(stbi_failure_reason() ? stbi_failure_reason() : "unknown reason"); };
  {
    const DecoderLimit limit(size_t{1} << 20);
    Stream stream{bytes};
    if (!stbi_info_from_callbacks(&kStream, &stream, &width, &height, &channels)) throw bad("the header is damaged: " + reason());
  }
  const uint64_t area = static_cast<uint64_t>(width) * static_cast<uint64_t>(height);
  if (width < 1 || height < 1 || width > static_cast<int>(kLargestSide) || height > static_cast<int>(kLargestSide) || area > kLargestArea)
    throw bad("is declared as " + std::to_string(width) + " x " + std::to_string(height) + " pixels; expected 1 to " +
              std::to_string(kLargestSide) + " to a side and at most " + std::to_string(kLargestArea) + " in all");

  const DecoderLimit limit(static_cast<size_t>(area) * 16 + (size_t{2} << 20) +
                           4 * bytes.size());  // 16-bit RGBA, doubled as the decoder's buffers grow
  Stream stream{bytes};
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(stbi_load_from_callbacks(&kStream, &stream, &width, &height, &channels, 0),
                                                         stbi_image_free);
  if (!pixels) throw bad("the image is damaged: " + reason() + (stream.ran_out ? " (file truncated?)" : ""));
  if (stream.ran_out) throw bad("the image data ends early at " + std::to_string(bytes.size()) + " bytes (file truncated?)");
  if (static_cast<uint64_t>(width) * static_cast<uint64_t>(height) != area || channels < 1 || channels > 4)
    throw bad("the image data contradicts its header");
  const stbi_uc* first = pixels.get();
  return {static_cast<uint32_t>(width),
          static_cast<uint32_t>(height),
          static_cast<uint32_t>(channels),
          {first, first + area * static_cast<uint64_t>(channels)}};
}

}  // namespace gouache::data
