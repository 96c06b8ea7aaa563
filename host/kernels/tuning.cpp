// Which row won where?
#include "host/kernels/tuning.h"

#include <algorithm>

namespace gouache {

std::string signature_of(const Launch& launch) { return to_text(launch); }

void Tuning::prefer(const Launch& launch, std::vector<Kernel>& candidates) const {
  if (candidates.size() < 2 || rows.empty()) return;
  const auto tuned = rows.find(signature_of(launch));
  if (tuned == rows.end()) return;
  const auto found = std::ranges::find(candidates, tuned->second.row, &Kernel::row);
  if (found == candidates.end()) return;
  std::rotate(candidates.begin(), found, found + 1);
  candidates.front().cost = candidates.front().prepare_cost = 0;  // measured: no estimate is to be held against it
}

}  // namespace gouache
