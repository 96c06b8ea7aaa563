// What does the page "Explore" do?
#pragma once

#include "demo/studio/workspace.h"

namespace gouache::studio {

class ExplorePanel {
 public:
  explicit ExplorePanel(Workspace& space);
  /// Once a frame, whether or not the page is shown; before the library's tick.
  void update();
  /// In the page's window.
  void draw();

 private:
  Workspace& space_;
};

}  // namespace gouache::studio
