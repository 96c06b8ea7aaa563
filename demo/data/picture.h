// How are pictures read, written and laid out on sample sheets?
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

namespace gouache::data {

/// Packed sRGB bytes [height, width, channels], straight (not premultiplied) alpha in the last of 2 or 4 channels.
struct Picture {
  uint32_t width = 0, height = 0, channels = 0;
  std::vector<uint8_t> pixels;
};

/// Pictures larger than this are refused before anything is allocated for them.
inline constexpr uint32_t kLargestSide = 16384;
inline constexpr uint64_t kLargestArea = uint64_t{64} << 20;  ///< pixels

/// Writes a file so that a reader sees the old content or the new one, never a part: into a temporary file beside it, then renamed.
/// On failure (a full disk, say) the old file stays, the temporary one goes, and Error(io) names the file.
void write_atomically(const std::string& path, const std::function<void(std::ostream&)>& write);

/// Writes a PNG atomically.  Throws Error(io), or invalid_argument when the sizes do not match the pixels.
void write_png(const std::string& path, const Picture& picture);

/// Reads PNG, JPEG, BMP, TGA or GIF (its first image); 16-bit channels are cut to 8.  Throws Error: io if the file cannot be read,
/// bad_file with the file's name and the defect if it is damaged, cut short, of another format or too large.
Picture read_image(const std::string& path);

/// Whether read_image would try a file of this name, by its ending.
bool has_image_name(const std::string& path);

/// Divides colour by alpha in place (channels 2 or 4, else nothing); where alpha is 0 the colour becomes 0.
void unpremultiply(std::span<uint8_t> pixels, uint32_t channels);

/// What lies behind the images of a sheet and in its gaps.
enum class Ground {
  transparent,   ///< RGBA with straight alpha; opaque images get white gaps
  checkerboard,  ///< opaque RGB; two light greys in squares of 4 zoomed pixels, so that alpha can be seen
  paper,         ///< opaque RGB on warm white
};

struct SheetLayout {
  uint32_t columns = 0;  ///< 0: nearly square
  uint32_t zoom = 2;     ///< every pixel becomes zoom x zoom, 1..64
  uint32_t gap = 2;      ///< pixels around and between the images, not zoomed
  Ground ground = Ground::transparent;
};

/// Draws images (premultiplied, [count, height, width, channels], as data::Images holds them) row by row onto one picture of
/// columns * (width * zoom + gap) + gap by rows * (height * zoom + gap) + gap pixels.
Picture sheet(std::span<const uint8_t> images, uint32_t count, uint32_t width, uint32_t height, uint32_t channels,
              const SheetLayout& layout = {});

}  // namespace gouache::data
