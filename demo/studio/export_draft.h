// What would be written now, as the choices on the page "Export" are?
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "demo/studio/export_subject.h"
#include "demo/studio/exporter.h"
#include "demo/studio/settings.h"

namespace gouache::studio {

inline constexpr std::size_t kExportKinds = 4;
inline constexpr int kMostFresh = 1024;
inline constexpr int kExportTimes[] = {1, 2, 4, 8, 0};  ///< the model's size; 0: a size of its own

/// All that the user chooses.
struct ExportChoices {
  SubjectWish subject;
  int enlarged = 1;                       ///< times the model's size; 0: width x height
  std::uint32_t width = 64, height = 64;  ///< pixels of each picture, 1..kLargestExport
  bool nearest = true;                    ///< how another size is made
  int columns = 0;                        ///< of a sheet or strip; 0: nearly square, or one row
  int gap = 0, padding = 0;               ///< pixels between and around
  bool premultiplied = false;
  int speed = 12;  ///< frames a second
  bool there_and_back = false;
  std::array<std::string, kExportKinds> patterns{"{model}", "{model}-sheet", "{model}-strip", "{model}"};
  std::string folder;
  std::vector<std::string> folders;  ///< used before, the newest first

  bool operator==(const ExportChoices&) const = default;
};

ExportChoices read_choices(Settings& settings);
void keep_choices(Settings& settings, const ExportChoices& choices);

struct ExportDraft {
  ExportOrder order;
  std::string problem;  ///< "", or why nothing can be written, in words for the user
};

/// `model` may be null.
ExportDraft draft_of(const ExportChoices& choices, const Explorer& explorer, const std::shared_ptr<OpenModel>& model);

}  // namespace gouache::studio
