// What is written when pictures are exported: which files, what is where on a sheet, and what engines are told of it?
#include "demo/studio/export_plan.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace gouache::studio {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kForbidden = "<>:\"/\\|?*";  // on one system or another
constexpr std::size_t kLongestName = 180;               // bytes; with a number and an ending below every file system's 255
constexpr std::uint32_t kMostCopies = 9999;

bool fits_a_name(char c) { return static_cast<unsigned char>(c) >= 32 && c != 127 && kForbidden.find(c) == kForbidden.npos; }

std::string tamed(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return !fits_a_name(c); }, '-');
  return text;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n"), last = text.find_last_not_of(" \t\r\n");
  return first == text.npos ? std::string() : text.substr(first, last - first + 1);
}

std::string value_of(const std::string& word, const NameParts& parts) {
  if (word == "model") return tamed(parts.model);
  if (word == "number") return tamed(parts.number);
  if (word == "class") return tamed(parts.kind);
  throw std::invalid_argument("{" + word + "} is not known in a file name: there are {model}, {number} and {class}");
}

void check_name(const std::string& name) {
  for (const char c : name)
    if (!fits_a_name(c))
      throw std::invalid_argument(std::string("A file name cannot hold ") + (c > 32 ? std::string("'") + c + "'" : "line breaks") +
                                  ". Choose the folder in its own field.");
  if (name.empty()) throw std::invalid_argument("The file needs a name, such as {model}-{number}.");
  if (name.front() == '.') throw std::invalid_argument("A file name that begins with a dot is hidden. Choose another one.");
  if (name.size() > kLongestName) throw std::invalid_argument("The file name is longer than " + std::to_string(kLongestName) + " bytes.");
}

}  // namespace

std::vector<std::string> running_numbers(std::uint32_t count) {
  const std::size_t digits = std::max<std::size_t>(3, std::to_string(count).size());
  std::vector<std::string> all;
  for (std::uint32_t i = 1; i <= count; ++i) {
    const std::string number = std::to_string(i);
    all.push_back(std::string(digits - number.size(), '0') + number);
  }
  return all;
}

std::string name_from(const std::string& pattern, const NameParts& parts) {
  std::string name;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::size_t end = pattern[i] == '{' ? pattern.find('}', i) : pattern.npos;
    if (end == pattern.npos) {
      name += pattern[i];
    } else {
      name += value_of(pattern.substr(i + 1, end - i - 1), parts);
      i = end;
    }
  }
  name = trimmed(name);
  while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();  // Windows drops them
  check_name(name);
  return name;
}

std::string pattern_for_several(const std::string& pattern) {
  return pattern.find("{number}") == pattern.npos ? trimmed(pattern) + "-{number}" : pattern;
}

std::string free_stem(const std::string& stem, const std::function<bool(const std::string&)>& taken) {
  if (!taken(stem)) return stem;
  for (std::uint32_t i = 2; i <= kMostCopies; ++i)
    if (std::string next = stem + "-" + std::to_string(i); !taken(next)) return next;
  throw std::runtime_error(stem + ": " + std::to_string(kMostCopies) + " files of this name are there already; choose another name");
}

std::vector<std::string> files_of(ExportKind kind, const std::string& stem) {
  switch (kind) {
    case ExportKind::pictures: return {stem + ".png"};
    case ExportKind::sheet:
    case ExportKind::strip: return {stem + ".png", stem + ".json"};
    case ExportKind::model: return {stem + ".safetensors"};
  }
  return {};
}

std::string folder_from(const std::string& typed, const std::string& home) {
  const std::string folder = trimmed(typed);
  if (home.empty() || folder.empty() || folder[0] != '~' || (folder.size() > 1 && folder[1] != '/')) return folder;
  return home + folder.substr(1);
}

std::vector<std::string> folders_with(const std::string& folder, std::vector<std::string> folders, std::size_t most) {
  std::erase(folders, folder);
  folders.insert(folders.begin(), folder);
  if (folders.size() > most) folders.resize(most);
  return folders;
}

std::uint32_t square_columns(std::uint32_t count, std::uint32_t width, std::uint32_t height) {
  const double side = std::sqrt(static_cast<double>(count) * height / std::max(width, 1u));
  return std::clamp(static_cast<std::uint32_t>(std::lround(std::ceil(side - 1e-9))), 1u, std::max(count, 1u));
}

