// Which kernel row is the fastest for each op of a plan on this device?  Measured: all rows of an op take turns, the slow ones leave early.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "host/kernels/tuning.h"
#include "host/plan/plan.h"
#include "host/vulkan/device.h"

namespace gouache {

/// A plan of which the ops after its setup are measured.
struct PlanToTune {
  const Plan* plan = nullptr;
  bool setup = false;  ///< PlanOptions::setup of it: what is made from weights alone costs nothing in a run
};

/// One op signature, its contest over.
struct TunedOp {
  std::string signature;
  int steps = 0;           ///< of the plans together that are such launches
  int rows = 0;            ///< that took part
  double flops = 0;        ///< useful ones of a step
  std::string static_row;  ///< chosen by `catalog`
  TunedRow tuned;
  std::string note;  ///< why nothing was measured; empty: it was
};

struct TunerOptions {
  int rounds = 7;      ///< 1..1000: each row's turns while it lasts, then once more of the winner and the static row alone
  std::string filter;  ///< only signatures with this in them; empty: all
  std::function<void(std::size_t done, std::size_t total, const TunedOp& last)> progress;
};

/// Measures every op of the plans, made with `catalog`, for which several rows stand in line. A row wins that is at least a fiftieth faster
/// than the static one. What does not fit into memory is noted and left; other errors are those of the device.
std::vector<TunedOp> tune(Device& device, const Catalog& catalog, std::span<const PlanToTune> plans, const TunerOptions& options);

/// Gives the ops that `plan` runs their static rows back; how many had another one. For a plan that is slower as a whole with the rows
/// that won op by op: caches and the order of steps are different there.
int go_back(const Plan& plan, std::span<TunedOp> ops);

/// What was measured, as a catalog takes it.
Tuning tuning_of(std::span<const TunedOp> ops);

}  // namespace gouache
