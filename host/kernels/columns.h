// How is a [outer, rows, inner] walk along rows shared out?  Few columns fold several rows into one; many rows are split.
#pragma once

#include <cstdint>

#include "host/kernels/device_caps.h"

namespace gouache {

/// All counts of columns are in values of `value_width` neighbouring elements.
struct Columns {
  std::int64_t value_width = 4;
  std::int64_t fold_in = 1;          ///< rows that lie side by side in one folded row; a power of two that divides the rows
  std::int64_t width = 0, rows = 0;  ///< values of a folded row; folded rows
  std::int64_t splits = 1, chunk = 0;
  std::int64_t lane_groups = 0;  ///< workgroups that cover outer x width
  std::uint32_t lanes = 0;       ///< workgroup size
  std::uint32_t columns = 1;     ///< of a lane (shaders/include/column_pieces.glsl)
  std::int64_t groups() const { return lane_groups * splits; }
  std::int64_t pieces() const { return splits * fold_in; }  ///< partial results a column
};

/// Shares [outer, rows, inner] out over lanes of `value_width` columns: at least `min_rows` folded rows a split, at most
/// `most_pieces` partial results a column. Lanes take several columns where that suits the device, if they may. width is 0 when rows
/// cannot be folded so that value_width divides them.
Columns share_columns(std::int64_t outer, std::int64_t rows, std::int64_t inner, std::int64_t value_width, std::int64_t min_rows,
                      std::int64_t most_pieces, bool several_columns, const DeviceCaps& caps);

}  // namespace gouache
