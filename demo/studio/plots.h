// How are a training's figures drawn?  Small line plots with axes, legend and a read-out under the mouse.
#pragma once

#include <imgui.h>

#include <string>
#include <vector>

#include "demo/studio/curves.h"
#include "demo/studio/metrics.h"

namespace gouache::studio {

/// All figures of one kind. What it draws is prepared anew a few times a second at most. UI thread.
class FigurePlot {
 public:
  /// `name`: for scripts; `tip`: what the figures mean, in plain words.
  FigurePlot(const char* name, const char* title, const char* tip, Figure kind, bool logarithmic)
      : name_(name), title_(title), tip_(tip), kind_(kind), logarithmic_(logarithmic) {}

  /// As wide as there is room. `at_step`: a mark across the plot there; 0: none.
  void draw(const Metrics& metrics, float height, std::uint64_t at_step);
  /// How many curves with at least two points it draws.
  std::size_t drawn() const { return drawn_; }

 private:
  struct Line {
    std::string name;
    ImU32 colour;
    Curve curve;
  };
  void prepare(const Metrics& metrics, std::size_t most_points);
  void draw_legend(ImDrawList& list, ImVec2 from, float width) const;
  std::string row_text(double row) const;
  void draw_axes(ImDrawList& list, ImVec2 from, ImVec2 to) const;
  void draw_lines(ImDrawList& list, ImVec2 from, ImVec2 to);
  void read_out(ImDrawList& list, ImVec2 from, ImVec2 to) const;
  ImVec2 at(double step, float value, ImVec2 from, ImVec2 to) const;

  const char *name_, *title_, *tip_;
  Figure kind_;
  bool logarithmic_;
  std::uint64_t version_ = ~std::uint64_t{0};
  std::size_t points_ = 0, drawn_ = 0;
  double prepared_ = -1;  ///< when, in ImGui's seconds
  std::vector<Line> lines_;
  Span across_{0, 1}, up_{0, 1};
  std::vector<double> rows_, columns_;  ///< ticks
};

}  // namespace gouache::studio
