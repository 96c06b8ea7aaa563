// How does the page "Device" show where time goes?
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "demo/studio/panel_device.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr float kGraphHeight = 132;    ///< units
constexpr float kHighest = 95;         ///< milliseconds that the graph stretches for; longer frames touch its top
constexpr std::size_t kGraphed = 300;  ///< frames
constexpr const char* kViews[] = {"Painting a batch", "Training step", "Self-test"};

using Times = FrameTimes::Times;
struct Curve {
  const char* name;
  const char* tip;
  float Times::*which;
  ImVec4 colour;
};
const std::array<Curve, 3> kCurves{{
    {"From frame to frame",
     "Milliseconds from one frame to the next, the wait for the display included.",
     &Times::whole,
     {0.45f, 0.49f, 0.55f, 1}},
    {"Painting and training",
     "Milliseconds of the GPU that the library took of a frame. It stays near the budget or below.",
     &Times::gpu,
     {0.95f, 0.73f, 0.33f, 1}},
    {"The window's own work",
     "Milliseconds that the window's thread worked for a frame, without waiting for GPU and display.",
     &Times::own,
     {0.36f, 0.78f, 0.74f, 1}},
}};

std::string time_text(double microseconds) {
  if (microseconds < 0) return "not measured";
  char text[32];
  if (microseconds >= 1000)
    std::snprintf(text, sizeof text, "%.2f ms", microseconds / 1000);
  else
    std::snprintf(text, sizeof text, "%.1f us", microseconds);
  return text;
}

/// The next of 5, 10, 20, 50, 100 and so on.
float round_up(float most) {
  float step = 5;
  for (int i = 0; step < most && i < 12; ++i) step *= i % 3 == 2 ? 2.5f : 2;
  return step;
}

void right_aligned(const std::string& text) {
  const float width = ImGui::CalcTextSize(text.c_str()).x;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + std::max(ImGui::GetContentRegionAvail().x - width, 0.0f));
  ImGui::TextUnformatted(text.c_str());
}

}  // namespace

void DevicePanel::draw_frames() {
  ui::heading("Frame times");
  const std::array<float, 3> p95{p95_.whole, p95_.gpu, p95_.own};
  for (std::size_t i = 0; i < kCurves.size(); ++i) {
    if (i > 0) ImGui::SameLine(0, ui::scaled(18));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float line = ImGui::GetTextLineHeight();
    ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(at.x, at.y + line * 0.3f), ImVec2(at.x + line * 0.7f, at.y + line * 0.8f),
                                              ImGui::GetColorU32(kCurves[i].colour), 2);
    ImGui::SetCursorPosX(ImGui::GetCursorPosX() + line);
    ImGui::Text("%s: %.1f ms", kCurves[i].name, static_cast<double>(p95[i]));
    ui::tip((std::string(kCurves[i].tip) + " The figure: 95 of 100 frames stay below it.").c_str());
  }
  float most = space_.budget_milliseconds;
  const std::size_t count = std::min(space_.frames.size(), kGraphed);
  for (std::size_t i = 0; i < count; ++i) {
    const Times& times = space_.frames.newest(i);
    most = std::max({most, std::min(std::max({times.gpu, times.own, times.whole}), kHighest)});
  }
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const ImVec2 to(from.x + ImGui::GetContentRegionAvail().x, from.y + ui::scaled(kGraphHeight));
  draw_graph(from, to, round_up(most * 1.05f));
  ImGui::Dummy(ImVec2(to.x - from.x, to.y - from.y));
  ui::mark("device/graph", from, to);
  ui::label_width(ui::scaled(176));
  ui::slider("device/budget", "Budget for each frame",
             "Milliseconds of GPU time that painting and training may take of a frame: 0.5 to 50.", &space_.budget_milliseconds, 0.5f, 50,
             "%.1f ms", true);
  ui::label_width(0);
}

