// How do words and controls stand side by side on one line, each as wide as it is to be?
#pragma once

#include <imgui.h>

#include <span>

namespace gouache::studio {

/// A line of cells, from the left. Controls of ui:: fill the cell that they are in; give them no label.
class InlineRow {
 public:
  static constexpr float kText = 0;      ///< as wide as its words
  static constexpr float kStretch = -1;  ///< what is left; for one cell
  /// `widths` in pixels, by cell.
  InlineRow(const char* id, std::span<const float> widths);
  ~InlineRow();
  InlineRow(const InlineRow&) = delete;
  InlineRow& operator=(const InlineRow&) = delete;

  /// To the next cell. Before the first control, too.
  void next();
  /// The next cell holds words.
  void text(const char* words);
  float room() const { return ImGui::GetContentRegionAvail().x; }

 private:
  bool open_;
};

}  // namespace gouache::studio
