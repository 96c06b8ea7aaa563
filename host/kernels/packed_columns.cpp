// How may the weights of a convolution lie for a tile kernel?
#include "host/kernels/packed_columns.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "host/kernels/streaming.h"

namespace gouache {
namespace {

std::int64_t width_of(const TileRow& row, const DeviceCaps& caps) { return std::int64_t{row.columns} * caps.subgroup_size; }

/// Packs input 1 into scratch 0; with `taps`, from the natural weights of a transposed convolution.
std::optional<Dispatch> pack_columns(const TileRow& row, const ColumnShape& columns, std::int64_t taps, const DeviceCaps& caps) {
  const bool texel = row.reads == Reads::texel;
  if (!streaming::storage_fits(columns.bytes(), caps) || (texel && !streaming::texels_fit(columns.bytes(), caps))) return std::nullopt;
  const std::int64_t count = columns.k * columns.n4 / (taps > 0 ? 4 : 1);
  const std::uint32_t lanes = std::min(64u, caps.max_invocations);
  const auto width = static_cast<std::uint64_t>(width_of(row, caps));
  Dispatch d = streaming::dispatch(std::string(taps > 0 ? "pack_columns.natural" : "pack_columns") + (texel ? ".texel" : ".storage"),
                                   ceil_div(count, lanes), lanes, caps);
  d.push = {streaming::dispatch_fold(d), word(count)};
  streaming::push_divisor(d, columns.n4);
  d.push.insert(d.push.end(), {word(columns.k), static_cast<std::uint32_t>(std::countr_zero(width))});
  if (taps > 0) streaming::push_divisor(d, columns.k / taps / 4);
  d.bindings = {streaming::writes(0, OperandKind::scratch, 0), streaming::reads_as(texel, 1, OperandKind::input, 1)};
  return d;
}

}  // namespace

void push_columns(Dispatch& dispatch, const TileRow& row, const Teams& teams, const ColumnShape& columns, bool packed) {
  const std::int64_t width = std::int64_t{row.columns} * teams.lanes;
  if (packed)
    dispatch.push.insert(dispatch.push.end(), {word(width), word(columns.k * width), std::numeric_limits<std::uint32_t>::max()});
  else
    dispatch.push.insert(dispatch.push.end(), {word(columns.n4), word(width), word(columns.n4 - 1)});
}

bool packing_pays(const TileRow& row, std::int64_t row_count, const ColumnShape& columns, const DeviceCaps& caps) {
  constexpr std::int64_t kFewTiles = 4;
  const std::int64_t width = width_of(row, caps);
  return caps.is_cpu && std::has_single_bit(static_cast<std::uint64_t>(width)) && columns.n4 % width == 0 && columns.n4 > width &&
         columns.bytes() >= kCoreCache && ceil_div(row_count, row.rows) <= kFewTiles;
}

std::optional<CostedKernel> packed_kernel(const TileRow& row, double cost, Dispatch dispatch, const ColumnShape& columns, std::int64_t taps,
                                          const DeviceCaps& caps) {
  constexpr double kGain = 0.8;  // at least: a plain row of 16x1 on Mesa 22.3 (NOTES.md)
  const auto pack = pack_columns(row, columns, 0, caps);
  if (!pack) return std::nullopt;
  CostedKernel result;
  result.cost = cost * kGain;
  result.kernel.row = row_text(kPackedRow, row);
  result.kernel.dispatches = {*pack, std::move(dispatch)};
  result.kernel.scratch = {columns.bytes()};
  result.kernel.prepares = 1;
  result.kernel.prepare_cost = prepare_access(caps) * 2 * static_cast<double>(columns.n4 * columns.layers);  // over k of a layer, as `cost`
  if (taps > 0) result.kernel.natural = {*pack_columns(row, columns, taps, caps)};
  return result;
}

std::vector<std::string> packed_row_names(std::span<const TileRow> rows, const DeviceCaps& caps) {
  return caps.is_cpu ? row_names(kPackedRow, rows, caps) : std::vector<std::string>{};
}

}  // namespace gouache
