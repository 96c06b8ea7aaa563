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
#include "demo/studio/training_session.h"
#include "demo/studio/window.h"
#include "demo/studio/worker.h"

namespace gouache::studio {

enum class Page { train, explore, use, export_, device };

struct Workspace {
  Window& window;
  Renderer& renderer;
  Worker& worker;
  Settings& settings;
  Notices& notices;
  GouContext painter;                ///< the library at work
  std::shared_ptr<OpenModel> model;  ///< what Explore, Use and Export paint with; null: none yet
  Explorer explorer;                 ///< whose current() is what Use and Export show
  TrainingSession training;
  Page page = Page::train;
  GouTick tick{};      ///< what the last tick did
  FrameTimes frames;

  /// Opens a model file on the worker; it becomes `model` when it is ready. A bad file is a notice.
  void open(const std::string& path);
  /// From now on this is painted with.
  void use(std::shared_ptr<OpenModel> opened);
};

}  // namespace gouache::studio
