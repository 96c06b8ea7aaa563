// Who walks through the small scene, and where?
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace gouache::studio {

/// One on its way to the left or right. Lengths are in widths of a sprite.
struct Walker {
  std::uint32_t sprite = 0;  ///< of the atlas
  float x = 0;               ///< of its middle, 0 to the world's width
  float depth = 0;           ///< 0 at the back, 1 in front
  float speed = 1;           ///< a second
  float step = 0;            ///< of its gait, 0..1 from one footfall to the next
  bool left = false;         ///< where it goes

  /// How far it is above the ground, 0..1 of its hop: highest in the middle of a step.
  float hop() const { return 4 * step * (1 - step); }
};

class Walkers {
 public:
  /// The world is so wide, with so many in it, one a sprite. Those who were there stay, within the world.
  void settle(float width, std::uint32_t count);
  /// So many seconds pass; everyone goes `pace` times as fast as is natural for it, and turns round at the ends.
  void advance(float seconds, float pace);
  /// The one farthest behind first: the order to draw them in.
  std::span<const Walker> all() const { return walkers_; }

 private:
  float width_ = 0;
  std::vector<Walker> walkers_;
};

/// The row below the lowest one that is not transparent, of premultiplied bytes [height, width, 4]: where a sprite touches the ground;
/// `height` where all of it is transparent.
std::uint32_t foot_row(std::span<const std::uint8_t> pixels, std::uint32_t width, std::uint32_t height);

/// The same number from 0 to 1 for the same two, as if it were drawn by lot.
float lot(std::uint32_t which, std::uint32_t purpose);

}  // namespace gouache::studio
