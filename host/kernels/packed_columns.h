// How may the weights of a convolution lie for a tile kernel?  As they are, or packed: tile by tile, each in one piece (pack_columns.comp).
#pragma once

#include "host/kernels/tile.h"

namespace gouache {

/// Weights seen as the columns' operand of a product [k,n].
struct ColumnShape {
  std::int64_t k = 0, n4 = 0;  ///< n4: vec4s of columns
  std::int64_t layers = 1;     ///< products that share k out: phases of a transposed convolution
  std::int64_t bytes() const { return 16 * k * n4; }
};

/// Appends where a tile's columns lie: column_step, column_block, last_column of the shaders' push constants.
void push_columns(Dispatch& dispatch, const TileRow& row, const Teams& teams, const ColumnShape& columns, bool packed);

/// Whether a tile row may read packed columns, and gains by it: on a CPU, where few tiles along the rows share columns that its caches
/// do not hold. A plain row then waits for them: each k value's lie a whole row of columns from the last one's.
bool packing_pays(const TileRow& row, std::int64_t row_count, const ColumnShape& columns, const DeviceCaps& caps);

/// The kernel of a tile dispatch that reads packed columns from scratch 0: packs input 1 first, or weights as they lie in the graph,
/// [taps][n][k / taps], where a transposed convolution has `taps`. Nothing where the device cannot run it.
std::optional<CostedKernel> packed_kernel(const TileRow& row, double cost, Dispatch dispatch, const ColumnShape& columns, std::int64_t taps,
                                          const DeviceCaps& caps);

/// The names of those of `rows` that may read packed columns on the device: none where packing never pays.
std::vector<std::string> packed_row_names(std::span<const TileRow> rows, const DeviceCaps& caps);
constexpr const char* kPackedRow = "packed";

}  // namespace gouache
