// What does the page "Export" do?
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "demo/studio/export_draft.h"
#include "demo/studio/painting.h"
#include "demo/studio/workspace.h"

namespace gouache::studio {

/// Choices on the left, and what will be written on the right.
class ExportPanel {
 public:
  explicit ExportPanel(Workspace& space);
  /// Once a frame, whether or not the page is shown; before the library's tick.
  void update();
  /// Takes a folder that was dropped on the window.
  void drop(const std::string& path);
  /// In the page's window.
  void draw();

 private:
  void follow();
  void begin();
  void draw_what();
  void draw_fresh();
  void draw_animation();
  void draw_pins();
  void draw_size();
  void draw_layout();
  void draw_where();
  void draw_action();
  void draw_question();
  void draw_preview();
  void draw_result(const ExportOrder& order);
  void draw_pictures(ImVec2 from, ImVec2 room);
  void draw_sheet(ImVec2 from, ImVec2 room);
  void draw_strip(ImVec2 from, ImVec2 room);
  void draw_model_facts();
  void draw_cell(std::uint32_t index, ImVec2 from, ImVec2 to);
  void publish() const;

  Workspace& space_;
  Exporter exporter_;
  Painting preview_;
  ExportChoices choices_, kept_;
  std::string begun_folder_;  ///< as it was typed for the order at hand; remembered when that is done
  std::uint32_t orders_done_ = 0;
  ExportDraft draft_;  ///< of drafted_, model_ and revision_
  ExportChoices drafted_;
  std::shared_ptr<OpenModel> model_;
  std::uint64_t revision_ = 0;
  std::vector<Specimen> previewed_;  ///< what preview_ was asked for
  std::shared_ptr<OpenModel> previewed_model_;
  std::vector<std::string> sizes_;  ///< choices of a combo, for model_
};

}  // namespace gouache::studio
