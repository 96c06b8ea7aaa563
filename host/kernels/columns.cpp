// How is a [outer, rows, inner] walk along rows shared out?  Few columns fold several rows into one; many rows are split.
#include "host/kernels/columns.h"

#include <algorithm>

#include "host/kernels/streaming.h"
#include "shaders/shared/interface.h"

namespace gouache {

// lavapipe of Mesa 22.3 ends a shader's loops after 65,535 iterations in all; ours read at least four rows an iteration.
constexpr std::int64_t kLongestChunk = 131072;

Columns share_columns(std::int64_t outer, std::int64_t rows, std::int64_t inner, std::int64_t value_width, std::int64_t min_rows,
                      std::int64_t most_pieces, bool several_columns, const DeviceCaps& caps) {
  using streaming::ceil_div;
  Columns c;
  c.value_width = value_width;
  while (inner * c.fold_in % value_width != 0) {
    if (rows % (2 * c.fold_in) != 0 || c.fold_in >= 4) return c;
    c.fold_in *= 2;
  }
  std::int64_t busy = caps.is_cpu ? 8 : std::max<std::int64_t>(caps.subgroup_size, 32);  // lanes worth having in a workgroup
  auto values = [&] { return outer * inner * c.fold_in / value_width; };
  while (values() < busy && rows % (2 * c.fold_in) == 0 && rows / (2 * c.fold_in) >= 4 && 2 * c.fold_in <= most_pieces) c.fold_in *= 2;
  c.width = inner * c.fold_in / value_width;
  c.rows = rows / c.fold_in;
  c.lanes = streaming::lanes_for(values(), 1, 64, caps);
  for (const std::uint32_t columns : {2u, 4u})
    if (several_columns && caps.is_cpu && c.width % (RUN_LANES * columns) == 0) c.columns = columns;
  if (c.columns > 1) c.lanes = RUN_LANES;
  c.lane_groups = ceil_div(values(), c.lanes * c.columns);

  std::int64_t enough = !caps.is_cpu ? 1024 : caps.prefers_broadcast ? 8 : 24;  // workgroups that keep the device busy
  std::int64_t most = std::max<std::int64_t>(std::min(c.rows / min_rows, most_pieces / c.fold_in), 1);
  c.splits = std::clamp<std::int64_t>(enough / c.lane_groups, 1, most);
  c.splits = std::max(c.splits, ceil_div(c.rows, kLongestChunk));
  c.chunk = ceil_div(c.rows, c.splits);
  c.splits = ceil_div(c.rows, c.chunk);
  return c;
}

}  // namespace gouache
