// Which figures must the first steps of each model give?  tests/training/golden/losses.txt: run, step, value, figure.
#pragma once

#include <map>
#include <sstream>
#include <tuple>

#include "tests/support/golden.h"
#include "tests/training/runs.h"

namespace gouache::testing {

inline constexpr const char* kGoldenLosses = "training/golden/losses.txt";
inline constexpr int kGoldenSteps = 3;
inline constexpr std::uint64_t kGoldenSeed = 20;
inline constexpr std::int64_t kGoldenImages = 24;

inline const TrainingRun kGoldenRuns[] = {
    {"faces2x2", "faces2x2", {}, 8},
    // In a small batch some unit of G's first layer sees one sign only; the batch norm behind it then cancels its bias, whose gradient
    // is 0 but for rounding, and Adam makes whole steps of that.
    {"dense_gan", "dense_gan", {{"size", "8"}, {"latent", "12"}}, 16},
    {"dcgan", "dcgan", {{"size", "16"}, {"channels", "16"}, {"latent", "8"}, {"image_channels", "4"}}, 8},
    {"dense_gan_classes", "dense_gan", {{"size", "8"}, {"latent", "12"}, {"classes", "5"}}, 16},
    {"dcgan_classes", "dcgan", {{"size", "16"}, {"channels", "16"}, {"latent", "8"}, {"classes", "3"}, {"r1", "0.5"}}, 8},
};

/// (step, figure) -> value of one run, as committed. Steps count from 1.
using GoldenFigures = std::map<std::pair<int, std::string>, double>;
inline GoldenFigures golden_figures(const std::string& run) {
  GoldenFigures figures;
  for (const std::string& line : golden_lines(kGoldenLosses)) {
    std::istringstream words(line);
    std::string name, figure;
    int step = 0;
    double value = 0;
    EXPECT_TRUE(words >> name >> step >> value && std::getline(words >> std::ws, figure)) << line;
    if (name == run) figures[{step, figure}] = value;
  }
  return figures;
}

}  // namespace gouache::testing
