// Which device does the command line paint on?
#include "demo/cli/painter.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "demo/cli/diagnostics_tunings.h"

namespace gouache::cli {
namespace {

/// Gives the context what `gouache tune` has found on its device, if it has been run there. A file of no use is named and left.
void use_tuning(GouContext context) {
  const auto device = nlohmann::json::parse(text([&](size_t* size, char* to) { return gouDescribeContext(context, size, to); }));
  const std::string file = tuning_file(device.at("tuning_key").get<std::string>());
  try {
    if (const auto tuning = tuning_in(file)) check(gouSetTuning(context, tuning->data(), tuning->size()));
  } catch (const std::exception& refused) { std::cerr << "gouache: " << file << ": left (" << refused.what() << ")" << std::endl; }
}

}  // namespace

Context open_context(const std::string& device) {
  auto own = of_type<GouOwnDevice>(GOU_TYPE_OWN_DEVICE);
  own.device = device.c_str();
  GouContext context = nullptr;
  check(gouCreateContext(&own, &context));
  Context made(context);
  use_tuning(context);
  return made;
}

}  // namespace gouache::cli
