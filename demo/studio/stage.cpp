// What do scripts see of the window?  Where its controls lie, and facts that the pages tell.
#include "demo/studio/stage.h"

namespace gouache::studio {

Stage& Stage::instance() {
  static Stage stage;
  return stage;
}

void Stage::record(bool on) {
  recording_ = on;
  places_.clear();
  facts_.clear();
}

void Stage::mark(std::string_view name, ImVec2 from, ImVec2 to) {
  if (recording_) places_.insert_or_assign(std::string(name), Place{from, to});
}

void Stage::publish(std::string_view name, Fact fact) {
  if (recording_) facts_.insert_or_assign(std::string(name), std::move(fact));
}

std::optional<Stage::Place> Stage::place(std::string_view name) const {
  const auto found = places_.find(name);
  return found == places_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Fact> Stage::fact(std::string_view name) const {
  const auto found = facts_.find(name);
  return found == facts_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace gouache::studio
