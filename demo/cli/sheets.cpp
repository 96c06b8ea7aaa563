// How do painted images become files?
#include "demo/cli/sheets.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace gouache::cli {

void make_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(folder), error);
  if (error || !std::filesystem::is_directory(folder, error))
    throw std::runtime_error(folder + ": this folder cannot be made" + (error ? " (" + error.message() + ")" : std::string()));
}

void write_sheet(const std::string& path, const Painted& images) {
  // Enlarged to about 64 pixels a side: 32 x 32 doubles, 2 x 2 becomes 32 times as large.
  const std::uint32_t side = std::max(images.width, images.height);
  const data::SheetLayout layout{.columns = images.columns, .zoom = std::clamp(64u / std::max(side, 1u), 1u, 32u)};
  data::write_png(path, data::sheet(images.pixels, images.count, images.width, images.height, images.channels, layout));
}

void write_separate(const std::string& folder, const Painted& images) {
  make_folder(folder);
  const std::size_t bytes = std::size_t{images.width} * images.height * images.channels;
  for (std::uint32_t i = 0; i < images.count; ++i) {
    const auto image = images.pixels.subspan(i * bytes, bytes);
    data::Picture picture{images.width, images.height, images.channels, {image.begin(), image.end()}};
    data::unpremultiply(picture.pixels, picture.channels);
    char name[16];
    std::snprintf(name, sizeof name, "%04u.png", static_cast<unsigned>(i));
    data::write_png((std::filesystem::path(folder) / name).string(), picture);
  }
}

}  // namespace gouache::cli
