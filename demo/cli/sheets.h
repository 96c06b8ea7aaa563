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
};

/// One PNG with all images, small ones enlarged so that they can be seen.
void write_sheet(const std::string& path, const Painted& images);
/// One PNG an image, unscaled: folder/0000.png and so on. Makes the folder.
void write_separate(const std::string& folder, const Painted& images);
/// Makes a folder and those above it; throws std::runtime_error naming it.
void make_folder(const std::string& folder);

}  // namespace gouache::cli
