// How are a training's figures drawn?  Small line plots with axes, legend and a read-out under the mouse.
#include "demo/studio/plots.h"

#include <algorithm>
#include <cmath>

#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

/// Curves in this order; they tell apart well on dark ground, also for most colour-blind readers.
constexpr ImU32 kInks[] = {IM_COL32(94, 176, 239, 255),  IM_COL32(240, 160, 75, 255), IM_COL32(110, 200, 130, 255),
                           IM_COL32(200, 130, 220, 255), IM_COL32(230, 205, 90, 255), IM_COL32(170, 180, 190, 255)};
constexpr ImU32 kGround = IM_COL32(24, 27, 32, 255), kGrid = IM_COL32(48, 53, 61, 255), kQuiet = IM_COL32(150, 160, 172, 255),
                kMark = IM_COL32(92, 199, 189, 160);
constexpr double kRestSeconds = 0.12;  ///< between two preparations

ImU32 faint(ImU32 colour, unsigned alpha) { return (colour & ~IM_COL32_A_MASK) | (alpha << IM_COL32_A_SHIFT); }

}  // namespace

ImVec2 FigurePlot::at(double step, float value, ImVec2 from, ImVec2 to) const {
  const double v = logarithmic_ ? std::log10(std::max(double{value}, 1e-30)) : double{value};
  const double x = (step - across_.low) / (across_.high - across_.low), y = (v - up_.low) / (up_.high - up_.low);
  return {from.x + static_cast<float>(x) * (to.x - from.x), to.y - static_cast<float>(std::clamp(y, -1.0, 2.0)) * (to.y - from.y)};
}

void FigurePlot::prepare(const Metrics& metrics, std::size_t most_points) {
  const bool rested = ImGui::GetTime() - prepared_ > kRestSeconds;
  if (metrics.version() == version_ && points_ == most_points) return;
  if (points_ == most_points && !rested && metrics.rows() > 2) return;
  version_ = metrics.version();
  points_ = most_points;
  prepared_ = ImGui::GetTime();
  lines_.clear();
  std::vector<Curve> curves;
  for (std::size_t i = 0; i < metrics.names().size(); ++i) {
    if (figure_of(metrics.names()[i]) != kind_) continue;
    lines_.push_back({metrics.names()[i], kInks[lines_.size() % std::size(kInks)], curve_of(metrics, i, most_points)});
    curves.push_back(lines_.back().curve);
  }
  up_ = span_of(curves, logarithmic_);
  if (kind_ == Figure::probability && up_.low > -0.2 && up_.high < 1.2) up_ = {-0.03, 1.03};
  if (kind_ == Figure::speed) up_ = {0, std::max(up_.high, 1.0)};
  rows_ = ticks_of(up_, logarithmic_, 3);
  const double first = metrics.rows() ? static_cast<double>(metrics.steps(0).first) : 0;
  across_ = {first, std::max(static_cast<double>(metrics.last_step()), first + 10)};
  columns_ = ticks_of(across_, false, 4);
}

void FigurePlot::draw(const Metrics& metrics, float height, std::uint64_t at_step) {
  const float line = ImGui::GetTextLineHeight(), width = ImGui::GetContentRegionAvail().x;
  float left = ui::scaled(46);
  for (const double row : rows_) left = std::max(left, ImGui::CalcTextSize(row_text(row).c_str()).x + ui::scaled(5));
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const ImVec2 from(corner.x + left, corner.y + line + ui::scaled(4)), to(corner.x + width, corner.y + height - line - ui::scaled(2));
  prepare(metrics, static_cast<std::size_t>(std::max(to.x - from.x, 16.0f)));
  ImGui::InvisibleButton(name_, ImVec2(width, height));
  const bool hovered = ImGui::IsItemHovered();
  ui::mark(name_, from, to);
  if (hovered && ImGui::GetMousePos().y < from.y) ui::tip(tip_);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  draw_legend(list, corner, width);
  list.AddRectFilled(from, to, kGround, ui::scaled(2));
  if (metrics.rows() == 0) {
    constexpr const char* kNothing = "no steps yet";
    const ImVec2 size = ImGui::CalcTextSize(kNothing);
    list.AddText(ImVec2((from.x + to.x - size.x) / 2, (from.y + to.y - size.y) / 2), kQuiet, kNothing);
    return;
  }
  draw_axes(list, from, to);
  list.PushClipRect(from, to, true);
  draw_lines(list, from, to);
  if (at_step > 0) {
    const float x = at(static_cast<double>(at_step), 1, from, to).x;
    list.AddLine(ImVec2(x, from.y), ImVec2(x, to.y), kMark, ui::scaled(1.5f));
  }
  list.PopClipRect();
  if (hovered && ImGui::IsMouseHoveringRect(from, to)) read_out(list, from, to);
}

