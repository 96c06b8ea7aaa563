// How does the studio look?
#include "demo/studio/theme.h"

#include <imgui.h>

#include <filesystem>

namespace gouache::studio {
namespace {

/// The first of these that is there; else ImGui's own.
constexpr const char* kFonts[] = {"/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF/Roboto-Regular.ttf",
                                  "/usr/share/fonts/truetype/open-sans/OpenSans-Regular.ttf",
                                  "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
                                  "/usr/share/fonts/TTF/DejaVuSans.ttf",
                                  "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
                                  "/System/Library/Fonts/Supplemental/Arial.ttf",
                                  "C:/Windows/Fonts/segoeui.ttf"};
constexpr float kFontSize = 15;  ///< pixels on a plain display

struct Colour {
  ImGuiCol which;
  ImVec4 value;
};
const Colour kColours[] = {
    {ImGuiCol_Text, {0.90f, 0.92f, 0.94f, 1}},
    {ImGuiCol_TextDisabled, {0.50f, 0.54f, 0.59f, 1}},
    {ImGuiCol_WindowBg, {0.086f, 0.094f, 0.110f, 1}},
    {ImGuiCol_ChildBg, {0.114f, 0.125f, 0.145f, 1}},
    {ImGuiCol_PopupBg, {0.15f, 0.165f, 0.19f, 1}},
    {ImGuiCol_Border, {0.22f, 0.24f, 0.275f, 1}},
    {ImGuiCol_FrameBg, {0.175f, 0.19f, 0.22f, 1}},
    {ImGuiCol_FrameBgHovered, {0.22f, 0.24f, 0.275f, 1}},
    {ImGuiCol_FrameBgActive, {0.25f, 0.275f, 0.315f, 1}},
    {ImGuiCol_Button, {0.205f, 0.225f, 0.26f, 1}},
    {ImGuiCol_ButtonHovered, {0.265f, 0.29f, 0.335f, 1}},
    {ImGuiCol_ButtonActive, {0.20f, 0.42f, 0.41f, 1}},
    {ImGuiCol_Header, {0.19f, 0.36f, 0.355f, 1}},
    {ImGuiCol_HeaderHovered, {0.23f, 0.43f, 0.42f, 1}},
    {ImGuiCol_HeaderActive, {0.25f, 0.48f, 0.465f, 1}},
    {ImGuiCol_SliderGrab, {0.21f, 0.47f, 0.45f, 1}},
    {ImGuiCol_SliderGrabActive, {0.27f, 0.58f, 0.55f, 1}},
    {ImGuiCol_CheckMark, {0.36f, 0.78f, 0.74f, 1}},
    {ImGuiCol_Separator, {0.22f, 0.24f, 0.275f, 1}},
    {ImGuiCol_ScrollbarBg, {0, 0, 0, 0}},
    {ImGuiCol_ScrollbarGrab, {0.27f, 0.295f, 0.335f, 1}},
    {ImGuiCol_ScrollbarGrabHovered, {0.34f, 0.37f, 0.42f, 1}},
    {ImGuiCol_PlotHistogram, {0.36f, 0.78f, 0.74f, 1}},
    {ImGuiCol_TextSelectedBg, {0.22f, 0.45f, 0.44f, 1}},
    {ImGuiCol_ModalWindowDimBg, {0.03f, 0.03f, 0.04f, 0.6f}},
    {ImGuiCol_TitleBgActive, {0.15f, 0.165f, 0.19f, 1}},
};

}  // namespace

void apply_theme(float scale) {
  ImGuiStyle style;
  ImGui::StyleColorsDark(&style);
  for (const Colour& colour : kColours) style.Colors[colour.which] = colour.value;
  style.WindowPadding = {12, 10};
  style.FramePadding = {9, 5};
  style.ItemSpacing = {8, 7};
  style.ItemInnerSpacing = {6, 5};
  style.ScrollbarSize = 11;
  style.GrabMinSize = 11;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 0;
  style.PopupBorderSize = 1;
  style.WindowRounding = 0;
  style.ChildRounding = 6;
  style.FrameRounding = 4;
  style.PopupRounding = 5;
  style.GrabRounding = 4;
  style.ScrollbarRounding = 6;
  style.DisabledAlpha = 0.45f;
  style.ScaleAllSizes(scale);
  ImGui::GetStyle() = style;

  ImFontAtlas& fonts = *ImGui::GetIO().Fonts;
  fonts.Clear();
  for (const char* path : kFonts)
    if (std::filesystem::exists(path) && fonts.AddFontFromFileTTF(path, kFontSize * scale)) return;
  ImFontConfig plain;
  plain.SizePixels = 13 * scale;
  fonts.AddFontDefault(&plain);
}

}  // namespace gouache::studio