void DevicePanel::draw_graph(ImVec2 from, ImVec2 to, float most) const {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(from, to, ImGui::GetColorU32(ImGuiCol_WindowBg), ui::scaled(4));
  const ImU32 faint = ImGui::GetColorU32(ImGuiCol_Border), quiet = ImGui::GetColorU32(ui::colour(ui::Ink::quiet));
  const float left = from.x + ui::scaled(48), height = to.y - from.y - ui::scaled(16), floor = to.y - ui::scaled(8);
  const auto level = [&](float milliseconds) { return floor - std::min(milliseconds / most, 1.0f) * height; };
  char words[48];
  for (int i = 0; i <= 2; ++i) {
    const float value = most * static_cast<float>(i) / 2, y = std::round(level(value));
    list.AddLine(ImVec2(left, y), ImVec2(to.x, y), faint);
    std::snprintf(words, sizeof words, most < 10 ? "%.1f ms" : "%.0f ms", static_cast<double>(value));
    const ImVec2 size = ImGui::CalcTextSize(words);
    list.AddText(ImVec2(left - size.x - ui::scaled(6), y - size.y / 2), quiet, words);
  }
  const std::size_t count = std::min(space_.frames.size(), kGraphed);
  const float step = (to.x - left) / static_cast<float>(kGraphed - 1);
  std::array<ImVec2, kGraphed> points;
  for (const Curve& curve : kCurves) {
    for (std::size_t i = 0; i < count; ++i)
      points[i] = ImVec2(to.x - static_cast<float>(i) * step, level(space_.frames.newest(i).*curve.which));
    list.AddPolyline(points.data(), static_cast<int>(count), ImGui::GetColorU32(curve.colour), 0, ui::scaled(1.4f));
  }
  const float y = std::round(level(space_.budget_milliseconds));
  const ImU32 ink = ImGui::GetColorU32(ImVec4(0.95f, 0.73f, 0.33f, 0.9f));
  for (float x = left; x < to.x; x += ui::scaled(9)) list.AddLine(ImVec2(x, y), ImVec2(std::min(x + ui::scaled(5), to.x), y), ink);
  std::snprintf(words, sizeof words, "budget %.1f ms", static_cast<double>(space_.budget_milliseconds));
  list.AddText(ImVec2(left + ui::scaled(6), y - ImGui::GetTextLineHeight() - ui::scaled(1)), ink, words);
}

void DevicePanel::draw_operations() {
  ui::heading("Where the time goes");
  int view = static_cast<int>(view_);
  if (ui::choice("device/view",
                 "GPU time of each operation: of painting one batch of pictures with the open model, or of one training step. As measured "
                 "when it was prepared, and followed by what each frame takes.",
                 &view, kViews)) {
    view_ = static_cast<View>(view);
    opened_.clear();
    refreshed_ = -1;
  }
  if (view_ == View::selftest) return draw_selftest_results();
  const DispatchProfile& shown = profile();
  if (shown.operations.empty())
    return ui::hint(view_ == View::training ? "There is no training. Start one on the page Train." : "No model is open.");
  ImGui::SameLine(0, ui::scaled(14));
  ImGui::AlignTextToFramePadding();
  ImGui::Text("%s in %zu dispatches", time_text(shown.measured ? shown.microseconds : -1).c_str(), shown.dispatches);
  ImGui::BeginChild("operations", ImVec2(0, 0), false, ImGuiWindowFlags_NoBackground);
  const double longest = shown.operations.front().microseconds;
  for (const OperationTime& operation : shown.operations) draw_operation(operation, longest);
  ImGui::EndChild();
}

/// A bar with words on it; a click opens its dispatches below.
void DevicePanel::draw_operation(const OperationTime& operation, double longest) {
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = ui::scaled(25);
  const bool open = opened_ == operation.op;
  if (ImGui::InvisibleButton(operation.op.c_str(), ImVec2(width, height))) opened_ = open ? std::string() : operation.op;
  const bool hovered = ImGui::IsItemHovered();
  ui::mark("device/op/" + operation.op);
  ui::tip(open ? "Click to hide its dispatches." : "Click to see its dispatches: layers, shapes and kernels.");
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 to(from.x + width, from.y + height);
  list.AddRectFilled(from, to, ImGui::GetColorU32(hovered ? ImGuiCol_FrameBgHovered : ImGuiCol_FrameBg), ui::scaled(4));
  const float share = longest > 0 ? static_cast<float>(operation.microseconds / longest) : 0;
  if (share > 0)
    list.AddRectFilled(from, ImVec2(from.x + std::max(width * share, ui::scaled(4)), to.y), ImGui::GetColorU32(ImGuiCol_Header),
                       ui::scaled(4));
  const float y = from.y + (height - ImGui::GetTextLineHeight()) / 2;
  const ImU32 ink = ImGui::GetColorU32(ImGuiCol_Text), quiet = ImGui::GetColorU32(ui::colour(ui::Ink::quiet));
  list.AddText(ImVec2(from.x + ui::scaled(9), y), ink, operation.op.c_str());
  char words[64];
  std::snprintf(words, sizeof words, "%zu x", operation.dispatches.size());
  const float times = ImGui::CalcTextSize(words).x;
  list.AddText(ImVec2(to.x - ui::scaled(168) - times, y), quiet, words);
  const std::string total = time_text(operation.microseconds > 0 ? operation.microseconds : -1);
  list.AddText(ImVec2(to.x - ui::scaled(62) - ImGui::CalcTextSize(total.c_str()).x, y), ink, total.c_str());
  std::snprintf(words, sizeof words, "%.1f %%", operation.share * 100);
  list.AddText(ImVec2(to.x - ui::scaled(9) - ImGui::CalcTextSize(words).x, y), quiet, words);
  if (open) draw_dispatches(operation);
}

