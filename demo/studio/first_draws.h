// When does a driver compile what the pages draw with?  While the window opens, rather than when a page first shows a picture.
#pragma once

#include <memory>
#include <vector>

#include "demo/studio/scene.h"

namespace gouache::studio {

/// Some drivers compile how a kind of image is sampled when the first of that kind is made or drawn. In each of the frames before the
/// window is shown this draws a few of those that the pages will show, of a pixel's size, under everything else. UI thread.
class FirstDraws {
 public:
  FirstDraws(Renderer& renderer, Scene& scene);

  /// Within an ImGui frame, before scene.record(). False when nothing is left to draw, and the images may go.
  bool draw();

 private:
  Scene& scene_;
  std::vector<std::unique_ptr<Texture>> textures_;
  bool seen_ = false;
  std::size_t next_ = 0;  ///< of the ways to draw
};

}  // namespace gouache::studio
