// Which kernels run conv2d_weight_grad?  x [N,H,W,C], dy [N,P,Q,K] -> dw [R,S,C,K].
#include <algorithm>

#include "host/kernels/conv_shape.h"
#include "host/kernels/families.h"

namespace gouache {
namespace {

constexpr TileRow kRows[] = {
    // rows (tap, input channel), unroll (pixels), exchange, reads
    {32, 8, Exchange::shuffle, Reads::texel},   {16, 8, Exchange::shuffle, Reads::texel},  {32, 8, Exchange::shuffle, Reads::storage},
    {16, 8, Exchange::shuffle, Reads::storage}, {8, 1, Exchange::broadcast, Reads::texel}, {8, 1, Exchange::broadcast, Reads::storage},
};
constexpr TileRow kScalarRows[] = {
    // the same for any number of input channels: x read value by value, reads of dy
    {32, 2, Exchange::shuffle, Reads::texel},   {24, 2, Exchange::shuffle, Reads::texel},  {16, 2, Exchange::shuffle, Reads::texel},
    {16, 2, Exchange::shuffle, Reads::storage}, {8, 1, Exchange::broadcast, Reads::texel}, {8, 1, Exchange::broadcast, Reads::storage},
};

/// How many parts the pixels are split into: enough workgroups for every core, each with a long run of pixels.
std::int64_t parts_of(std::int64_t tiles, std::int64_t pixels, const DeviceCaps& caps) {
  const std::int64_t wanted = caps.is_cpu ? 8 : 128, shortest = caps.is_cpu ? 512 : 128;
  return std::max<std::int64_t>(1, std::min(ceil_div(wanted, tiles), pixels / shortest));
}

/// Adds the second pass: `parts` partial results in scratch 0, summed in order.
bool add_sum_of_parts(Kernel& kernel, const Launch& launch, const AuxInputs& aux, std::int64_t parts, std::int64_t channels,
                      const DeviceCaps& caps) {
  Dispatch d;
  d.module = "sum_parts";
  const std::int64_t bytes = launch.outputs[0].bytes();
  d.push = {word(bytes / 16), word(channels / 4), word(parts)};
  Operands operands;
  operands.rows = {OperandKind::scratch, 0};
  operands.columns = {};
  operands.rows_bytes = bytes * parts;
  operands.result_bytes = bytes;
  if (!bind(d, launch, aux, operands, channels, true, caps) || !set_plain_grid(d, bytes / 16, caps)) return false;
  kernel.dispatches.push_back(std::move(d));
  kernel.scratch = {bytes * parts};
  return true;
}

std::optional<CostedKernel> tile_kernel(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, const TileRow& row, bool scalar,
                                        const DeviceCaps& caps) {
  if (!supports(row, caps) || conv.k % 4 != 0 || (!scalar && conv.c % 4 != 0)) return std::nullopt;
  const std::int64_t lanes = caps.subgroup_size, slots = scalar ? row.rows : row.rows / 4;
  if (slots % lanes != 0 && lanes % slots != 0) return std::nullopt;
  const std::int64_t rows = conv.r * conv.s * conv.c, pixels = conv.n * conv.p * conv.q;
  const std::int64_t column_tiles = ceil_div(conv.k / 4, lanes), tiles = ceil_div(rows, row.rows) * column_tiles;
  const std::int64_t wanted = parts_of(tiles, pixels, caps);
  const std::int64_t part = ceil_div(ceil_div(pixels, wanted), row.unroll) * row.unroll, parts = ceil_div(pixels, part);
  Dispatch d;
  d.module = (scalar ? "conv2d_weight_grad.scalar_rows" : "conv2d_weight_grad") + module_suffix(row);
  set_tile(d, row, caps);
  for (std::int64_t v : {conv.h, conv.w, scalar ? conv.c : conv.c / 4, conv.k / 4, conv.p, conv.q, conv.s, conv.stride_h, conv.stride_w,
                         conv.pad_h, conv.pad_w, conv.dilation_h, conv.dilation_w, rows, pixels, part, column_tiles, tiles})
    d.push.push_back(word(v));
  Operands operands = operands_of(launch, row.reads);
  if (scalar) operands.rows_reads = Reads::storage;
  Launch first = launch;
  AuxInputs first_aux = aux;
  if (parts > 1) {
    first.program = {};
    first_aux = {};
    operands.result = {OperandKind::scratch, 0};
    operands.result_bytes *= parts;
  }
  if (!bind(d, first, first_aux, operands, conv.k, true, caps) || !set_grid(d, tiles, parts, caps)) return std::nullopt;
  double cost = estimated_cost(row, rows, column_tiles, parts, caps) / static_cast<double>(parts);
  if (scalar) cost *= 1.5;
  auto result = costed(row_text(scalar ? "subgroup scalar" : "subgroup", row), cost, std::move(d));
  if (parts > 1) {
    result->kernel.row += " parts " + std::to_string(parts);
    if (!add_sum_of_parts(result->kernel, launch, aux, parts, conv.k, caps)) return std::nullopt;
  }
  return result;
}

std::vector<Kernel> candidates(const Launch& launch, const DeviceCaps& caps) {
  if (launch.inputs.size() < 2 || launch.outputs.size() != 1) return {};
  const auto conv = conv_shape(launch, launch.inputs[0].shape, launch.outputs[0].shape, launch.inputs[1].shape);
  const auto aux = aux_inputs(launch);
  if (!conv || !aux) return {};
  std::vector<CostedKernel> kernels;
  const auto add = [&](std::optional<CostedKernel> kernel) {
    if (kernel) kernels.push_back(std::move(*kernel));
  };
  for (const TileRow& row : kRows) add(tile_kernel(launch, *conv, *aux, row, false, caps));
  for (const TileRow& row : kScalarRows)
    if (conv->c % 4 != 0 || conv->c == 4) add(tile_kernel(launch, *conv, *aux, row, true, caps));
  add(plain_conv(launch, *conv, *aux, conv->k, caps));
  for (CostedKernel& k : kernels) {
    k.kernel.flops = conv->flops();
    k.kernel.bytes = tensor_bytes(launch);
  }
  return in_order(std::move(kernels));
}

}  // namespace

const KernelFamily conv2d_weight_grad_family{"conv2d_weight_grad", true, false, candidates};

}  // namespace gouache