/// Title at the left; each curve with its newest value at the right.
void FigurePlot::draw_legend(ImDrawList& list, ImVec2 from, float width) const {
  list.AddText(from, ImGui::GetColorU32(ImGuiCol_Text), title_);
  float right = from.x + width;
  for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
    const std::string value =
        line->curve.empty() || !std::isfinite(line->curve.back().mean) ? "" : " " + short_number(double{line->curve.back().mean});
    const std::string text = line->name + value;
    right -= ImGui::CalcTextSize(text.c_str()).x;
    list.AddText(ImVec2(right, from.y), line->colour, text.c_str());
    right -= ui::scaled(10);
  }
}

std::string FigurePlot::row_text(double row) const { return short_number(logarithmic_ ? std::pow(10.0, row) : row); }

void FigurePlot::draw_axes(ImDrawList& list, ImVec2 from, ImVec2 to) const {
  const float line = ImGui::GetTextLineHeight();
  for (const double row : rows_) {
    const float y = to.y - static_cast<float>((row - up_.low) / (up_.high - up_.low)) * (to.y - from.y);
    list.AddLine(ImVec2(from.x, y), ImVec2(to.x, y), kGrid);
    const std::string text = row_text(row);
    const float top = std::clamp(y - line / 2, from.y - line * 0.15f, to.y - line * 0.85f);
    list.AddText(ImVec2(from.x - ui::scaled(5) - ImGui::CalcTextSize(text.c_str()).x, top), kQuiet, text.c_str());
  }
  for (const double column : columns_) {
    const float x = from.x + static_cast<float>((column - across_.low) / (across_.high - across_.low)) * (to.x - from.x);
    list.AddLine(ImVec2(x, from.y), ImVec2(x, to.y), kGrid);
    const std::string text = short_number(column);
    const float half = ImGui::CalcTextSize(text.c_str()).x / 2;
    list.AddText(ImVec2(std::min(x - half, to.x - 2 * half), to.y + ui::scaled(1)), kQuiet, text.c_str());
  }
}

/// What single steps did is faint, the running mean bold.
void FigurePlot::draw_lines(ImDrawList& list, ImVec2 from, ImVec2 to) {
  drawn_ = 0;
  std::vector<ImVec2> run;
  const auto draw_run = [&](const Line& line, float CurvePoint::*value, ImU32 colour, float thickness) {
    std::size_t points = 0;
    const auto flush = [&] {
      if (run.size() > 1) list.AddPolyline(run.data(), static_cast<int>(run.size()), colour, 0, ui::scaled(thickness));
      run.clear();
    };
    for (const CurvePoint& point : line.curve) {
      if (!std::isfinite(point.*value)) {
        flush();
        continue;
      }
      run.push_back(at(point.step, point.*value, from, to));
      ++points;
    }
    flush();
    return points;
  };
  for (const Line& line : lines_) {
    for (const CurvePoint& point : line.curve) {
      if (!(point.least < point.most)) continue;
      list.AddLine(at(point.step, point.least, from, to), at(point.step, point.most, from, to), faint(line.colour, 60));
    }
    draw_run(line, &CurvePoint::mean, faint(line.colour, 90), 1);
    drawn_ += draw_run(line, &CurvePoint::smooth, line.colour, 1.6f) > 1;
  }
}

void FigurePlot::read_out(ImDrawList& list, ImVec2 from, ImVec2 to) const {
  const float mouse = ImGui::GetMousePos().x;
  const double step = across_.low + double{(mouse - from.x) / (to.x - from.x)} * (across_.high - across_.low);
  list.AddLine(ImVec2(mouse, from.y), ImVec2(mouse, to.y), faint(kQuiet, 120));
  ImGui::BeginTooltip();
  ImGui::Text("step %.0f", std::max(step, 0.0));
  for (const Line& line : lines_) {
    const auto nearest = std::ranges::min_element(line.curve, {}, [&](const CurvePoint& point) { return std::abs(point.step - step); });
    if (nearest == line.curve.end() || !std::isfinite(nearest->mean)) continue;
    ImGui::PushStyleColor(ImGuiCol_Text, line.colour);
    const std::string value = short_number(double{nearest->mean});
    if (nearest->least < nearest->most)
      ImGui::Text("%s  %s  (%s to %s)", line.name.c_str(), value.c_str(), short_number(double{nearest->least}).c_str(),
                  short_number(double{nearest->most}).c_str());
    else
      ImGui::Text("%s  %s", line.name.c_str(), value.c_str());
    ImGui::PopStyleColor();
  }
  ImGui::EndTooltip();
}

}  // namespace gouache::studio
