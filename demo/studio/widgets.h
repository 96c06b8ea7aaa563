// What are the studio's controls?  ImGui's, each with a name for scripts, a label that is never cut off, and a tooltip.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gouache::studio::ui {

/// Names are like "train/start". Labels stand to the left of the control in a column of their own, or on it. `tip` says what it does, with
/// unit and range. Controls that change something return whether they did.
bool button(const char* name, const char* label, const char* tip, bool enabled = true, bool primary = false, float width = 0);
bool small_button(const char* name, const char* label, const char* tip, bool enabled = true);
bool checkbox(const char* name, const char* label, const char* tip, bool* value);
bool slider(const char* name, const char* label, const char* tip, float* value, float least, float most, const char* format = "%.2f",
            bool logarithmic = false);
bool slider(const char* name, const char* label, const char* tip, int* value, int least, int most, const char* format = "%d");
bool input(const char* name, const char* label, const char* tip, std::string* text, const char* hint = "");
bool input(const char* name, const char* label, const char* tip, std::uint64_t* number);
bool combo(const char* name, const char* label, const char* tip, int* chosen, std::span<const std::string> choices);
/// One of a few, side by side.
bool choice(const char* name, const char* tip, int* chosen, std::span<const char* const> choices);

/// Where labels end and controls begin, from the left of the content, until the next call; 0: labels stand above their controls.
void label_width(float pixels);
void heading(const char* text);
void hint(const char* text);  ///< grey, wrapped
/// Shows `tip` while the mouse rests on the last item.
void tip(const char* text);
/// So many pixels of a plain display.
float scaled(float pixels);

/// The colours of meaning; the rest is in ImGui's style.
enum class Ink { accent, good, warning, bad, quiet };
ImVec4 colour(Ink ink);

/// The last ImGui item can be clicked, dragged and looked at by scripts under this name.
void mark(std::string_view name);
void mark(std::string_view name, ImVec2 from, ImVec2 to);
/// A fact that scripts wait for and assert.
void publish(std::string_view name, double value);
void publish(std::string_view name, std::string value);

/// A key (GLFW_KEY_*) was pressed just now, with exactly these modifiers, and no text field takes it.
bool shortcut(int key, bool control = false, bool shift = false);

}  // namespace gouache::studio::ui
