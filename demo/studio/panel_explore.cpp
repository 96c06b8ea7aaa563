// How is the page "Explore" kept up to date, and what do its keys and its upper line do?
#include "demo/studio/panel_explore.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

struct GridSize {
  std::uint32_t columns, rows;
};
constexpr GridSize kGrids[] = {{4, 2}, {6, 3}, {8, 4}, {10, 5}, {12, 6}, {16, 8}};

const std::vector<std::string>& grid_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const GridSize& size : kGrids) all.push_back(std::to_string(size.columns) + " x " + std::to_string(size.rows));
    return all;
  }();
  return names;
}

struct Arrow {
  int key, right, down;
};
constexpr Arrow kArrows[] = {{GLFW_KEY_LEFT, -1, 0}, {GLFW_KEY_RIGHT, 1, 0}, {GLFW_KEY_UP, 0, -1}, {GLFW_KEY_DOWN, 0, 1}};

}  // namespace

ExplorePanel::ExplorePanel(Workspace& space)
    : space_(space),
      explorer_(space.explorer),
      grid_(space.renderer),
      current_(space.renderer),
      pins_(space.renderer),
      blend_(space.renderer),
      sum_(space.renderer) {
  Settings& settings = space_.settings;
  smooth_ = settings.get("explore", "smooth", smooth_);
  speed_ = std::clamp(settings.get("explore", "speed", speed_), 1, 30);
  explorer_.set_seed(settings.get("explore", "seed", explorer_.state().seed));
  explorer_.set_grid(settings.get("explore", "columns", explorer_.state().columns),
                     settings.get("explore", "rows", explorer_.state().rows));
  const auto& page = settings.page("explore");
  if (!page.contains("pins")) return;
  try {
    explorer_.load_pins(page.at("pins").dump());
  } catch (const std::runtime_error& error) {
    space_.notices.warning(std::string("The pins of last time could not be read and are left out: ") + error.what());
  }
}

void ExplorePanel::update() {
  follow_model();
  if (model_ && explorer_.revision() != seen_) {
    seen_ = explorer_.revision();
    if (explorer_.grid_revision() != grid_seen_) {
      grid_seen_ = explorer_.grid_revision();
      grid_.show(model_, explorer_.grid(), explorer_.state().columns);
    }
    current_.show(model_, {explorer_.current()}, 1);
    pins_.show(model_, explorer_.pinned(), 8);
    blend_.show(model_, explorer_.blend(), 8);
    const std::optional<Specimen> sum = explorer_.sum();
    sum_.show(model_, sum ? std::vector{*sum} : std::vector<Specimen>{}, 1);
    remember();
  }
  for (SpecimenSheet* sheet : sheets()) sheet->update();
}

void ExplorePanel::follow_model() {
  if (space_.model == model_) return;
  model_ = space_.model;
  if (!model_) return;
  explorer_.set_model(model_->shape.latent, model_->shape.classes, model_->directions);
  classes_.assign({"all in turn"});
  classes_.insert(classes_.end(), model_->class_names.begin(), model_->class_names.end());
}

void ExplorePanel::remember() {
  const ExplorerState& state = explorer_.state();
  space_.settings.set("explore", "seed", state.seed);
  space_.settings.set("explore", "columns", state.columns);
  space_.settings.set("explore", "rows", state.rows);
  if (state.pins == remembered_ && !pin_names_.empty()) return;
  remembered_ = state.pins;
  space_.settings.page("explore")["pins"] = nlohmann::ordered_json::parse(explorer_.save_pins());
  pin_names_.assign({"?"});
  for (const Pin& pin : state.pins) pin_names_.push_back(pin_name(pin.id));
}

std::string ExplorePanel::class_name(const Specimen& specimen) const {
  return specimen.label < model_->class_names.size() ? model_->class_names[specimen.label] : std::string();
}

void ExplorePanel::pin_current() {
  if (explorer_.pin(explorer_.current()) == kNoPin)
    space_.notices.warning("There is room for " + std::to_string(kMostPins) + " pins. Remove one first.");
}

void ExplorePanel::act(const Tile& tile, Choice choice) {
  if (tile.pressed) explorer_.choose(choice);
  if (tile.pressed) playing_ = false;
  if (tile.twice && choice.origin != Origin::kPin) pin_current();
}

