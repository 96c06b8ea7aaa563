// Which sources of training images are there?
#include "demo/data/source.h"

#include <cstdlib>
#include <filesystem>

#include "host/graph/error.h"

namespace gouache::data {
namespace {

// To add a reader: a row here, its declaration in source.h, and a file with its function.
constexpr Source kSources[] = {
    {"builtin:sprites",
     "small characters and items with alpha, drawn from the seed; ':characters', ':items' or kinds ':knight+mage' choose", load_sprites},
    {"builtin:faces2x2", "2x2 grey images with a bright diagonal, the smallest thing a GAN can learn", load_faces2x2},
    {"fashion-mnist", "60,000 garments, 28x28 grey, 10 kinds; ':test' is the 10,000 held back (fetch them with demo/data/get)",
     load_fashion_mnist},
};

}  // namespace

std::span<const Source> sources() { return kSources; }

Images load(const std::string& source, const Wanted& wanted) {
  for (const Source& s : kSources) {
    const std::string name = s.name;
    if (source == name) return s.load({}, wanted);
    if (source.compare(0, name.size() + 1, name + ":") == 0) return s.load(source.substr(name.size() + 1), wanted);
  }
  std::error_code ignored;
  if (!source.empty() && std::filesystem::is_directory(source, ignored)) return load_folder(source, wanted);
  std::string known;
  for (const Source& s : kSources) known += std::string(s.name) + ", ";
  throw Error("'" + source + "' is neither a source of images nor a folder; expected " + known + "or the path of a folder of images");
}

std::string cache_folder() {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value ? value : "";
  };
  if (const std::string own = variable("GOUACHE_DATA"); !own.empty()) return own;
  if (const std::string cache = variable("XDG_CACHE_HOME"); !cache.empty()) return cache + "/gouache/data";
  if (const std::string home = variable("HOME"); !home.empty()) return home + "/.cache/gouache/data";
  throw Error("no cache folder for data sets: none of GOUACHE_DATA, XDG_CACHE_HOME and HOME is set");
}

}  // namespace gouache::data
