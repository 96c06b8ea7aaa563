// The studio: a window to train a model, explore what it paints, and take the pictures along.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>

#include "demo/studio/app.h"

using namespace gouache::studio;

namespace {

constexpr int kNoWindow = 3;    ///< exit code, which demo/run knows
constexpr int kMostLosses = 5;  ///< of the device in one session

int run(const AppOptions& options, const std::string& script_file, const std::string& out, const std::string& home) {
  Settings settings(home.empty() ? Settings::default_folder() : home);
  std::unique_ptr<Script> script;
  if (!script_file.empty()) script = std::make_unique<Script>(script_file, out);
  std::string lost;
  for (int losses = 0;;) {
    try {
      App(options, settings, script.get(), lost).run();
      if (!script || script->over()) break;
      lost.clear();  // a script goes on in the next window
    } catch (const DeviceLost& loss) {
      if (losses++ == kMostLosses) throw;
      lost = loss.what();
    }
  }
  return script && script->failed() ? 1 : 0;
}

}  // namespace

int main(int count, char** words) {
  CLI::App app("Gouache Studio: train small generative image models, explore what they paint, use and export it.", "gouache_studio");
  AppOptions options;
  std::string script, out = "studio-out", home;
  std::vector<int> size;
  app.add_option("model", options.model, "a model file to open (default: the one before, or the one that ships)")->type_name("MODEL");
  app.add_option("--device", options.device, "a part of the name of the Vulkan device")->type_name("NAME");
  app.add_option("--size", size, "of the window, in pixels of a plain display")
      ->expected(2)
      ->check(CLI::Range(320, 16384))
      ->type_name("W H");
  app.add_option("--scale", options.scale, "pixels a unit (default: what the display says)")->check(CLI::Range(0.5f, 4.0f));
  app.add_option("--home", home,
                 "folder for settings, layout and runs (default: $GOUACHE_STUDIO_HOME, or gouache in the user's configuration)")
      ->type_name("DIR");
  app.add_option("--script", script, "use the window as this file says (see demo/studio/script.h), then end")->type_name("FILE");
  app.add_option("--out", out, "where a script's screenshots go")->type_name("DIR")->capture_default_str();
  CLI11_PARSE(app, count, words);
  if (!size.empty()) {
    options.width = size[0];
    options.height = size[1];
  }
  try {
    return run(options, script, out, home);
  } catch (const NoWindow& reason) {
    std::cerr << "gouache_studio: " << reason.what() << std::endl;
    return kNoWindow;
  } catch (const std::exception& error) {
    std::cerr << "gouache_studio: " << error.what() << std::endl;
    return 1;
  }
}