void ExplorePanel::shortcuts() {
  if (ui::shortcut(GLFW_KEY_Z, true)) explorer_.undo();
  if (ui::shortcut(GLFW_KEY_Z, true, true) || ui::shortcut(GLFW_KEY_Y, true)) explorer_.redo();
  if (ui::shortcut(GLFW_KEY_R)) explorer_.roll_all();
  if (ui::shortcut(GLFW_KEY_P)) pin_current();
  if (ui::shortcut(GLFW_KEY_SPACE)) toggle_play();
  const Choice choice = explorer_.state().choice;
  if (ui::shortcut(GLFW_KEY_DELETE) && choice.origin == Origin::kPin) explorer_.unpin(static_cast<std::int32_t>(choice.number));
  for (const Arrow& arrow : kArrows)
    if (ui::shortcut(arrow.key)) explorer_.step(arrow.right, arrow.down);
}

void ExplorePanel::draw() {
  if (!model_) {
    ui::hint(space_.opening.empty() ? "No model is open yet. Drop a model file (.safetensors) on this window, or train one."
                                    : ("Opening " + space_.opening + " ...").c_str());
    return;
  }
  if (!ImGui::IsAnyItemActive()) {
    explorer_.settle();
    shortcuts();
  }
  play();
  draw_bar();
  const ImVec2 area = ImGui::GetContentRegionAvail();
  // A little more than a quarter, so that 32 pixels show nine times as large in a window of 1280; less of a wide one, which is the grid's.
  const float side = std::floor(std::clamp(area.x * 0.278f, ui::scaled(264), std::max(ui::scaled(312), area.x * 0.24f)));
  const float between = ui::scaled(14);
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
  ImGui::BeginChild("making", ImVec2(area.x - side - between, 0));
  ImGui::PopStyleColor();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  small_ = ui::scaled(room.y > ui::scaled(800) ? 96 : 64);
  const float spacing = ImGui::GetStyle().ItemSpacing.y;
  const float below = ImGui::GetTextLineHeight() + ImGui::GetFrameHeight() + 2 * small_ + 6 * spacing + 2 * ui::scaled(6);
  draw_grid({room.x, room.y - below});
  draw_pins();
  draw_blend();
  ImGui::EndChild();
  ImGui::SameLine(0, between);
  ImGui::BeginChild("chosen", ImVec2(side, 0), false,
                    ImGuiWindowFlags_AlwaysUseWindowPadding | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  draw_side();
  ImGui::EndChild();
  publish();
}

void ExplorePanel::publish() const {
  const ExplorerState& state = explorer_.state();
  ui::publish("explore.seed", static_cast<double>(state.seed));
  ui::publish("explore.cells", explorer_.cells());
  ui::publish("explore.choice", explorer_.name());
  ui::publish("explore.pins", static_cast<double>(state.pins.size()));
  ui::publish("explore.truncation", static_cast<double>(state.truncation));
  ui::publish("explore.class", state.class_choice);
  ui::publish("explore.frames", state.frames);
  ui::publish("explore.sliders", explorer_.directions());
  ui::publish("explore.playing", playing_);
  ui::publish("explore.undo", explorer_.undo_name());
  ui::publish("explore.redo", explorer_.redo_name());
  bool busy = explorer_.revision() != seen_;
  std::uint64_t painted = 0;
  for (const SpecimenSheet* sheet : {&current_, &sum_, &grid_, &pins_, &blend_}) {
    busy = busy || sheet->busy();
    painted += sheet->painted();
  }
  ui::publish("explore.busy", busy);
  ui::publish("explore.painted", static_cast<double>(painted));
}

void ExplorePanel::draw_bar() {
  const bool narrow = ImGui::GetContentRegionAvail().x < ui::scaled(1000);
  const auto either = [&](float wide, float slim) { return ui::scaled(narrow ? slim : wide); };
  std::vector<float> widths{InlineRow::kText, either(96, 80), either(84, 74)};
  if (explorer_.classes() > 0) widths.insert(widths.end(), {InlineRow::kText, either(130, 100)});
  widths.insert(widths.end(), {ui::scaled(112), either(140, explorer_.classes() > 0 ? 50 : 120), InlineRow::kText, either(92, 84),
                               InlineRow::kStretch, either(66, 56), either(66, 56)});
  InlineRow row("bar", widths);
  row.text("Seed");
  row.next();
  if (!ImGui::IsAnyItemActive()) typed_seed_ = explorer_.state().seed;
  ui::input(
      "explore/seed", "",
      "The number that all pictures of the grid come from: the same seed gives the same pictures, today and on every machine. Type one "
      "and press Enter.",
      &typed_seed_);
  if (ImGui::IsItemDeactivatedAfterEdit()) explorer_.set_seed(typed_seed_);
  row.next();
  if (ui::button("explore/roll", "Re-roll", "Other pictures: the next seed (R). A right click on a picture rolls that one alone.", true,
                 true, row.room()))
    explorer_.roll_all();
  if (explorer_.classes() > 0) {
    row.text("Class");
    row.next();
    int chosen = explorer_.state().class_choice + 1;
    if (ui::combo("explore/class", "", "Which kind of picture the grid shows: every kind in turn, or one.", &chosen, classes_))
      explorer_.set_class(chosen - 1);
  }
  float truncation = explorer_.state().truncation;
  char figures[32] = "Truncation  none";
  if (truncation < kNoTruncation) std::snprintf(figures, sizeof figures, "Truncation  %.2f", static_cast<double>(truncation));
  row.text(figures);
  row.next();
  if (ui::slider("explore/truncation", "",
                 "How far from the average the numbers behind a picture may be, in standard deviations, 0.5 to 4. Low: more alike, and "
                 "faint where "
                 "the model has learned little there. High: bold and varied. At 4 there is no limit, as in training.",
                 &truncation, kLeastTruncation, kNoTruncation, ""))
    explorer_.set_truncation(truncation);
  row.text("Grid");
  row.next();
  draw_grid_choices();
  row.next();
  row.next();
  draw_steps();
}

void ExplorePanel::draw_grid_choices() {
  const ExplorerState& state = explorer_.state();
  const auto now =
      std::ranges::find_if(kGrids, [&](const GridSize& size) { return size.columns == state.columns && size.rows == state.rows; });
  int chosen = static_cast<int>(now - std::begin(kGrids));
  if (ui::combo("explore/grid", "", "How many pictures the grid shows, across x down.", &chosen, grid_names()))
    explorer_.set_grid(kGrids[chosen].columns, kGrids[chosen].rows);
}

void ExplorePanel::draw_steps() {
  const std::string undo = explorer_.undo_name(), redo = explorer_.redo_name();
  const float width = ImGui::GetContentRegionAvail().x;
  if (ui::button("explore/undo", "Undo", undo.empty() ? "Nothing to undo" : ("Undo: " + undo + " (Ctrl+Z)").c_str(), !undo.empty(), false,
                 width))
    explorer_.undo();
  ImGui::TableNextColumn();
  if (ui::button("explore/redo", "Redo", redo.empty() ? "Nothing to redo" : ("Redo: " + redo + " (Ctrl+Shift+Z)").c_str(), !redo.empty(),
                 false, width))
    explorer_.redo();
}

void ExplorePanel::draw_grid(ImVec2 room) {
  const ExplorerState& state = explorer_.state();
  const float columns = static_cast<float>(state.columns), rows = static_cast<float>(state.rows), least_gap = ui::scaled(4);
  const float edge = std::max(1.0f, std::min((room.x - columns * least_gap) / columns, (room.y - rows * least_gap) / rows));
  const float side = fitting_side(edge, model_->shape.width);
  const float gap = std::clamp(std::floor((room.x - columns * side) / columns), least_gap, ui::scaled(10));
  const ImVec2 corner = ImGui::GetCursorPos();
  const float left = corner.x + std::floor(std::max(0.0f, room.x - columns * (side + gap) + gap) / 2);
  const TileLayers layers;
  for (std::uint32_t index = 0; index < explorer_.cells(); ++index) {
    const float x = static_cast<float>(index % state.columns), y = static_cast<float>(index / state.columns);
    ImGui::SetCursorPos({left + x * (side + gap), corner.y + gap / 2 + y * (side + gap)});
    const Tile tile("explore/cell/" + std::to_string(index + 1), side);
    tile.show(grid_, index, smooth_);
    const Choice choice{Origin::kCell, index};
    tile.outline(state.choice == choice);
    const std::string kind =
        class_name(explorer_.classes() > 0 && index < grid_.specimens().size() ? grid_.specimens()[index] : Specimen{});
    ui::tip(("Picture " + std::to_string(index + 1) + (kind.empty() ? "" : ": " + kind) +
             ". A click chooses it, two pin it, a right click rolls it anew.")
                .c_str());
    act(tile, choice);
    if (tile.right) explorer_.roll(index);
  }
  ImGui::SetCursorPos({corner.x, corner.y + room.y});
}

}  // namespace gouache::studio
