// How does the picture look as a repeated texture, and where do its edges meet?
#include <algorithm>
#include <cstdio>

#include "demo/studio/ground.h"
#include "demo/studio/panel_use.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr unsigned kRepeats = 3;
constexpr float kShare = 0.69f;  ///< of the width that the tiling takes; the seam view has the rest

ui::Ink ink_of(SeamKind kind) {
  constexpr ui::Ink kInks[] = {ui::Ink::quiet, ui::Ink::good, ui::Ink::warning, ui::Ink::bad};
  return kInks[static_cast<std::size_t>(kind)];
}

}  // namespace

void UsePanel::draw_tiling(ImVec2 size) {
  const ImVec2 start = ImGui::GetCursorScreenPos();
  const float caption = ImGui::GetTextLineHeightWithSpacing();
  const ImVec2 whole = ground::fitted({size.x * kShare, size.y - caption}, shape().width * kRepeats, shape().height * kRepeats);
  const ImVec2 from = ground::on_pixel({start.x, start.y + caption}), to{from.x + whole.x, from.y + whole.y};
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 quiet = ImGui::GetColorU32(ui::colour(ui::Ink::quiet));
  char text[64];
  std::snprintf(text, sizeof text, "Repeated %u x %u", kRepeats, kRepeats);
  list.AddText(start, quiet, text);
  if (has_alpha(shape())) ground::checkerboard(list, from, to);
  draw_texture(from, to, sampling(true), {0, 0}, {kRepeats, kRepeats});
  ImGui::SetCursorScreenPos(from);
  ImGui::Dummy(whole);
  ui::mark("use/picture");

  const float left = to.x + ui::scaled(20);
  list.AddText({left, start.y}, quiet, "Edges meet in the middle");
  draw_seam({left, from.y}, {start.x + size.x - left, whole.y});
}

void UsePanel::draw_seam(ImVec2 from, ImVec2 room) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  from = ground::on_pixel(from);
  const ImVec2 size = ground::fitted({room.x, room.x}, shape().width, shape().height);
  const ImVec2 to{from.x + size.x, from.y + size.y};
  if (has_alpha(shape())) ground::checkerboard(list, from, to);
  draw_texture(from, to, sampling(true), {0.5f, 0.5f}, {1.5f, 1.5f});
  if (cross_) {
    const ImVec2 middle{(from.x + to.x) / 2, (from.y + to.y) / 2};
    ImVec4 accent = ui::colour(ui::Ink::accent);
    accent.w = 0.75f;
    const ImU32 line = ImGui::GetColorU32(accent);
    const float half = ground::pixel() / 2;
    list.AddRectFilled({middle.x - half, from.y}, {middle.x + half, to.y}, line);
    list.AddRectFilled({from.x, middle.y - half}, {to.x, middle.y + half}, line);
  }
  ImGui::SetCursorScreenPos(from);
  ImGui::Dummy(size);
  ui::mark("use/seam");
  if (!seam_) return;
  const SeamKind kind = seam_->kind();
  ui::publish("use.verdict", words(kind));
  ImGui::SetCursorScreenPos({from.x, to.y + ui::scaled(12)});
  ImGui::BeginGroup();
  ImGui::PushTextWrapPos(from.x + room.x - ImGui::GetWindowPos().x);
  ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ink_of(kind)));
  ImGui::TextUnformatted(words(kind));
  ImGui::PopStyleColor();
  ImGui::Text("Left to right: %.1f x", static_cast<double>(seam_->sides));
  ImGui::Text("Top to bottom: %.1f x", static_cast<double>(seam_->ends));
  ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ui::Ink::quiet));
  ImGui::TextUnformatted("as different as pixels inside it that lie side by side");
  ImGui::PopStyleColor();
  ImGui::PopTextWrapPos();
  ImGui::EndGroup();
  ui::tip(
      "The mean difference of the pixels that meet at the seam, in units of that of neighbours inside the picture. 1 is as smooth as the "
      "rest; up to 2 tiles well, from 4 on the seam is easy to see.");
}

void UsePanel::tiling_controls() {
  ui::heading("Seams");
  ui::checkbox("use/cross", "Mark where edges meet", "Draws a thin cross along the seams of the moved picture", &cross_);
}

}  // namespace gouache::studio
