// What would be written now, as the choices on the page "Export" are?
#include "demo/studio/export_draft.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace gouache::studio {
namespace {

constexpr const char* kPage = "export";

std::string home() {
  for (const char* name : {"HOME", "USERPROFILE"})
    if (const char* value = std::getenv(name)) return value;
  return {};
}

/// A number that settings hold, brought into its range.
template <class T>
T within(Settings& settings, const char* key, T fallback, T least, T most) {
  return std::clamp(settings.get(kPage, key, fallback), least, most);
}

template <class E>
E one_of(Settings& settings, const char* key, E fallback, int count) {
  return static_cast<E>(within(settings, key, static_cast<int>(fallback), 0, count - 1));
}

std::uint32_t columns_of(const ExportChoices& choices, const ExportOrder& order, const Explorer& explorer) {
  const auto count = static_cast<std::uint32_t>(order.specimens.size());
  if (choices.columns > 0) return static_cast<std::uint32_t>(choices.columns);
  if (order.kind == ExportKind::strip) return count;
  if (choices.subject.source == ExportSource::grid) return explorer.state().columns;
  return square_columns(count, order.width, order.height);
}

void choose_size(const ExportChoices& choices, const GouShape& shape, ExportOrder& order) {
  const auto times = static_cast<std::uint32_t>(choices.enlarged);
  order.width = times ? shape.width * times : choices.width;
  order.height = times ? shape.height * times : choices.height;
  if (std::max(order.width, order.height) > kLargestExport || std::min(order.width, order.height) < 1)
    throw std::invalid_argument("Pictures can be 1 to " + std::to_string(kLargestExport) + " pixels wide and high.");
}

/// A name for each picture, or one for all.
std::vector<std::string> names_of(const ExportChoices& choices, const ExportOrder& order) {
  const std::string& pattern = choices.patterns[static_cast<std::size_t>(order.kind)];
  const OpenModel& model = *order.model;
  const auto name = [&](const std::string& from, std::size_t i) {
    NameParts parts{model.name, "001", ""};
    if (i < order.specimens.size()) {
      const std::uint32_t label = order.specimens[i].label;
      parts.number = order.numbers[i];
      if (label < model.class_names.size()) parts.kind = model.class_names[label];
    }
    return name_from(from, parts);
  };
  if (order.kind != ExportKind::pictures || order.specimens.size() == 1) return {name(pattern, 0)};
  std::vector<std::string> all;
  const std::string several = pattern_for_several(pattern);
  for (std::size_t i = 0; i < order.specimens.size(); ++i) all.push_back(name(several, i));
  return all;
}

std::string folder_of(const ExportChoices& choices) {
  const std::string folder = folder_from(choices.folder, home());
  if (folder.empty()) throw std::invalid_argument("Choose a folder to write to.");
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(folder, error);
  return error ? folder : whole.lexically_normal().string();
}

}  // namespace

ExportChoices read_choices(Settings& settings) {
  ExportChoices c;
  c.subject.kind = one_of(settings, "kind", c.subject.kind, static_cast<int>(kExportKinds));
  c.subject.source = one_of(settings, "source", c.subject.source, 4);
  c.subject.seed = settings.get(kPage, "seed", c.subject.seed);
  c.subject.count = within<std::uint32_t>(settings, "count", c.subject.count, 1, kMostFresh);
  c.subject.motion = one_of(settings, "motion", c.subject.motion, 2);
  c.subject.reach = within(settings, "reach", c.subject.reach, 0.5f, kFarthestOffset);
  c.subject.frames = within(settings, "frames", c.subject.frames, kFewestFrames, kMostFrames);
  c.enlarged = settings.get(kPage, "enlarged", c.enlarged);
  if (std::ranges::find(kExportTimes, c.enlarged) == std::end(kExportTimes)) c.enlarged = 1;
  c.width = within<std::uint32_t>(settings, "width", c.width, 1, kLargestExport);
  c.height = within<std::uint32_t>(settings, "height", c.height, 1, kLargestExport);
  c.nearest = settings.get(kPage, "nearest", c.nearest);
  c.columns = within(settings, "columns", c.columns, 0, 64);
  c.gap = within(settings, "gap", c.gap, 0, 32);
  c.padding = within(settings, "padding", c.padding, 0, 32);
  c.premultiplied = settings.get(kPage, "premultiplied", c.premultiplied);
  c.speed = within(settings, "speed", c.speed, 1, 60);
  c.there_and_back = settings.get(kPage, "there_and_back", c.there_and_back);
  c.patterns = settings.get(kPage, "names", c.patterns);
  c.folders = settings.get(kPage, "folders", c.folders);
  c.folder = settings.get(kPage, "folder", std::string(home().empty() ? "gouache" : "~/gouache"));
  return c;
}

void keep_choices(Settings& settings, const ExportChoices& c) {
  settings.page(kPage) = {{"kind", static_cast<int>(c.subject.kind)},
                          {"source", static_cast<int>(c.subject.source)},
                          {"seed", c.subject.seed},
                          {"count", c.subject.count},
                          {"motion", static_cast<int>(c.subject.motion)},
                          {"reach", c.subject.reach},
                          {"frames", c.subject.frames},
                          {"enlarged", c.enlarged},
                          {"width", c.width},
                          {"height", c.height},
                          {"nearest", c.nearest},
                          {"columns", c.columns},
                          {"gap", c.gap},
                          {"padding", c.padding},
                          {"premultiplied", c.premultiplied},
                          {"speed", c.speed},
                          {"there_and_back", c.there_and_back},
                          {"names", c.patterns},
                          {"folder", c.folder},
                          {"folders", c.folders}};
}

ExportDraft draft_of(const ExportChoices& choices, const Explorer& explorer, const std::shared_ptr<OpenModel>& model) {
  ExportDraft draft;
  ExportOrder& order = draft.order;
  order.kind = choices.subject.kind;
  order.model = model;
  Subject subject = model ? subject_of(explorer, choices.subject, model->directions) : subject_of(Explorer(), choices.subject, {});
  draft.problem = std::move(subject.missing);
  if (!draft.problem.empty()) return draft;
  order.specimens = std::move(subject.specimens);
  order.numbers = std::move(subject.numbers);
  order.nearest = choices.nearest;
  order.premultiplied = choices.premultiplied && model->shape.channels % 2 == 0;
  if (order.kind == ExportKind::strip) {
    order.milliseconds = static_cast<std::uint32_t>(std::lround(1000.0 / choices.speed));
    order.there_and_back = choices.there_and_back;
  }
  try {
    choose_size(choices, model->shape, order);
    if (order.kind == ExportKind::sheet || order.kind == ExportKind::strip)
      order.sheet =
          plan_sheet(static_cast<std::uint32_t>(order.specimens.size()), order.width, order.height, columns_of(choices, order, explorer),
                     static_cast<std::uint32_t>(choices.gap), static_cast<std::uint32_t>(choices.padding));
    order.stems = names_of(choices, order);
    order.folder = folder_of(choices);
  } catch (const std::invalid_argument& error) { draft.problem = error.what(); }
  return draft;
}

}  // namespace gouache::studio
