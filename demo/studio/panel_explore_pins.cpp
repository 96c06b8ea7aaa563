// What can be made of pins?  They are kept in a row, added to and taken from each other, and blended into a strip that plays.
#include <algorithm>
#include <cmath>

#include "demo/studio/panel_explore.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr float kPinCombo = 56;  ///< units: as wide as a letter or two needs
constexpr float kSumLine = 256;  ///< units: three such combos with signs between them

/// A cross in the upper right corner of what comes next at the cursor: whether it was clicked, and where it is to be drawn.
struct Cross {
  ImVec2 from, to;
  bool pressed, hovered;

  Cross(const std::string& name, float side) {
    const ImVec2 corner = ImGui::GetCursorPos();
    const float size = ui::scaled(17);
    ImGui::SetCursorPos({corner.x + side - size, corner.y});
    pressed = ImGui::InvisibleButton(name.c_str(), {size, size});
    ui::mark(name);
    ui::tip("Remove this pin (Delete, while it is chosen).");
    hovered = ImGui::IsItemHovered();
    from = ImGui::GetItemRectMin();
    to = ImGui::GetItemRectMax();
    ImGui::SetCursorPos(corner);
  }

  void draw() const {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(from, to, IM_COL32(16, 18, 22, 210), ui::scaled(3), ImDrawFlags_RoundCornersBottomLeft);
    const ImU32 ink = ImGui::GetColorU32(ui::colour(hovered ? ui::Ink::bad : ui::Ink::quiet));
    const float in = ui::scaled(5);
    list.AddLine({from.x + in, from.y + in}, {to.x - in, to.y - in}, ink, ui::scaled(1.5f));
    list.AddLine({from.x + in, to.y - in}, {to.x - in, from.y + in}, ink, ui::scaled(1.5f));
  }
};

}  // namespace

bool ExplorePanel::pin_combo(const char* name, const char* tip, std::int32_t* id) {
  const std::vector<Pin>& pins = explorer_.state().pins;
  const auto now = std::ranges::find(pins, *id, &Pin::id);
  int chosen = now == pins.end() ? 0 : static_cast<int>(now - pins.begin()) + 1;
  if (!ui::combo(name, "", tip, &chosen, pin_names_)) return false;
  *id = chosen == 0 ? kNoPin : pins[static_cast<std::size_t>(chosen - 1)].id;
  return true;
}

void ExplorePanel::draw_pins() {
  const float side = small_, line = ImGui::GetTextLineHeightWithSpacing(), gap = ui::scaled(6);
  const float width = ImGui::GetContentRegionAvail().x - ui::scaled(kSumLine) - side - ui::scaled(16);
  const float overflow = static_cast<float>(explorer_.state().pins.size()) * (side + gap) > width ? ImGui::GetStyle().ScrollbarSize : 0;
  const ImVec2 corner = ImGui::GetCursorPos();
  ImGui::TextUnformatted("Pins");
  ImGui::PushStyleColor(ImGuiCol_ChildBg, ImVec4(0, 0, 0, 0));
  const bool none = explorer_.state().pins.empty();
  ImGui::BeginChild("pins", {width, side + gap + overflow}, false, none ? 0 : ImGuiWindowFlags_HorizontalScrollbar);
  ImGui::PopStyleColor();
  if (none) ui::hint("None yet. Click a picture twice, or press P, to keep it here.");
  {
    const TileLayers layers;
    for (std::uint32_t i = 0; i < explorer_.state().pins.size(); ++i) {
      ImGui::SetCursorPos({gap / 2 + static_cast<float>(i) * (side + gap), gap / 2});
      draw_pin(i);
    }
  }
  ImGui::EndChild();
  ImGui::SetCursorPos({corner.x + width + ui::scaled(16), corner.y});
  draw_sum();
  ImGui::SetCursorPos({corner.x, corner.y + line + side + gap + overflow + ImGui::GetStyle().ItemSpacing.y});
}

void ExplorePanel::draw_pin(std::uint32_t index) {
  const std::int32_t id = explorer_.state().pins[index].id;
  const std::string name = "explore/pins/" + pin_name(id);
  const Cross cross(name + "/remove", small_);
  const Tile tile(name, small_);
  if (const auto place = pins_.place(index)) tile.show(pins_, *place, smooth_);
  tile.letter(pin_name(id));
  if (tile.hovered || cross.hovered) cross.draw();
  const Choice choice{Origin::kPin, static_cast<std::uint32_t>(id)};
  tile.outline(explorer_.state().choice == choice);
  act(tile, choice);
  if (cross.pressed) explorer_.unpin(id);
}

