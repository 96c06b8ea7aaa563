// How do painted images become files?
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "demo/data/picture.h"

namespace gouache::cli {

/// Premultiplied images [count, height, width, channels].
struct Painted {
  std::span<const std::uint8_t> pixels;
  std::uint32_t count, width, height, channels;
  std::uint32_t columns = 0;  ///< of a sheet; 0: nearly square
};

/// Columns of a sheet whose images take `classes` classes in turn, so that a column shows one class; 0 where that would not fit.
inline std::uint32_t columns_of(std::size_t classes) { return classes > 1 && classes <= 32 ? static_cast<std::uint32_t>(classes) : 0; }

/// One PNG with all images, small ones enlarged so that they can be seen.
void write_sheet(const std::string& path, const Painted& images);
/// One PNG an image, unscaled: folder/0000.png and so on. Makes the folder.
void write_separate(const std::string& folder, const Painted& images);
/// Makes a folder and those above it; throws std::runtime_error naming it.
void make_folder(const std::string& folder);

}  // namespace gouache::cli
