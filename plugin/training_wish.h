// What does a host's GouTrain ask of a training?
#pragma once

#include "plugin/objects.h"

namespace gouache {

/// Checks all but the pixels and labels.
TrainerOptions training_options(const GouContext_T& context, const GouTrain& train);

/// The labels given; empty where there are none.
inline std::span<const std::uint32_t> training_labels(const GouTrain& train) {
  return {train.labels, train.labels ? std::size_t{train.count} : 0};
}

}  // namespace gouache
