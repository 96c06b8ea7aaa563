// What does the page "Use" do?
#pragma once

#include "demo/studio/workspace.h"

namespace gouache::studio {

class UsePanel {
 public:
  explicit UsePanel(Workspace& space);
  /// Once a frame, whether or not the page is shown; before the library's tick.
  void update();
  /// Records what is drawn apart from the window, before its render pass.
  void record(const Frame& frame);
  /// In the page's window.
  void draw();

 private:
  Workspace& space_;
};

}  // namespace gouache::studio
