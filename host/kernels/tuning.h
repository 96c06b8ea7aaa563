// Which row won where?  What was measured on one device, by op signature; Catalog prefers these rows to the costs of its table.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/plan/catalog.h"

namespace gouache {

/// What a launch is known by: its op, shapes, attributes and fused program, but not its label.
std::string signature_of(const Launch& launch);

/// A measured choice. Times are medians of rounds in which the two rows took turns.
struct TunedRow {
  std::string row;                 ///< the fastest, as Kernel::row has it
  double microseconds = 0;         ///< what it takes
  double static_microseconds = 0;  ///< what the row takes that is chosen without tuning; the same where that is the fastest
  bool operator==(const TunedRow&) const = default;
};

struct Tuning {
  std::map<std::string, TunedRow> rows;  ///< by signature
  bool operator==(const Tuning&) const = default;

  /// Moves the tuned row to the front. Rows that do not run here any more change nothing.
  void prefer(const Launch& launch, std::vector<Kernel>& candidates) const;
};

}  // namespace gouache
