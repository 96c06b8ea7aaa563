// What is written when pictures are exported: which files, what is where on a sheet, and what engines are told of it?
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "demo/data/picture.h"

namespace gouache::studio {

enum class ExportKind : std::uint8_t { pictures, sheet, strip, model };

inline constexpr std::uint32_t kLargestExport = 4096;  ///< pixels of a picture's longer side

// ---- Names ----

/// What a name is made of.
struct NameParts {
  std::string model;   ///< {model}
  std::string number;  ///< {number}: "001", or a pin's letter
  std::string kind;    ///< {class}: the name of the picture's class; "" where the model has none
};

/// Running numbers "001" and so on for `count` pictures: as many digits as the last one has, at least three.
std::vector<std::string> running_numbers(std::uint32_t count);

/// A file's name without its ending from a pattern such as "{model}-{number}". What parts hold and no file system takes becomes '-'.
/// Throws std::invalid_argument, in words for the user: an unknown {word}, no name at all, or characters that a name cannot have.
std::string name_from(const std::string& pattern, const NameParts& parts);

/// The pattern for several pictures: with "-{number}" at its end where {number} is missing, so that each has a name of its own.
std::string pattern_for_several(const std::string& pattern);

/// `stem`, or the first of "stem-2", "stem-3" and so on that is free. Throws std::runtime_error where 9999 are taken.
std::string free_stem(const std::string& stem, const std::function<bool(const std::string&)>& taken);

/// The files that are written for a name: a picture, a sheet with its frame data, or a model.
std::vector<std::string> files_of(ExportKind kind, const std::string& stem);

/// "~/x" becomes a folder in the user's home; spaces at the ends go.
std::string folder_from(const std::string& typed, const std::string& home);

/// `folder` before the others, each once, at most `most`.
std::vector<std::string> folders_with(const std::string& folder, std::vector<std::string> folders, std::size_t most);

// ---- Sheets ----

struct ExportCell {
  std::uint32_t x, y, width, height;  ///< pixels
};

/// Cells of one size in rows.
struct ExportSheet {
  std::uint32_t width = 0, height = 0;
  std::uint32_t columns = 0, rows = 0;
  std::vector<ExportCell> cells;
  bool holes = false;  ///< some of it belongs to no cell
};

/// Columns of a sheet whose cells make it as square as can be.
std::uint32_t square_columns(std::uint32_t count, std::uint32_t width, std::uint32_t height);

/// `gap` pixels between cells, `padding` around all. Throws std::invalid_argument, in words for the user, where it would be too large
/// for a PNG of ours.
ExportSheet plan_sheet(std::uint32_t count, std::uint32_t width, std::uint32_t height, std::uint32_t columns, std::uint32_t gap,
                       std::uint32_t padding);

/// A transparent picture for a plan; of the cells' channels, and one for alpha more where there are holes and no alpha.
data::Picture blank_sheet(const ExportSheet& plan, std::uint32_t cell_channels);

/// Copies a picture [cell.height, cell.width, channels] to its place; without alpha it is opaque there.
void place(data::Picture& sheet, const ExportCell& cell, std::span<const std::uint8_t> pixels, std::uint32_t channels);

/// What engines read beside a sheet.
struct FrameData {
  std::string image;               ///< the sheet's file name
  std::uint32_t channels = 4;      ///< of the sheet
  std::vector<std::string> names;  ///< by cell
  std::uint32_t milliseconds = 0;  ///< of each frame of an animation; 0: it is none
  bool there_and_back = false;     ///< the animation is played forwards and backwards in turn
  bool premultiplied = false;
};

/// The array form of TexturePacker and Aseprite: {"frames": [{"filename", "frame", "rotated", "trimmed", "spriteSourceSize", "sourceSize",
/// "duration"}], "meta": {"app", "version", "image", "format", "size", "scale", "frameTags"}}.
std::string frame_data(const ExportSheet& plan, const FrameData& frames);

}  // namespace gouache::studio
