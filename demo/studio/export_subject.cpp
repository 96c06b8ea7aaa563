// Which pictures are exported?
#include "demo/studio/export_subject.h"

#include <algorithm>

namespace gouache::studio {
namespace {

Subject numbered(std::vector<Specimen> specimens) {
  Subject made;
  made.numbers = running_numbers(static_cast<std::uint32_t>(specimens.size()));
  made.specimens = std::move(specimens);
  return made;
}

Subject missing(const char* why) { return {{}, {}, why}; }

Subject of_pins(const Explorer& explorer) {
  Subject made{explorer.pinned(), {}, {}};
  for (const Pin& pin : explorer.state().pins) made.numbers.push_back(pin_name(pin.id));
  if (made.specimens.empty()) made.missing = "There are no pins yet. On the Explore page choose a picture and press P to pin it.";
  return made;
}

Subject fresh(const Explorer& explorer, const SubjectWish& wish) {
  const std::int32_t chosen = explorer.state().class_choice;
  const std::uint32_t classes = explorer.classes();
  std::vector<Specimen> all;
  for (std::uint32_t i = 0; i < wish.count; ++i) {
    const std::uint32_t label = !classes ? 0 : chosen == kAllClasses ? i % classes : static_cast<std::uint32_t>(chosen);
    all.push_back({drawn_latent(wish.seed, i, explorer.state().truncation, explorer.latent()), label});
  }
  return numbered(std::move(all));
}

Subject between(const Explorer& explorer, const SubjectWish& wish) {
  const PinPair pair = pins_between(explorer, wish);
  const Pin *from = explorer.find_pin(pair.from), *to = explorer.find_pin(pair.to);
  if (!from || !to) return missing("An animation goes from one pin to another. On the Explore page choose two pictures and pin them (P).");
  std::vector<Specimen> all;
  for (std::uint32_t i = 0; i < wish.frames; ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(wish.frames - 1);
    all.push_back({blended(from->specimen.latent, to->specimen.latent, t), t < 0.5f ? from->specimen.label : to->specimen.label});
  }
  return numbered(std::move(all));
}

Subject along(const Explorer& explorer, const SubjectWish& wish, std::span<const float> directions) {
  const std::size_t row = explorer.latent();
  if (directions.size() < (wish.direction + 1) * row) return missing("This model has no directions to move along.");
  const Specimen middle = explorer.current();
  std::vector<Specimen> all;
  for (std::uint32_t i = 0; i < wish.frames; ++i) {
    const float offset = wish.reach * (2 * static_cast<float>(i) / static_cast<float>(wish.frames - 1) - 1);
    all.push_back({moved(middle.latent, directions.subspan(wish.direction * row, row), {&offset, 1}), middle.label});
  }
  return numbered(std::move(all));
}

}  // namespace

PinPair pins_between(const Explorer& explorer, const SubjectWish& wish) {
  const ExplorerState& state = explorer.state();
  const auto first_there = [&](std::int32_t a, std::int32_t b, std::size_t place) {
    if (explorer.find_pin(a)) return a;
    if (explorer.find_pin(b)) return b;
    return state.pins.size() > place ? state.pins[place].id : kNoPin;
  };
  if (state.pins.size() < 2) return {kNoPin, kNoPin};
  PinPair pair{first_there(wish.from, state.from, 0), first_there(wish.to, state.to, 1)};
  if (pair.from == pair.to) pair.from = state.pins[state.pins[0].id == pair.to ? 1 : 0].id;
  return pair;
}

Subject subject_of(const Explorer& explorer, const SubjectWish& wish, std::span<const float> directions) {
  if (explorer.latent() == 0) return missing("Open a model first: drop a .safetensors file on the window, or train one.");
  if (wish.kind == ExportKind::model) return {};
  SubjectWish bounded = wish;
  bounded.frames = std::clamp(wish.frames, kFewestFrames, kMostFrames);
  if (wish.kind == ExportKind::strip)
    return wish.motion == ExportMotion::between ? between(explorer, bounded) : along(explorer, bounded, directions);
  switch (wish.source) {
    case ExportSource::current: return numbered({explorer.current()});
    case ExportSource::grid: return numbered(explorer.grid());
    case ExportSource::pins: return of_pins(explorer);
    case ExportSource::fresh: return fresh(explorer, bounded);
  }
  return {};
}

}  // namespace gouache::studio
