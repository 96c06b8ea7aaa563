// Where does gouache tune keep what it measured?
#include "demo/cli/diagnostics_tunings.h"

#include <cstdlib>
#include <filesystem>

#include "host/runtime/platform.h"
#include "host/runtime/tuning_text.h"
#include "host/vulkan/device.h"

namespace gouache::cli {

namespace fs = std::filesystem;

std::string tuning_file(const std::string& key) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return value ? path_from_utf8(value) : fs::path{};
  };
  fs::path folder = variable("GOUACHE_TUNING");
  if (folder.empty()) {
    fs::path cache = variable("XDG_CACHE_HOME");
    if (!cache.is_absolute()) cache = variable("LOCALAPPDATA");  // Windows
    if (!cache.is_absolute()) cache = (variable("HOME").empty() ? fs::temp_directory_path() : variable("HOME")) / ".cache";
    folder = cache / "gouache" / "tuning";
  }
  return path_text(folder / (key + ".json"));
}

std::optional<std::string> tuning_in(const std::string& file) {
  const fs::path path = path_from_utf8(file);
  std::error_code none;
  if (!fs::exists(path, none)) return std::nullopt;
  const std::vector<std::byte> bytes = read_file(path, kMostTuningBytes);
  return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::shared_ptr<const Tuning> stored_tuning(const Device& device) {
  const std::string file = tuning_file(tuning_key(device.facts()));
  const std::optional<std::string> text = tuning_in(file);
  return text ? std::make_shared<const Tuning>(read_tuning(device.facts(), file, *text)) : nullptr;
}

}  // namespace gouache::cli
