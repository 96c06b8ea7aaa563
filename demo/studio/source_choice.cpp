// Which images is a model to learn, and what are they like?
#include "demo/studio/source_choice.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <utility>

namespace gouache::studio {
namespace {

struct Title {
  const char *source, *title;
};
constexpr Title kTitles[] = {{"builtin:sprites", "Sprites (built in)"},
                             {"builtin:faces2x2", "Faces of 2x2 pixels (built in)"},
                             {"fashion-mnist", "Fashion-MNIST (fetched)"}};

}  // namespace

void SourceChoice::choose(const std::string& source, std::uint32_t size, std::uint64_t seed) {
  struct Loaded {
    std::shared_ptr<data::Images> images;
    std::vector<std::string> damaged;
  };
  auto loaded = std::make_shared<Loaded>();
  const std::uint64_t number = ++state_->asked;
  worker_.post(
      "Loading images",
      [loaded, source, size, seed](Progress&) {
        loaded->images = std::make_shared<data::Images>(data::load(source, {.size = size, .seed = seed, .damaged = &loaded->damaged}));
      },
      [loaded, source, number, kept = std::weak_ptr(state_)](const std::exception_ptr& error) {
        const std::shared_ptr<State> state = kept.lock();
        if (!state || number != state->asked) return;
        state->answered = number;
        if (error) {
          state->problem = message_of(error);
          return;
        }
        state->source = source;
        state->images = std::move(loaded->images);
        state->damaged = std::move(loaded->damaged);
        ++state->version;
      });
}

std::string title_of_source(const std::string& source) {
  const auto* const known = std::ranges::find(kTitles, source, &Title::source);
  return known == std::end(kTitles) ? source : known->title;
}

std::string file_name_of_source(const std::string& source) {
  std::string name = std::filesystem::is_directory(source) ? std::filesystem::path(source).filename().string() : source;
  if (name.empty()) name = std::filesystem::path(source).parent_path().filename().string();
  if (name.starts_with("builtin:")) name.erase(0, 8);
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-') c = '_';
  return name.empty() ? "run" : name.substr(0, 60);
}

}  // namespace gouache::studio
