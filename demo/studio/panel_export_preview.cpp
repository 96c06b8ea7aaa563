// How does the page "Export" show what will be written?
#include <algorithm>
#include <cmath>

#include "demo/studio/ground.h"
#include "demo/studio/panel_export.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr std::size_t kMostNamed = 4;

/// The largest scale that fits; a whole multiple where that leaves little empty.
float fitting_scale(ImVec2 room, float width, float height) {
  const float scale = std::min(room.x / width, room.y / height);
  return scale >= 2 ? std::floor(scale) : scale;
}

ImVec2 centred(ImVec2 from, ImVec2 room, float width, float height) {
  return {std::floor(from.x + (room.x - width) / 2), std::floor(from.y + (room.y - height) / 2)};
}

void fact(const char* what, const std::string& value) {
  ImGui::TableNextRow();
  ImGui::TableNextColumn();
  ui::hint(what);
  ImGui::TableNextColumn();
  ImGui::TextWrapped("%s", value.c_str());
}

}  // namespace

void ExportPanel::draw_preview() {
  ui::heading("What will be written");
  const ExportOrder& order = draft_.order;
  if (!draft_.problem.empty()) {
    ImGui::Dummy(ImVec2(0, ui::scaled(6)));
    ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ui::Ink::warning));
    ImGui::TextWrapped("%s", draft_.problem.c_str());
    ImGui::PopStyleColor();
    return;
  }
  draw_result(order);
  if (order.kind == ExportKind::model) return draw_model_facts();
  ImGui::Dummy(ImVec2(0, ui::scaled(2)));
  const ImVec2 from = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  if (preview_.shown() && previewed_model_ == model_) {
    if (order.kind == ExportKind::pictures) draw_pictures(from, room);
    if (order.kind == ExportKind::sheet) draw_sheet(from, room);
    if (order.kind == ExportKind::strip) draw_strip(from, room);
  }
  ui::mark("export/preview", from, ImVec2(from.x + room.x, from.y + room.y));
}

/// Sizes and names in words.
void ExportPanel::draw_result(const ExportOrder& order) {
  const bool sheet = order.kind == ExportKind::sheet || order.kind == ExportKind::strip;
  const auto count = order.specimens.size();
  std::string size;
  if (order.kind != ExportKind::model) {
    size = std::to_string(count) +
           (count == 1                        ? " picture of "
            : order.kind == ExportKind::strip ? " frames of "
                                              : " pictures of ") +
           std::to_string(order.width) + " x " + std::to_string(order.height) + " pixels";
    if (sheet) size += " on " + std::to_string(order.sheet.width) + " x " + std::to_string(order.sheet.height);
    if (order.milliseconds) size += ", " + std::to_string(order.milliseconds) + " ms each";
    ImGui::TextWrapped("%s", size.c_str());
  }
  std::vector<std::string> files;
  for (std::size_t i = 0; i < order.stems.size() && files.size() < kMostNamed; ++i)
    for (std::string& file : files_of(order.kind, order.stems[i])) files.push_back(std::move(file));
  std::string names;
  for (const std::string& file : files) names += (names.empty() ? "" : ", ") + file;
  if (order.stems.size() > kMostNamed) names += " ... " + order.stems.back() + ".png";
  ImGui::TextWrapped("%s", names.c_str());
  ui::hint(("in " + order.folder).c_str());
}

void ExportPanel::draw_cell(std::uint32_t index, ImVec2 from, ImVec2 to) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (index < preview_.wish().count) {
    const Painting::Cell cell = preview_.cell(index);
    list.AddImage(preview_.shown()->id({.nearest = draft_.order.nearest}), from, to, cell.from, cell.to);
  } else {
    list.AddRect(from, to, ImGui::GetColorU32(ImGuiCol_Border));
  }
}

