// How do pictures of any size and channel count become one packed set of training images?
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "demo/data/source.h"

namespace gouache::data {

/// Borrowed sRGB bytes [height, width, channels] with straight (not premultiplied) alpha in the last of 2 or 4 channels.
struct View {
  std::span<const uint8_t> pixels;
  uint32_t width, height, channels;
};

/// Any picture as straight RGBA bytes [height, width, 4].
std::vector<uint8_t> to_rgba(const View& picture);

/// Resamples straight RGBA by area coverage, averaging light (not encoded bytes) weighted by alpha.  Whole-number enlargements
/// come out as nearest-neighbour.  Returns [height, width, 4].
std::vector<uint8_t> resized(const View& rgba, uint32_t width, uint32_t height);

/// Any picture as straight RGBA [size, size, 4]: shrunk or enlarged to fit, the rest of the square transparent black.
std::vector<uint8_t> fitted(const View& picture, uint32_t size);

/// Collects images that are all brought to one size, channel count and to premultiplied alpha.
class Gathering {
 public:
  /// Reserves `count` images.  Throws Error if the wish is out of range or needs more than 8 GiB.
  Gathering(const Wanted& wanted, uint32_t count, uint32_t channels);

  uint32_t count() const { return images_.count; }
  /// Puts a picture, fitted, at an index below count(); without alpha it lies on black.
  void add(uint32_t index, const View& picture);
  void add(uint32_t index, const View& picture, uint32_t label);
  void name_label(std::string name) { images_.label_names.push_back(std::move(name)); }
  Images take() { return std::move(images_); }

 private:
  Images images_;
};

}  // namespace gouache::data
