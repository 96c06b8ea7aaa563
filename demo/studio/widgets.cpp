// What are the studio's controls?  ImGui's, each with a name for scripts, a label that is never cut off, and a tooltip.
#include "demo/studio/widgets.h"

#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include "demo/studio/stage.h"

namespace gouache::studio::ui {
namespace {

float label_column = 0;
constexpr float kTipDelay = 0.35f;  ///< seconds that the mouse rests

/// The label in its column, or above; then as wide as there is room.
void put_label(const char* label) {
  if (*label) {
    if (label_column > 0) {
      ImGui::AlignTextToFramePadding();
      ImGui::TextUnformatted(label);
      ImGui::SameLine(label_column);
    } else {
      ImGui::TextUnformatted(label);
    }
  }
  ImGui::SetNextItemWidth(-FLT_MIN);
}

std::string hidden(const char* name) { return std::string("##") + name; }

bool finish(const char* name, const char* text, bool result) {
  mark(name);
  tip(text);
  return result;
}

}  // namespace

float scaled(float pixels) { return pixels * ImGui::GetFontSize() / 15.0f; }
void label_width(float pixels) { label_column = pixels; }

bool button(const char* name, const char* label, const char* text, bool enabled, bool primary, float width) {
  ImGui::BeginDisabled(!enabled);
  if (primary) {
    const ImVec4 accent = colour(Ink::accent);
    ImGui::PushStyleColor(ImGuiCol_Button, ImVec4(accent.x * 0.8f, accent.y * 0.8f, accent.z * 0.8f, 1));
    ImGui::PushStyleColor(ImGuiCol_ButtonHovered, accent);
    ImGui::PushStyleColor(ImGuiCol_ButtonActive, ImVec4(accent.x * 0.7f, accent.y * 0.7f, accent.z * 0.7f, 1));
    ImGui::PushStyleColor(ImGuiCol_Text, ImVec4(0.06f, 0.07f, 0.08f, 1));
  }
  const bool pressed = ImGui::Button((std::string(label) + hidden(name)).c_str(), ImVec2(width, 0));
  if (primary) ImGui::PopStyleColor(4);
  ImGui::EndDisabled();
  return finish(name, text, pressed);
}

bool small_button(const char* name, const char* label, const char* text, bool enabled) {
  ImGui::BeginDisabled(!enabled);
  const bool pressed = ImGui::SmallButton((std::string(label) + hidden(name)).c_str());
  ImGui::EndDisabled();
  return finish(name, text, pressed);
}

bool checkbox(const char* name, const char* label, const char* text, bool* value) {
  return finish(name, text, ImGui::Checkbox((std::string(label) + hidden(name)).c_str(), value));
}

bool slider(const char* name, const char* label, const char* text, float* value, float least, float most, const char* format,
            bool logarithmic) {
  put_label(label);
  const ImGuiSliderFlags flags = ImGuiSliderFlags_AlwaysClamp | (logarithmic ? ImGuiSliderFlags_Logarithmic : 0);
  return finish(name, text, ImGui::SliderFloat(hidden(name).c_str(), value, least, most, format, flags));
}

bool slider(const char* name, const char* label, const char* text, int* value, int least, int most, const char* format) {
  put_label(label);
  return finish(name, text, ImGui::SliderInt(hidden(name).c_str(), value, least, most, format, ImGuiSliderFlags_AlwaysClamp));
}

bool input(const char* name, const char* label, const char* text, std::string* value, const char* empty) {
  put_label(label);
  return finish(name, text, ImGui::InputTextWithHint(hidden(name).c_str(), empty, value));
}

bool input(const char* name, const char* label, const char* text, std::uint64_t* number) {
  put_label(label);
  return finish(name, text, ImGui::InputScalar(hidden(name).c_str(), ImGuiDataType_U64, number));
}

bool combo(const char* name, const char* label, const char* text, int* chosen, std::span<const std::string> choices) {
  put_label(label);
  const char* shown =
      *chosen >= 0 && static_cast<std::size_t>(*chosen) < choices.size() ? choices[static_cast<std::size_t>(*chosen)].c_str() : "";
  const bool open = ImGui::BeginCombo(hidden(name).c_str(), shown);
  mark(name);
  if (!open) {
    tip(text);
    return false;
  }
  bool changed = false;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const bool selected = static_cast<int>(i) == *chosen;
    ImGui::PushID(static_cast<int>(i));
    if (ImGui::Selectable(choices[i].c_str(), selected)) {
      changed = !selected;
      *chosen = static_cast<int>(i);
    }
    mark(std::string(name) + "/" + choices[i]);
    if (selected) ImGui::SetItemDefaultFocus();
    ImGui::PopID();
  }
  ImGui::EndCombo();
  return changed;
}