void ExportPanel::draw_pictures(ImVec2 from, ImVec2 room) {
  const ExportOrder& order = draft_.order;
  const auto count = static_cast<std::uint32_t>(order.specimens.size());
  const float gap = count > 1 ? ui::scaled(count > 100 ? 2.0f : 6.0f) : 0;
  // Columns that make the pictures largest.
  std::uint32_t best = 1;
  float side = 0;
  const float aspect = static_cast<float>(order.height) / static_cast<float>(order.width);
  for (std::uint32_t columns = 1; columns <= count; ++columns) {
    const std::uint32_t rows = (count + columns - 1) / columns;
    const float width = (room.x - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const float fits = std::min(width, (room.y - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows) / aspect);
    if (fits > side) best = columns, side = fits;
  }
  const auto pixels = static_cast<float>(model_->shape.width);
  if (count == 1) side = std::min(side, ui::scaled(512));
  if (side >= pixels * 2) side = std::floor(side / pixels) * pixels;
  const float height = side * aspect;
  const std::uint32_t rows = (count + best - 1) / best;
  const ImVec2 at = centred(from, room, side * static_cast<float>(best) + gap * static_cast<float>(best - 1),
                            height * static_cast<float>(rows) + gap * static_cast<float>(rows - 1));
  for (std::uint32_t i = 0; i < count; ++i) {
    const ImVec2 a(at.x + static_cast<float>(i % best) * (side + gap), at.y + static_cast<float>(i / best) * (height + gap));
    const ImVec2 b(a.x + side, a.y + height);
    ground::checkerboard(*ImGui::GetWindowDrawList(), a, b);
    draw_cell(i, a, b);
  }
}

void ExportPanel::draw_sheet(ImVec2 from, ImVec2 room) {
  const ExportSheet& sheet = draft_.order.sheet;
  const auto width = static_cast<float>(sheet.width), height = static_cast<float>(sheet.height);
  const float scale = fitting_scale(room, width, height);
  const ImVec2 at = centred(from, room, width * scale, height * scale);
  ground::checkerboard(*ImGui::GetWindowDrawList(), at, ImVec2(at.x + width * scale, at.y + height * scale));
  for (std::uint32_t i = 0; i < sheet.cells.size(); ++i) {
    const ExportCell& cell = sheet.cells[i];
    const ImVec2 a(at.x + static_cast<float>(cell.x) * scale, at.y + static_cast<float>(cell.y) * scale);
    draw_cell(i, a, ImVec2(a.x + static_cast<float>(cell.width) * scale, a.y + static_cast<float>(cell.height) * scale));
  }
}

/// The animation as it plays, above its strip.
void ExportPanel::draw_strip(ImVec2 from, ImVec2 room) {
  const ExportOrder& order = draft_.order;
  const auto frames = static_cast<std::uint32_t>(order.specimens.size());
  const float gap = ui::scaled(10), upper = std::floor((room.y - gap) * 0.58f);
  const auto width = static_cast<float>(order.width), height = static_cast<float>(order.height);
  const float scale = fitting_scale(ImVec2(room.x, upper), width, height);
  const ImVec2 at = centred(from, ImVec2(room.x, upper), width * scale, height * scale);
  const ImVec2 end(at.x + width * scale, at.y + height * scale);
  auto frame = static_cast<std::uint64_t>(ImGui::GetTime() * 1000 / std::max(order.milliseconds, 1u));
  if (order.there_and_back && frames > 1) {
    frame %= 2 * (frames - 1);
    if (frame >= frames) frame = 2 * (frames - 1) - frame;
  }
  ground::checkerboard(*ImGui::GetWindowDrawList(), at, end);
  draw_cell(static_cast<std::uint32_t>(frame % frames), at, end);
  ui::mark("export/playing", at, end);
  draw_sheet(ImVec2(from.x, from.y + upper + gap), ImVec2(room.x, room.y - upper - gap));
  space_.animating = true;
}

void ExportPanel::draw_model_facts() {
  ImGui::Dummy(ImVec2(0, ui::scaled(8)));
  if (!ImGui::BeginTable("model facts", 2)) return;
  ImGui::TableSetupColumn("what", ImGuiTableColumnFlags_WidthFixed, ui::scaled(150));
  ImGui::TableSetupColumn("value", ImGuiTableColumnFlags_WidthStretch);
  fact("Name", model_->name);
  fact("Paints", std::to_string(model_->shape.width) + " x " + std::to_string(model_->shape.height) + " pixels, " +
                     std::to_string(model_->shape.channels) + (model_->shape.channels == 1 ? " channel" : " channels"));
  fact("From", std::to_string(model_->shape.latent) + " numbers a picture");
  if (model_->shape.classes) fact("Classes", std::to_string(model_->shape.classes));
  fact("Its recipe", "");
  for (const auto& [name, value] : model_->recipe) fact(name.c_str(), value);
  ImGui::EndTable();
}

}  // namespace gouache::studio