void DevicePanel::draw_dispatches(const OperationTime& operation) {
  if (!ImGui::BeginTable("dispatches", 4, ImGuiTableFlags_PadOuterX)) return;
  ImGui::TableSetupColumn("Layer", ImGuiTableColumnFlags_WidthStretch, 1.1f);
  ImGui::TableSetupColumn("Output", ImGuiTableColumnFlags_WidthStretch, 1);
  ImGui::TableSetupColumn("Kernel", ImGuiTableColumnFlags_WidthStretch, 1.5f);
  ImGui::TableSetupColumn("Time", ImGuiTableColumnFlags_WidthFixed, ui::scaled(84));
  ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ui::Ink::quiet));
  ImGui::TableHeadersRow();
  ImGui::PopStyleColor();
  for (const Dispatch& dispatch : operation.dispatches) {
    ImGui::TableNextRow();
    for (const std::string* words : {&dispatch.label, &dispatch.shape, &dispatch.row}) {
      ImGui::TableNextColumn();
      ImGui::TextWrapped("%s", words->c_str());
    }
    ImGui::TableNextColumn();
    right_aligned(time_text(dispatch.microseconds));
  }
  ImGui::EndTable();
}

void DevicePanel::draw_selftest_results() {
  if (selftest_.running()) {
    const SelftestCount& count = selftest_.count();
    char words[120];
    std::snprintf(words, sizeof words, "%zu kernel rows are right, %zu are wrong so far.", count.passed, count.failed);
    return ui::hint(words);
  }
  if (!selftest_.failure().empty()) return ui::hint(selftest_.failure().c_str());
  if (!selftest_.report()) return ui::hint("It has not been run yet.");
  const SelftestReport& report = *selftest_.report();
  ImGui::BeginChild("selftest", ImVec2(0, 0), false, ImGuiWindowFlags_NoBackground);
  for (const SelftestFailure& failure : report.failures) {
    ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ui::Ink::bad));
    ImGui::TextWrapped("%s, %s: %s", failure.test.c_str(), failure.row.c_str(), failure.why.c_str());
    ImGui::PopStyleColor();
  }
  if (ImGui::BeginTable("selftest operations", 3, ImGuiTableFlags_RowBg)) {
    ImGui::TableSetupColumn("Operation", ImGuiTableColumnFlags_WidthStretch);
    ImGui::TableSetupColumn("Right", ImGuiTableColumnFlags_WidthFixed, ui::scaled(80));
    ImGui::TableSetupColumn("Wrong", ImGuiTableColumnFlags_WidthFixed, ui::scaled(80));
    ImGui::TableHeadersRow();
    for (const SelftestOperation& operation : report.operations) {
      ImGui::TableNextRow();
      ImGui::TableNextColumn();
      ImGui::TextUnformatted(operation.op.c_str());
      ImGui::TableNextColumn();
      right_aligned(std::to_string(operation.passed));
      ImGui::TableNextColumn();
      if (operation.failed) ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ui::Ink::bad));
      right_aligned(std::to_string(operation.failed));
      if (operation.failed) ImGui::PopStyleColor();
    }
    ImGui::EndTable();
  }
  ui::mark("device/selftest_table");
  ImGui::EndChild();
}

}  // namespace gouache::studio
