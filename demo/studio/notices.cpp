// How does the studio tell what happened, good or bad, without stopping anybody?
#include "demo/studio/notices.h"

#include <imgui.h>

#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t kMost = 4;  ///< shown at once
constexpr auto kStays = 6s, kErrorStays = 20s;

ui::Ink ink_of(Notices::Kind kind) {
  return kind == Notices::Kind::done ? ui::Ink::good : kind == Notices::Kind::warning ? ui::Ink::warning : ui::Ink::bad;
}

}  // namespace

void Notices::add(Kind kind, std::string text) {
  last_ = text;
  ui::publish("notice", text);
  const auto until = std::chrono::steady_clock::now() + (kind == Kind::error ? kErrorStays : kStays);
  shown_.push_back({kind, std::move(text), until});
  if (shown_.size() > kMost) shown_.pop_front();
}

void Notices::draw() {
  std::erase_if(shown_, [now = std::chrono::steady_clock::now()](const Notice& notice) { return notice.until < now; });
  ui::publish("notices", static_cast<double>(shown_.size()));
  const ImGuiViewport& all = *ImGui::GetMainViewport();
  float bottom = all.WorkPos.y + all.WorkSize.y - ui::scaled(44);
  for (std::size_t i = shown_.size(); i-- > 0;) {
    const Notice& notice = shown_[i];
    ImGui::SetNextWindowPos(ImVec2(all.WorkPos.x + all.WorkSize.x - ui::scaled(14), bottom), ImGuiCond_Always, ImVec2(1, 1));
    ImGui::SetNextWindowSizeConstraints(ImVec2(ui::scaled(260), 0), ImVec2(ui::scaled(460), FLT_MAX));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, ui::scaled(6));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 1);
    ImGui::PushStyleColor(ImGuiCol_WindowBg, ImGui::GetStyleColorVec4(ImGuiCol_PopupBg));
    ImGui::PushStyleColor(ImGuiCol_Border, ui::colour(ink_of(notice.kind)));
    ImGui::Begin(("##notice" + std::to_string(i)).c_str(), nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav);
    ImGui::PushTextWrapPos(ui::scaled(430));
    ImGui::TextUnformatted(notice.text.c_str());
    ImGui::PopTextWrapPos();
    const bool clicked = ImGui::IsWindowHovered() && ImGui::IsMouseClicked(ImGuiMouseButton_Left);
    ui::mark("notice/" + std::to_string(i), ImGui::GetWindowPos(),
             ImVec2(ImGui::GetWindowPos().x + ImGui::GetWindowSize().x, ImGui::GetWindowPos().y + ImGui::GetWindowSize().y));
    bottom -= ImGui::GetWindowSize().y + ui::scaled(8);
    ImGui::End();
    ImGui::PopStyleColor(2);
    ImGui::PopStyleVar(2);
    if (clicked) shown_.erase(shown_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace gouache::studio
