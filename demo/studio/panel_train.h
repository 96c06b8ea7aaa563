// What does the page "Train" do?
#pragma once

#include "demo/studio/workspace.h"

namespace gouache::studio {

class TrainPanel {
 public:
  explicit TrainPanel(Workspace& space);
  /// Once a frame, whether or not the page is shown; before the library's tick.
  void update();
  /// Takes a file or folder that was dropped on the window.
  void drop(const std::string& path);
  /// In the page's window.
  void draw();

 private:
  Workspace& space_;
};

}  // namespace gouache::studio
