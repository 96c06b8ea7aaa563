// How do the grid, the pins, the sliders and the steps of the Explore page work together?
#include "demo/studio/explorer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>

namespace gouache::studio {
namespace {

const Pin* found(const ExplorerState& state, std::int32_t id) {
  const auto at = std::ranges::find(state.pins, id, &Pin::id);
  return at == state.pins.end() ? nullptr : &*at;
}

/// The pin at the first place that is free.
void take(std::span<std::int32_t> places, std::int32_t id) {
  if (const auto free = std::ranges::find(places, kNoPin); free != places.end()) *free = id;
}

void take(ExplorerState& state, std::int32_t id) {
  if (state.from == kNoPin)
    state.from = id;
  else if (state.to == kNoPin)
    state.to = id;
  take(state.terms, id);
}

bool stands(const ExplorerState& state) {
  switch (state.choice.origin) {
    case Origin::kCell: return state.choice.number < state.columns * state.rows;
    case Origin::kPin: return found(state, static_cast<std::int32_t>(state.choice.number)) != nullptr;
    case Origin::kFrame: return state.from != kNoPin && state.to != kNoPin && state.choice.number < state.frames;
    case Origin::kSum: return std::ranges::find(state.terms, kNoPin) == state.terms.end();
  }
  return false;
}

}  // namespace

std::string pin_name(std::int32_t id) {
  std::string name;
  for (std::int32_t rest = id; rest >= 0; rest = rest / 26 - 1) name.insert(name.begin(), static_cast<char>('A' + rest % 26));
  return name;
}

template <class Change>
void Explorer::edit(const char* what, bool flowing, Change change) {
  ExplorerState next = state_;
  change(next);
  adopt(next);
  if (next == state_) return;
  std::swap(state_, next);
  changed(next);
  history_.keep(std::move(next), what, flowing);
}

void Explorer::changed(const ExplorerState& before) {
  const auto grid = [](const ExplorerState& state) {
    return std::tie(state.seed, state.columns, state.rows, state.rolls, state.truncation, state.class_choice);
  };
  ++revision_;
  grid_revision_ += grid(before) != grid(state_);
}

void Explorer::adopt(ExplorerState& state) const {
  const auto clear = [&](std::int32_t& place) {
    if (!found(state, place)) place = kNoPin;
  };
  clear(state.from);
  clear(state.to);
  std::ranges::for_each(state.terms, clear);
  if (!stands(state)) state.choice = {};
  const bool rolled = state.choice.origin == Origin::kCell && (state.seed != state_.seed || state.rolls != state_.rolls) &&
                      source(state, state.choice.number) != source(state_, state.choice.number);
  if (state.choice != state_.choice || rolled) state.offsets = {};
}

Explorer::Source Explorer::source(const ExplorerState& state, std::uint32_t cell) {
  const std::uint64_t roll = cell < state.rolls.size() ? state.rolls[cell] : 0;
  return {state.seed, cell | roll << 32};
}

// ---- The model -------------------------------------------------------------------------------------------------------------------

void Explorer::set_model(std::uint32_t latent, std::uint32_t classes, std::span<const float> directions) {
  if (latent == 0) throw std::invalid_argument("explorer: a model paints from 1 number or more, this one from 0");
  if (directions.size() % latent != 0)
    throw std::invalid_argument("explorer: directions are rows of " + std::to_string(latent) + " numbers; " +
                                std::to_string(directions.size()) + " numbers are no whole rows");
  const std::size_t count = std::min<std::size_t>(directions.size() / latent, kMostDirections);
  std::vector<float> units;
  for (std::size_t k = 0; k < count; ++k) {
    const std::span<const float> row = directions.subspan(k * latent, latent);
    const double is = length(row);
    if (!(is > 0 && std::isfinite(is)))
      throw std::invalid_argument("explorer: direction " + std::to_string(k) + " is 0 or not finite, which leads nowhere");
    for (const float value : row) units.push_back(static_cast<float>(double{value} / is));
  }
  directions_ = std::move(units);
  ++revision_;
  ++grid_revision_;
  if (latent == latent_ && classes == classes_) return;

  if (latent != latent_ && !state_.pins.empty()) waiting_[latent_] = std::exchange(state_.pins, {});
  const bool other = std::exchange(latent_, latent) != latent;
  classes_ = classes;
  if (state_.class_choice >= static_cast<std::int32_t>(classes)) state_.class_choice = kAllClasses;
  if (other)
    fetch_pins();
  else
    history_.clear();
}

void Explorer::fetch_pins() {
  if (const auto back = waiting_.find(latent_); back != waiting_.end()) {
    state_.pins = std::move(back->second);
    waiting_.erase(back);
  }
  state_.from = state_.to = kNoPin;
  state_.terms = {kNoPin, kNoPin, kNoPin};
  for (const Pin& pin : state_.pins) take(state_, pin.id);
  state_.offsets = {};
  if (!stands(state_)) state_.choice = {};
  history_.clear();
  ++revision_;
}

std::uint32_t Explorer::directions() const { return latent_ == 0 ? 0 : static_cast<std::uint32_t>(directions_.size() / latent_); }

// ---- What there is to see --------------------------------------------------------------------------------------------------------

Specimen Explorer::fitted(Specimen specimen) const {
  specimen.label = classes_ > 0 ? specimen.label % classes_ : 0;
  return specimen;
}

Specimen Explorer::cell(std::uint32_t index) const {
  const auto [seed, draw] = source(state_, index);
  const bool all = state_.class_choice == kAllClasses;
  return fitted({drawn_latent(seed, draw, state_.truncation, latent_), all ? index : static_cast<std::uint32_t>(state_.class_choice)});
}

std::vector<Specimen> Explorer::grid() const {
  std::vector<Specimen> all;
  for (std::uint32_t index = 0; latent_ > 0 && index < cells(); ++index) all.push_back(cell(index));
  return all;
}

const Pin* Explorer::find_pin(std::int32_t id) const { return found(state_, id); }

std::vector<Specimen> Explorer::pinned() const {
  std::vector<Specimen> all;
  for (const Pin& pin : state_.pins) all.push_back(fitted(pin.specimen));
  return all;
}

Specimen Explorer::frame(std::uint32_t index) const {
  const Specimen &from = find_pin(state_.from)->specimen, &to = find_pin(state_.to)->specimen;
  const float t = static_cast<float>(index) / static_cast<float>(state_.frames - 1);
  return fitted({blended(from.latent, to.latent, t), t < 0.5f ? from.label : to.label});
}

std::vector<Specimen> Explorer::blend() const {
  std::vector<Specimen> all;
  if (find_pin(state_.from) && find_pin(state_.to))
    for (std::uint32_t index = 0; index < state_.frames; ++index) all.push_back(frame(index));
  return all;
}

std::optional<Specimen> Explorer::sum() const {
  const Pin *a = find_pin(state_.terms[0]), *b = find_pin(state_.terms[1]), *c = find_pin(state_.terms[2]);
  if (!a || !b || !c) return std::nullopt;
  return fitted({summed(a->specimen.latent, b->specimen.latent, c->specimen.latent), a->specimen.label});
}

Specimen Explorer::base() const {
  const std::uint32_t number = state_.choice.number;
  switch (state_.choice.origin) {
    case Origin::kCell: break;
    case Origin::kPin: return fitted(find_pin(static_cast<std::int32_t>(number))->specimen);
    case Origin::kFrame: return frame(number);
    case Origin::kSum: return *sum();
  }
  return cell(number);
}

Specimen Explorer::current() const {
  Specimen specimen = base();
  specimen.latent = moved(specimen.latent, directions_, std::span(state_.offsets).first(directions()));
  return specimen;
}

std::string Explorer::name() const {
  const std::uint32_t number = state_.choice.number;
  std::string words;
  switch (state_.choice.origin) {
    case Origin::kCell: words = "picture " + std::to_string(number + 1); break;
    case Origin::kPin: words = "pin " + pin_name(static_cast<std::int32_t>(number)); break;
    case Origin::kFrame:
      words = "frame " + std::to_string(number + 1) + " from " + pin_name(state_.from) + " to " + pin_name(state_.to);
      break;
    case Origin::kSum: words = pin_name(state_.terms[0]) + " - " + pin_name(state_.terms[1]) + " + " + pin_name(state_.terms[2]); break;
  }
  const auto moves = std::span(state_.offsets).first(directions());
  return std::ranges::all_of(moves, [](float offset) { return offset == 0; }) ? words : words + ", changed";
}

// ---- The grid --------------------------------------------------------------------------------------------------------------------

void Explorer::set_seed(std::uint64_t seed) {
  edit("seed", false, [&](ExplorerState& state) {
    state.seed = seed;
    state.rolls.clear();
  });
}

void Explorer::roll_all() {
  edit("re-roll", false, [](ExplorerState& state) {
    ++state.seed;
    state.rolls.clear();
  });
}

void Explorer::roll(std::uint32_t cell) {
  edit("re-roll of one", false, [&](ExplorerState& state) {
    if (cell >= cells()) return;
    if (state.rolls.size() <= cell) state.rolls.resize(cell + 1);
    ++state.rolls[cell];
  });
}

void Explorer::set_grid(std::uint32_t columns, std::uint32_t rows) {
  edit("grid", false, [&](ExplorerState& state) {
    state.columns = std::clamp(columns, 1u, kMostCells);
    state.rows = std::clamp(rows, 1u, kMostCells / state.columns);
  });
}

void Explorer::set_truncation(float truncation) {
  if (std::isnan(truncation)) return;
  edit("truncation", true, [&](ExplorerState& state) { state.truncation = std::clamp(truncation, kLeastTruncation, kNoTruncation); });
}

void Explorer::set_class(std::int32_t choice) {
  edit("class", false, [&](ExplorerState& state) {
    if (choice >= kAllClasses && choice < static_cast<std::int32_t>(classes_)) state.class_choice = choice;
  });
}

// ---- The current specimen --------------------------------------------------------------------------------------------------------

void Explorer::choose(Choice choice) {
  edit("choice", false, [&](ExplorerState& state) {
    const Choice before = std::exchange(state.choice, choice);
    if (!stands(state)) state.choice = before;
  });
}

void Explorer::step(int right, int down) {
  const bool in_grid = state_.choice.origin == Origin::kCell;
  const int columns = static_cast<int>(state_.columns), rows = static_cast<int>(state_.rows);
  const int at = in_grid ? static_cast<int>(state_.choice.number) : 0;
  const int x = std::clamp(at % columns + (in_grid ? right : 0), 0, columns - 1);
  const int y = std::clamp(at / columns + (in_grid ? down : 0), 0, rows - 1);
  choose({Origin::kCell, static_cast<std::uint32_t>(y * columns + x)});
}

void Explorer::set_offset(std::uint32_t direction, float offset) {
  if (direction >= directions() || std::isnan(offset)) return;
  edit(("direction " + std::to_string(direction + 1)).c_str(), true,
       [&](ExplorerState& state) { state.offsets[direction] = std::clamp(offset, -kFarthestOffset, kFarthestOffset); });
}

void Explorer::reset_offsets() {
  edit("reset of the sliders", false, [](ExplorerState& state) { state.offsets = {}; });
}

// ---- Pins ------------------------------------------------------------------------------------------------------------------------

std::int32_t Explorer::pin(const Specimen& specimen) {
  if (state_.pins.size() >= kMostPins || latent_ == 0 || specimen.latent.size() != latent_) return kNoPin;
  std::int32_t id = 0;
  while (find_pin(id)) ++id;
  edit("pin", false, [&](ExplorerState& state) {
    state.pins.push_back({id, specimen});
    take(state, id);
  });
  return id;
}

void Explorer::unpin(std::int32_t id) {
  edit("removal of a pin", false, [&](ExplorerState& state) { std::erase_if(state.pins, [&](const Pin& pin) { return pin.id == id; }); });
}

void Explorer::set_blend(std::int32_t from, std::int32_t to) {
  edit("blend", false, [&](ExplorerState& state) {
    state.from = from;
    state.to = to;
  });
}

void Explorer::set_frames(std::uint32_t frames) {
  edit("frames", true, [&](ExplorerState& state) { state.frames = std::clamp(frames, kFewestFrames, kMostFrames); });
}

void Explorer::set_term(std::uint32_t place, std::int32_t pin) {
  edit("sum", false, [&](ExplorerState& state) {
    if (place < state.terms.size()) state.terms[place] = pin;
  });
}

bool Explorer::undo() {
  const ExplorerState before = state_;
  if (!history_.undo(state_)) return false;
  changed(before);
  return true;
}

bool Explorer::redo() {
  const ExplorerState before = state_;
  if (!history_.redo(state_)) return false;
  changed(before);
  return true;
}

}  // namespace gouache::studio
