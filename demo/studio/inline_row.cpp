// How do words and controls stand side by side on one line, each as wide as it is to be?
#include "demo/studio/inline_row.h"

namespace gouache::studio {

InlineRow::InlineRow(const char* id, std::span<const float> widths)
    : open_(ImGui::BeginTable(id, static_cast<int>(widths.size()),
                              ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_NoSavedSettings | ImGuiTableFlags_NoPadOuterX)) {
  if (!open_) return;
  for (const float width : widths)
    ImGui::TableSetupColumn("", width == kStretch ? ImGuiTableColumnFlags_WidthStretch : ImGuiTableColumnFlags_WidthFixed,
                            width == kStretch ? 1 : width);
}

InlineRow::~InlineRow() {
  if (open_) ImGui::EndTable();
}

void InlineRow::next() {
  if (open_) ImGui::TableNextColumn();
}

void InlineRow::text(const char* words) {
  next();
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(words);
}

}  // namespace gouache::studio