bool choice(const char* name, const char* text, int* chosen, std::span<const char* const> choices) {
  bool changed = false;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i > 0) ImGui::SameLine(0, scaled(2));
    const bool on = static_cast<int>(i) == *chosen;
    if (on) ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_ButtonActive));
    const bool pressed = ImGui::Button((std::string(choices[i]) + hidden(name)).c_str());
    if (on) ImGui::PopStyleColor();
    mark(std::string(name) + "/" + choices[i]);
    tip(text);
    if (pressed && !on) {
      *chosen = static_cast<int>(i);
      changed = true;
    }
  }
  return changed;
}

void heading(const char* text) {
  ImGui::Dummy(ImVec2(0, scaled(3)));
  ImGui::PushStyleColor(ImGuiCol_Text, colour(Ink::accent));
  ImGui::TextUnformatted(text);
  ImGui::PopStyleColor();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::GetWindowDrawList()->AddLine(at, ImVec2(at.x + ImGui::GetContentRegionAvail().x, at.y), ImGui::GetColorU32(ImGuiCol_Separator));
  ImGui::Dummy(ImVec2(0, scaled(3)));
}

void hint(const char* text) {
  ImGui::PushStyleColor(ImGuiCol_Text, colour(Ink::quiet));
  ImGui::PushTextWrapPos(0);
  ImGui::TextUnformatted(text);
  ImGui::PopTextWrapPos();
  ImGui::PopStyleColor();
}

void tip(const char* text) {
  if (!text || !*text || !ImGui::IsItemHovered(ImGuiHoveredFlags_AllowWhenDisabled)) return;
  if (ImGui::GetCurrentContext()->HoveredIdTimer < kTipDelay && ImGui::GetItemID() != 0 && !ImGui::IsAnyItemActive() &&
      ImGui::GetCurrentContext()->HoveredId == ImGui::GetItemID())
    return;
  if (ImGui::IsAnyItemActive()) return;
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(scaled(320));
  ImGui::TextUnformatted(text);
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
}

ImVec4 colour(Ink ink) {
  switch (ink) {
    case Ink::accent: return {0.36f, 0.78f, 0.74f, 1};
    case Ink::good: return {0.47f, 0.80f, 0.45f, 1};
    case Ink::warning: return {0.95f, 0.73f, 0.33f, 1};
    case Ink::bad: return {0.95f, 0.45f, 0.42f, 1};
    case Ink::quiet: return {0.60f, 0.64f, 0.69f, 1};
  }
  return {1, 1, 1, 1};
}

void mark(std::string_view name) { mark(name, ImGui::GetItemRectMin(), ImGui::GetItemRectMax()); }
void mark(std::string_view name, ImVec2 from, ImVec2 to) { Stage::instance().mark(name, from, to); }
void publish(std::string_view name, double value) { Stage::instance().publish(name, value); }
void publish(std::string_view name, std::string value) { Stage::instance().publish(name, std::move(value)); }

bool shortcut(int key, bool control, bool shift) {
  const ImGuiIO& io = ImGui::GetIO();
  return !io.WantTextInput && io.KeyCtrl == control && io.KeyShift == shift && !io.KeyAlt && ImGui::IsKeyPressed(key);
}

}  // namespace gouache::studio::ui
