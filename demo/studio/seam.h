// How well do the opposite edges of a texture meet where it is repeated?
#pragma once

#include <cstdint>
#include <span>

namespace gouache::studio {

enum class SeamKind : std::uint8_t { bare, tiles, faint, visible };

/// How different the columns and rows are that meet at a seam: the mean difference of the two, in units of that between neighbours
/// inside. 1: the seam is as smooth as the rest.
struct Seam {
  float sides = 0;  ///< left edge beside right edge
  float ends = 0;   ///< bottom edge above top edge
  float solid = 1;  ///< share of the pixels along all four edges that are not transparent; few in a thing that stands alone

  float worst() const { return sides > ends ? sides : ends; }
  SeamKind kind() const;
};

/// Of premultiplied bytes [height, width, 4]; width and height 2 or more.
Seam measure_seam(std::span<const std::uint8_t> pixels, std::uint32_t width, std::uint32_t height);

/// In plain words: "Tiles well".
const char* words(SeamKind kind);

}  // namespace gouache::studio
