// Where does a training keep its checkpoints, and which of them are kept when there are many?
#include "demo/studio/run_folder.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <tuple>

#include "demo/data/picture.h"

namespace gouache::studio {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char *kBegin = "step_", *kEnd = ".checkpoint.safetensors";
constexpr int kMostRuns = 10000;  ///< of one name

/// "step_000250-2" of "step_000250-2.checkpoint.safetensors"; "" for other files.
std::string stem_of(const std::string& file) {
  const std::string end = kEnd;
  if (!file.starts_with(kBegin) || !file.ends_with(end)) return {};
  return file.substr(0, file.size() - end.size());
}

/// Whether a stem is that of a checkpoint, and of which.
bool read_stem(const std::string& stem, std::uint64_t& step, unsigned& attempt) {
  const char *at = stem.data() + std::string_view(kBegin).size(), *const end = stem.data() + stem.size();
  const auto number = std::from_chars(at, end, step);
  if (number.ec != std::errc()) return false;
  attempt = 1;
  if (number.ptr == end) return true;
  if (*number.ptr != '-') return false;
  const auto rest = std::from_chars(number.ptr + 1, end, attempt);
  return rest.ec == std::errc() && rest.ptr == end && attempt > 1;
}

}  // namespace

std::vector<std::size_t> superfluous(std::span<const std::uint64_t> steps, std::size_t most, bool recent) {
  std::vector<std::size_t> left(steps.size()), dropped;
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
  most = std::max<std::size_t>(most, 3);
  while (left.size() > most) {
    std::size_t worst = 1;
    double least = 0;
    for (std::size_t i = 1; i + 1 < left.size(); ++i) {  // the hole that would be left, or that in proportion to its age
      const double hole = static_cast<double>(steps[left[i + 1]] - steps[left[i - 1]]);
      const double loss = recent ? hole / static_cast<double>(steps[left.back()] - steps[left[i]] + 1) : hole;
      if (i == 1 || loss < least) {
        worst = i;
        least = loss;
      }
    }
    dropped.push_back(left[worst]);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(worst));
  }
  std::ranges::sort(dropped);
  return dropped;
}

RunFolder RunFolder::fresh(const std::string& root, const std::string& name, const TrainingWish& wish) {
  fs::create_directories(root);
  RunFolder run;
  run.wish_ = wish;
  for (int number = 1; number < kMostRuns; ++number) {
    const fs::path path = fs::path(root) / (number == 1 ? name : name + "-" + std::to_string(number));
    if (!fs::create_directory(path)) continue;
    run.path_ = path.string();
    const Json about{{"source", wish.source}, {"recipe", Json::parse(wish.recipe)}, {"batch", wish.batch}, {"seed", wish.seed}};
    data::write_atomically((path / "run.json").string(), [&](std::ostream& out) { out << about.dump(2) << "\n"; });
    return run;
  }
  throw std::runtime_error(root + ": there are " + std::to_string(kMostRuns) + " runs named " + name + " already");
}

RunFolder RunFolder::open(const std::string& path) {
  const std::string file = (fs::path(path) / "run.json").string();
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file + ": cannot be read; expected the description of a training run");
  const Json about = Json::parse(in, nullptr, false);
  RunFolder run;
  run.path_ = path;
  try {
    run.wish_ = {about.at("source").get<std::string>(), about.at("recipe").dump(), about.at("batch").get<std::uint32_t>(),
                 about.at("seed").get<std::uint64_t>()};
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(file + ": is no description of a training run: " + error.what());
  }
  return run;
}

std::string RunFolder::newest(const std::string& root) {
  std::string best;
  fs::file_time_type when{};
  std::error_code error;
  for (fs::directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (!fs::exists(at->path() / "run.json", ignored)) continue;
    RunFolder run;
    run.path_ = at->path().string();
    for (const Checkpoint& checkpoint : run.checkpoints()) {
      const auto time = fs::last_write_time(checkpoint.path, ignored);
      if (ignored || (!best.empty() && time <= when)) continue;
      best = run.path_;
      when = time;
    }
  }
  return best;
}

std::vector<Checkpoint> RunFolder::checkpoints() const {
  std::vector<Checkpoint> all;
  std::error_code error;
  for (fs::directory_iterator at(path_, error), end; !error && at != end; at.increment(error)) {
    const std::string stem = stem_of(at->path().filename().string());
    std::uint64_t step = 0;
    unsigned attempt = 0;
    if (!stem.empty() && read_stem(stem, step, attempt)) all.push_back(place(step, attempt));
  }
  std::ranges::sort(all, {}, [](const Checkpoint& c) { return std::pair(c.step, c.attempt); });
  return all;
}

Checkpoint RunFolder::place(std::uint64_t step, unsigned attempt) const {
  char stem[48];
  std::snprintf(stem, sizeof stem, "%s%06llu", kBegin, static_cast<unsigned long long>(step));
  const std::string base = (fs::path(path_) / stem).string() + (attempt > 1 ? "-" + std::to_string(attempt) : "");
  return {step, attempt, base + kEnd, base + ".png", base + ".csv"};
}

void RunFolder::thin(std::size_t most, const Checkpoint& kept) const {
  const std::vector<Checkpoint> all = checkpoints();
  std::vector<std::uint64_t> steps;
  for (const Checkpoint& checkpoint : all) steps.push_back(checkpoint.step);
  for (std::size_t i : superfluous(steps, most, true)) {
    if (all[i] == kept) continue;
    std::error_code ignored;  // what cannot be deleted stays
    for (const std::string& file : {all[i].path, all[i].sheet, all[i].figures}) fs::remove(file, ignored);
  }
}

}  // namespace gouache::studio
