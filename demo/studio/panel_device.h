// What does the page "Device" do?
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "demo/studio/dispatch_profile.h"
#include "demo/studio/selftest.h"
#include "demo/studio/workspace.h"

namespace gouache::studio {

/// The device and its memory on the left, times on the right.
class DevicePanel {
 public:
  explicit DevicePanel(Workspace& space);
  /// Once a frame, whether or not the page is shown; before the library's tick.
  void update();
  /// In the page's window.
  void draw();

 private:
  enum class View { painting, training, selftest };
  struct Figures {
    float own = 0, whole = 0, gpu = 0;  ///< milliseconds, 95 frames in 100 stay below
  };
  void read_device();
  void refresh();
  void refresh_training();
  void draw_device();
  void draw_memory();
  void draw_selftest_control();
  void draw_frames();
  void draw_graph(ImVec2 from, ImVec2 to, float most) const;
  void draw_operations();
  void draw_operation(const OperationTime& operation, double longest);
  void draw_dispatches(const OperationTime& operation);
  void draw_selftest_results();
  void publish() const;
  const DispatchProfile& profile() const { return view_ == View::training ? training_ : painting_; }

  Workspace& space_;
  Selftest selftest_;
  std::vector<std::pair<std::string, std::string>> facts_;  ///< of the device, for people
  std::uint64_t device_bytes_ = 0;                          ///< of its own memory
  View view_ = View::painting;
  DispatchProfile painting_, training_;
  std::string opened_;  ///< the operation whose dispatches are shown; ""
  Figures p95_;
  std::size_t tested_ = 0;  ///< rows of the report that is kept in mind
  double refreshed_ = -1;   ///< seconds
};

}  // namespace gouache::studio
