// How do models and recipes describe themselves?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gouache/gouache.h"
#include "host/models/model.h"
#include "host/runtime/buffers.h"
#include "plugin/objects.h"

namespace gouache {

/// For gouListModels.
std::string models_json();

/// What is said of a plan that runs again and again.
struct PlannedWork {
  const Plan& plan;
  const std::vector<ParameterSpec>& parameters;
  std::vector<std::optional<double>> microseconds;  ///< that each command is expected to take; empty where nobody measured it
};

/// What a generator or trainer runs, and how long that is expected to take by now.
template <class Worker>
PlannedWork planned_work(GouContext_T& context, const Worker& worker, const std::vector<ParameterSpec>& parameters) {
  const std::lock_guard held(context.turn);  // ticks begin batches and follow times
  return {worker.plan(), parameters, worker.expected(context.pacer.get())};
}

/// For gouDescribeModel and gouDescribeTraining: as long whatever the times and steps are.
std::string model_json(const Recipe& recipe, std::int64_t batch, const PlannedWork& work);
std::string training_json(const Recipe& recipe, std::int64_t batch, const PlannedWork& work, const MemoryBytes& memory,
                          std::uint64_t steps);

/// Fills the struct, which is checked first.
void give_shape(const ImageShape& from, std::int64_t batch, GouShape* to);

}  // namespace gouache
