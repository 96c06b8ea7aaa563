// gouache devices: which Vulkan devices are there, and what can they do?
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "demo/cli/command.h"
#include "demo/cli/painter.h"

namespace gouache::cli {
namespace {

/// Every fact of a device on a line, nested ones indented.
void print_facts(const nlohmann::ordered_json& facts, const std::string& indent) {
  for (const auto& [key, value] : facts.items()) {
    if (key == "name" && indent == "    ") continue;  // the headline has it
    if (value.is_object()) {
      std::cout << indent << key << "\n";
      print_facts(value, indent + "  ");
    } else {
      std::cout << indent << key << ": " << (value.is_string() ? value.get<std::string>() : value.dump()) << "\n";
    }
  }
}

}  // namespace

std::function<int()> define_devices(CLI::App& app) {
  auto as_json = std::make_shared<bool>(false);
  app.add_flag("--json", *as_json, "as JSON");
  return [as_json] {
    const std::string listing = text([](size_t* size, char* to) { return gouListDevices(size, to); });
    if (*as_json) {
      std::cout << listing << "\n";
      return kDone;
    }
    const auto devices = nlohmann::ordered_json::parse(listing);
    if (devices.empty()) std::cout << "No Vulkan device was found. Is a driver installed (on Debian: mesa-vulkan-drivers)?\n";
    for (std::size_t i = 0; i < devices.size(); ++i) {
      std::cout << i << "  " << devices[i].value("name", "?") << "\n";
      print_facts(devices[i], "    ");
    }
    return devices.empty() ? kFailed : kDone;
  };
}

}  // namespace gouache::cli
