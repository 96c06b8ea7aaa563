// gouache bench ticks: how well do ticks keep their budget?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gouache::cli {

struct TickOptions {
  /// As for recipe_of(): that of the shipped sprite model, from the top of a checkout, and DCGAN-small.
  std::vector<std::string> recipes{"demo/models/sprites.json", "dcgan"};
  std::int64_t batch = 16, train_batch = 32;  ///< images at once, and a step
  int ticks = 300;                            ///< of each budget at most; 20 seconds in all
  std::string device;
  bool json = false;
};

/// Prints for painting and training, in budgets of 4, 8 and 16 ms, the parts and what ticks took of their budget. An exit code.
int bench_ticks(const TickOptions& options);

}  // namespace gouache::cli
