// What is the studio as a whole?  A window with five pages, one background thread, and one tick of the library a frame.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "demo/studio/first_draws.h"
#include "demo/studio/panel_device.h"
#include "demo/studio/panel_explore.h"
#include "demo/studio/panel_export.h"
#include "demo/studio/panel_train.h"
#include "demo/studio/panel_use.h"
#include "demo/studio/script.h"
#include "demo/studio/workspace.h"

namespace gouache::studio {

struct AppOptions {
  std::string model;          ///< a model file to open; "": the one before, or the shipped one
  std::string device;         ///< a part of a device's name
  int width = 0, height = 0;  ///< of the window; 0: as it was
  float scale = 0;            ///< pixels a unit; 0: as the display says
};

/// Dear ImGui with its platform code, as long as there is a window.
class Interface {
 public:
  explicit Interface(GLFWwindow* window, const std::string& layout_file);
  ~Interface();
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;

 private:
  std::string layout_file_;
};

class App {
 public:
  /// `script` may be null. `lost`: why the window before this one ended, or "".
  App(const AppOptions& options, Settings& settings, Script* script, const std::string& lost);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Until the window is closed, or the script is over. Throws DeviceLost.
  void run();

 private:
  /// Whether the window may go: what is unsaved is saved first, and what cannot be saved is not waited for for ever.
  bool may_close();
  void frame();
  void open();
  void open_first_model();
  void rescale();
  void update();
  void draw();
  void draw_navigation();
  void draw_status();
  void keep_settings();
  void rest(std::chrono::steady_clock::time_point began);

  const AppOptions& options_;
  Settings& settings_;
  Script* script_;
  Window window_;
  Interface interface_;
  Renderer renderer_;
  Notices notices_;
  Worker worker_;
  Workspace space_;
  TrainPanel train_;
  ExplorePanel explore_;
  UsePanel use_;
  ExportPanel export_;
  DevicePanel device_;
  std::unique_ptr<FirstDraws> first_draws_;  ///< null: over
  float scale_ = 0;
  bool idle_ = false;  ///< the frame at hand waited for something to happen
  std::optional<std::chrono::steady_clock::time_point> closing_since_;
  std::chrono::steady_clock::time_point last_frame_;
};

}  // namespace gouache::studio
