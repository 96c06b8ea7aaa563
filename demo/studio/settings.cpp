// What does the studio remember from one start to the next?
#include "demo/studio/settings.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "demo/data/picture.h"

namespace gouache::studio {
namespace {

constexpr std::uintmax_t kLargest = std::uintmax_t{4} << 20;  ///< bytes of a settings file

std::string file_in(const std::string& folder) { return (std::filesystem::path(folder) / "studio.json").string(); }

}  // namespace

Settings::Settings(std::string folder)
    : folder_(std::move(folder)), all_(std::make_unique<nlohmann::ordered_json>(nlohmann::ordered_json::object())) {
  const std::string file = file_in(folder_);
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error) return;  // the first start
  if (size <= kLargest) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto read = nlohmann::ordered_json::parse(text, nullptr, false);
    if (read.is_object()) {
      *all_ = std::move(read);
      return;
    }
  }
  std::filesystem::rename(file, file + ".damaged", error);
}

Settings::~Settings() = default;

std::string Settings::default_folder() {
  const auto of = [](const char* name) -> std::filesystem::path {
    const char* value = std::getenv(name);
    return value ? value : "";
  };
  if (const auto home = of("GOUACHE_STUDIO_HOME"); !home.empty()) return home.string();
  if (const auto config = of("XDG_CONFIG_HOME"); !config.empty()) return (config / "gouache").string();
  return (of("HOME") / ".config" / "gouache").string();
}

nlohmann::ordered_json& Settings::page(const char* name) {
  auto& object = (*all_)[name];
  if (!object.is_object()) object = nlohmann::ordered_json::object();
  return object;
}

template <class T>
T Settings::get(const char* page_name, const char* key, T fallback) {
  const auto& object = page(page_name);
  const auto found = object.find(key);
  if (found == object.end()) return fallback;
  try {
    return found->template get<T>();
  } catch (const nlohmann::json::exception&) { return fallback; }
}

template <class T>
void Settings::set(const char* page_name, const char* key, const T& value) {
  page(page_name)[key] = value;
}

bool Settings::save() const {
  try {
    std::filesystem::create_directories(folder_);
    data::write_atomically(file_in(folder_), [&](std::ostream& out) {
      out << all_->dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
    });
    return true;
  } catch (const std::exception&) { return false; }
}

// Here, so that JSON is compiled once, not with every page.
#define GOUACHE_SETTING(...)                                                 \
  template __VA_ARGS__ Settings::get(const char*, const char*, __VA_ARGS__); \
  template void Settings::set(const char*, const char*, const __VA_ARGS__& value);
GOUACHE_SETTING(bool)
GOUACHE_SETTING(int)
GOUACHE_SETTING(float)
GOUACHE_SETTING(std::uint32_t)
GOUACHE_SETTING(std::uint64_t)
GOUACHE_SETTING(std::string)
GOUACHE_SETTING(std::vector<std::string>)
GOUACHE_SETTING(std::array<std::string, 4>)
#undef GOUACHE_SETTING

}  // namespace gouache::studio
