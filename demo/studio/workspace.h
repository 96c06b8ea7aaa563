// What do the pages of the studio share?
#pragma once

#include <memory>
#include <string>

#include "demo/studio/explorer.h"
#include "demo/studio/frame_times.h"
#include "demo/studio/notices.h"
#include "demo/studio/open_model.h"
#include "demo/studio/painting.h"
#include "demo/studio/settings.h"
#include "demo/studio/window.h"
#include "demo/studio/worker.h"

namespace gouache::studio {

class TrainingSession;

enum class Page { train, explore, use, exports, device };
inline constexpr const char* kPageNames[] = {"Train", "Explore", "Use", "Export", "Device"};

struct Workspace {
  Window& window;
  Renderer& renderer;
  Worker& worker;
  Settings& settings;
  Notices& notices;
  GouContext painter;                         ///< the library at work
  std::shared_ptr<OpenModel> model = {};      ///< what Explore, Use and Export paint with; null: none yet
  std::string opening = {};                   ///< the name of the file that is being opened; "": none
  Explorer explorer = {};                     ///< what is looked at; its current() is what Use and Export paint
  const TrainingSession* training = nullptr;  ///< of the page Train
  Page page = Page::explore;
  float budget_milliseconds = 5;  ///< of GPU time that the library may take of a frame
  GouTick tick = {};              ///< what the last tick did
  FrameTimes frames = {};
  bool animating = false;  ///< set by a page that wants another frame soon; cleared each frame

  /// Opens a model file on the worker; it becomes `model` when it is ready. A bad file is a notice, and the model before it stays.
  void open(const std::string& path);
};

}  // namespace gouache::studio