void ExplorePanel::draw_sum() {
  constexpr const char* kNames[] = {"explore/sum/a", "explore/sum/b", "explore/sum/c"};
  constexpr const char* kTips[] = {"The pin to begin with.", "The pin whose traits are taken away.", "The pin whose traits are added."};
  constexpr const char* kSigns[] = {"-", "+", "="};
  const ImVec2 corner = ImGui::GetCursorPos();
  const float y = corner.y + ImGui::GetTextLineHeightWithSpacing();
  ImGui::TextUnformatted("Add and take away");
  ui::tip("A - B + C on the numbers behind the pictures: what B has in it goes, what C has in it comes.");
  ImGui::SetCursorPos({corner.x, y + (small_ - ImGui::GetFrameHeight()) / 2});
  {
    const float box = ui::scaled(kPinCombo), widths[] = {box, InlineRow::kText, box, InlineRow::kText, box, InlineRow::kText};
    InlineRow row("sum", widths);
    for (std::uint32_t place = 0; place < 3; ++place) {
      std::int32_t id = explorer_.state().terms[place];
      row.next();
      if (pin_combo(kNames[place], kTips[place], &id)) explorer_.set_term(place, id);
      row.text(kSigns[place]);
    }
  }
  ImGui::SetCursorPos({corner.x + ui::scaled(kSumLine), y + ui::scaled(3)});
  const TileLayers layers;
  const Tile tile("explore/sum/picture", small_);
  const Choice choice{Origin::kSum, 0};
  if (!sum_.specimens().empty()) {
    tile.show(sum_, 0, smooth_);
    tile.outline(explorer_.state().choice == choice);
    act(tile, choice);
  }
  ui::tip(sum_.specimens().empty() ? "Choose three pins to see what they make." : "A click chooses it, two pin it.");
}

void ExplorePanel::draw_blend() {
  const ExplorerState& state = explorer_.state();
  std::int32_t from = state.from, to = state.to;
  int frames = static_cast<int>(state.frames);
  {
    const float box = ui::scaled(kPinCombo), room = ImGui::GetContentRegionAvail().x;
    const float bar = std::clamp((room - ui::scaled(470)) / 2, ui::scaled(24), ui::scaled(110));
    const float widths[] = {InlineRow::kText, box, InlineRow::kText, box, ui::scaled(64), ui::scaled(76), bar, ui::scaled(64), bar};
    InlineRow row("blend", widths);
    row.text("Blend");
    row.next();
    bool changed = pin_combo("explore/blend/from", "The pin that the strip begins with.", &from);
    row.text("to");
    row.next();
    changed = pin_combo("explore/blend/to", "The pin that the strip ends with.", &to) || changed;
    if (changed) explorer_.set_blend(from, to);
    row.next();
    const bool can_play = !blend_.specimens().empty();
    if (ui::button("explore/blend/play", playing_ ? "Stop" : "Play",
                   "Shows the blend as an animation, there and back, in the large picture "
                   "(Space).",
                   can_play, false, row.room()))
      toggle_play();
    row.text(("Frames  " + std::to_string(frames)).c_str());
    row.next();
    if (ui::slider("explore/blend/frames", "",
                   "Pictures from the first pin to the second, both included, 2 to 64. The strip shows as many of them as fit.", &frames,
                   static_cast<int>(kFewestFrames), static_cast<int>(kMostFrames), ""))
      explorer_.set_frames(static_cast<std::uint32_t>(frames));
    row.text(("Speed  " + std::to_string(speed_)).c_str());
    row.next();
    if (ui::slider("explore/blend/speed", "", "Pictures a second while it plays, 1 to 30.", &speed_, 1, 30, ""))
      space_.settings.set("explore", "speed", speed_);
  }
  draw_strip();
}

void ExplorePanel::draw_strip() {
  const auto frames = static_cast<std::uint32_t>(blend_.specimens().size());
  if (frames < kFewestFrames) {
    ui::hint("Pin two pictures to see all that lies between them.");
    return;
  }
  const ImVec2 corner = ImGui::GetCursorPos();
  const float gap = ui::scaled(4), room = ImGui::GetContentRegionAvail().x;
  const auto fit = static_cast<std::uint32_t>(std::max(2.0f, std::floor(room / (small_ + gap))));
  const std::uint32_t shown = std::min(frames, fit), playing = playing_ ? play_frame() : frames;
  const TileLayers layers;
  for (std::uint32_t i = 0; i < shown; ++i) {
    const std::uint32_t index = (i * (frames - 1) + (shown - 1) / 2) / (shown - 1);  // the nearest to equal distances
    ImGui::SetCursorPos({corner.x + gap / 2 + static_cast<float>(i) * (small_ + gap), corner.y + gap / 2});
    const Tile tile("explore/blend/" + std::to_string(i + 1), small_);
    tile.show(blend_, index, smooth_);
    const Choice choice{Origin::kFrame, index};
    const std::uint32_t next = ((i + 1) * (frames - 1) + (shown - 1) / 2) / (shown - 1);
    tile.outline(playing_ ? index <= playing && playing < next : explorer_.state().choice == choice);
    ui::tip(("Frame " + std::to_string(index + 1) + " of " + std::to_string(frames) + ". A click chooses it, two pin it.").c_str());
    act(tile, choice);
  }
  ImGui::SetCursorPos({corner.x, corner.y + small_ + gap});
}

void ExplorePanel::toggle_play() {
  playing_ = !playing_ && !blend_.specimens().empty();
  played_ = 0;
  played_state_ = explorer_.state();
}

std::uint32_t ExplorePanel::play_frame() const {
  const std::uint32_t last = explorer_.state().frames - 1, step = static_cast<std::uint32_t>(played_) % (2 * last);
  return step <= last ? step : 2 * last - step;
}

void ExplorePanel::play() {
  // Choosing or changing a picture ends it: that picture is to be seen.
  const ExplorerState& state = explorer_.state();
  playing_ = playing_ && !blend_.specimens().empty() && state.choice == played_state_.choice && state.offsets == played_state_.offsets;
  if (!playing_) return;
  played_ += static_cast<double>(ImGui::GetIO().DeltaTime) * speed_;
  space_.animating = true;
}

}  // namespace gouache::studio
