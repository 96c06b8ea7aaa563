// What does the studio remember from one start to the next?
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace gouache::studio {

/// A JSON object in the user's folder of settings. Each page keeps an object of its own in it. UI thread.
class Settings {
 public:
  /// Reads `folder`/studio.json; a file that is missing or damaged counts as empty (a damaged one is kept as studio.json.damaged).
  explicit Settings(std::string folder);
  ~Settings();
  /// $GOUACHE_STUDIO_HOME, else $XDG_CONFIG_HOME/gouache, else ~/.config/gouache.
  static std::string default_folder();

  const std::string& folder() const { return folder_; }
  /// The object of a page, "train" and so on; made where it is missing.
  nlohmann::ordered_json& page(const char* name);
  /// A value of it, or the fallback where it is missing or of another type. For the types named at the end of settings.cpp.
  template <class T>
  T get(const char* page_name, const char* key, T fallback);
  template <class T>
  void set(const char* page_name, const char* key, const T& value);
  /// Writes the file whole or not at all; false where it could not.
  bool save() const;

 private:
  std::string folder_;
  std::unique_ptr<nlohmann::ordered_json> all_;
};

}  // namespace gouache::studio
