// What does the command `gouache` do with its arguments?
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "demo/cli/command.h"
#include "demo/cli/heap.h"
#include "demo/cli/painter.h"
#include "gouache/gouache.h"
#include "host/graph/error.h"

namespace gouache::cli {

void add_device_option(CLI::App& app, std::string& device) {
  app.add_option("--device", device, "Vulkan device: its number in `gouache devices`, or a part of its name (default: the most capable)")
      ->type_name("N|NAME");
}

namespace {

constexpr Command kCommands[] = {
    {"devices", "List the Vulkan devices and what they can do", define_devices},
    {"models", "List the models, or the settings of one", define_models},
    {"data", "Look at a source of training images", define_data},
    {"train", "Train a model on a source of images", define_train},
    {"generate", "Paint pictures with a trained model", define_generate},
    {"plan", "Show how a training step runs, as text", define_plan},
    {"selftest", "Compare every kernel on this device with the CPU reference", define_selftest},
    {"bench", "Measure training, generation and single kernels", define_bench},
    {"tune", "Find the fastest kernels for a model on this device", define_tune},
};

int complain(const std::string& text, int code) {
  std::cerr << "gouache: " << text << std::endl;
  return code;
}

int run(int argc, char** argv) {
  CLI::App app{"Gouache trains small image models in Vulkan compute shaders and paints with them.", "gouache"};
  app.require_subcommand(0, 1);  // so that an unknown word is named; none at all is refused below
  app.set_version_flag(
      "--version", std::to_string(GOU_VERSION_MAJOR) + "." + std::to_string(GOU_VERSION_MINOR) + "." + std::to_string(GOU_VERSION_PATCH));
  std::vector<std::pair<const CLI::App*, std::function<int()>>> runs;
  for (const Command& command : kCommands) {
    CLI::App* parser = app.add_subcommand(command.name, command.what);
    runs.emplace_back(parser, command.define(*parser));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError& error) { return complain(std::string(error.what()) + " (see gouache --help)", kMisused); }
  try {
    for (const auto& [parser, body] : runs)
      if (parser->parsed()) return body();
  } catch (const Misuse& error) { return complain(error.what(), kMisused); } catch (const Failure& error) {
    return complain(error.what(), error.result() == GOU_ERROR_INVALID_ARGUMENT ? kMisused : kFailed);
  } catch (const Error& error) {
    return complain(error.what(), error.code() == ErrorCode::invalid_argument ? kMisused : kFailed);
  } catch (const std::bad_alloc&) {
    return complain("the memory of this machine is exhausted", kFailed);
  } catch (const std::exception& error) { return complain(error.what(), kFailed); }
  return complain("which command? (see gouache --help)", kMisused);
}

}  // namespace
}  // namespace gouache::cli

int main(int argc, char** argv) {
  gouache::cli::grow_heap();
  try {
    return gouache::cli::run(argc, argv);
  } catch (const std::exception& error) {  // declaring the options failed
    return gouache::cli::complain(error.what(), gouache::cli::kFailed);
  }
}