ExportSheet plan_sheet(std::uint32_t count, std::uint32_t width, std::uint32_t height, std::uint32_t columns, std::uint32_t gap,
                       std::uint32_t padding) {
  if (count == 0 || width == 0 || height == 0) throw std::invalid_argument("There is no picture to write.");
  const std::uint64_t across = std::clamp(columns, 1u, count), down = (count + across - 1) / across;
  const std::uint64_t wide = across * width + (across - 1) * gap + 2ull * padding, high = down * height + (down - 1) * gap + 2ull * padding;
  if (wide > data::kLargestSide || high > data::kLargestSide || wide * high > data::kLargestArea)
    throw std::invalid_argument("That would be " + std::to_string(wide) + " x " + std::to_string(high) + " pixels; at most " +
                                std::to_string(data::kLargestSide) + " a side and " + std::to_string(data::kLargestArea >> 20) +
                                " million in all can be written. Choose fewer or smaller pictures, or other columns.");
  ExportSheet plan;
  plan.width = static_cast<std::uint32_t>(wide);
  plan.height = static_cast<std::uint32_t>(high);
  plan.columns = static_cast<std::uint32_t>(across);
  plan.rows = static_cast<std::uint32_t>(down);
  for (std::uint32_t i = 0; i < count; ++i)
    plan.cells.push_back({padding + i % plan.columns * (width + gap), padding + i / plan.columns * (height + gap), width, height});
  plan.holes = wide * high > std::uint64_t{count} * width * height;
  return plan;
}

data::Picture blank_sheet(const ExportSheet& plan, std::uint32_t cell_channels) {
  const bool adds_alpha = plan.holes && (cell_channels == 1 || cell_channels == 3);
  data::Picture sheet{plan.width, plan.height, cell_channels + (adds_alpha ? 1 : 0), {}};
  sheet.pixels.resize(std::size_t{sheet.width} * sheet.height * sheet.channels);
  return sheet;
}

void place(data::Picture& sheet, const ExportCell& cell, std::span<const std::uint8_t> pixels, std::uint32_t channels) {
  for (std::uint32_t y = 0; y < cell.height; ++y) {
    const std::uint8_t* from = &pixels[std::size_t{y} * cell.width * channels];
    std::uint8_t* to = &sheet.pixels[(std::size_t{cell.y + y} * sheet.width + cell.x) * sheet.channels];
    if (sheet.channels == channels) {
      std::memcpy(to, from, std::size_t{cell.width} * channels);
      continue;
    }
    for (std::uint32_t x = 0; x < cell.width; ++x, from += channels, to += sheet.channels) {
      std::memcpy(to, from, channels);
      to[channels] = 255;
    }
  }
}

std::string frame_data(const ExportSheet& plan, const FrameData& frames) {
  constexpr const char* kFormats[] = {"I8", "AI88", "RGB888", "RGBA8888"};
  Json list = Json::array();
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    const ExportCell& cell = plan.cells[i];
    Json frame = {{"filename", frames.names.at(i)},
                  {"frame", {{"x", cell.x}, {"y", cell.y}, {"w", cell.width}, {"h", cell.height}}},
                  {"rotated", false},
                  {"trimmed", false},
                  {"spriteSourceSize", {{"x", 0}, {"y", 0}, {"w", cell.width}, {"h", cell.height}}},
                  {"sourceSize", {{"w", cell.width}, {"h", cell.height}}}};
    if (frames.milliseconds) frame["duration"] = frames.milliseconds;
    list.push_back(std::move(frame));
  }
  Json meta = {{"app", "Gouache Studio"},
               {"version", "1.0"},  // of this form, not of the program
               {"image", frames.image},
               {"format", kFormats[std::clamp(frames.channels, 1u, 4u) - 1]},
               {"size", {{"w", plan.width}, {"h", plan.height}}},
               {"scale", "1"}};
  if (frames.premultiplied) meta["premultipliedAlpha"] = true;
  if (frames.milliseconds)
    meta["frameTags"] = Json::array(
        {{{"name", "all"}, {"from", 0}, {"to", plan.cells.size() - 1}, {"direction", frames.there_and_back ? "pingpong" : "forward"}}});
  return Json{{"frames", std::move(list)}, {"meta", std::move(meta)}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gouache::studio
