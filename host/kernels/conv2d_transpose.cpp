// Which kernels run conv2d_transpose?  y [N,P,Q,K], w [R,S,K,C] (last axes swapped by the planner) -> x [N,H,W,C].
#include <numeric>

#include "host/kernels/conv_shape.h"
#include "host/kernels/families.h"
#include "host/kernels/matmul.h"
#include "host/kernels/packed_columns.h"
#include "host/kernels/winograd.h"

namespace gouache {
namespace {

constexpr TileRow kRows[] = {
    // rows, columns, unroll (vec4s of channels), exchange, reads
    {24, 2, 1, Exchange::shuffle, Reads::texel},   {16, 2, 1, Exchange::shuffle, Reads::texel},
    {32, 1, 2, Exchange::shuffle, Reads::texel},   {24, 1, 1, Exchange::shuffle, Reads::texel},
    {16, 1, 1, Exchange::shuffle, Reads::texel},   {8, 1, 1, Exchange::shuffle, Reads::texel},
    {32, 1, 2, Exchange::shuffle, Reads::storage}, {16, 1, 1, Exchange::shuffle, Reads::storage},
    {8, 1, 1, Exchange::shuffle, Reads::storage},  {16, 2, 1, Exchange::broadcast, Reads::storage},
    {24, 2, 1, Exchange::shuffle, Reads::storage}, {16, 2, 1, Exchange::shuffle, Reads::storage},
};

std::optional<CostedKernel> tile_kernel(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, const TileRow& row,
                                        const Teams& teams, bool packed, const DeviceCaps& caps) {
  if (!supports(row, caps) || conv.c % 4 != 0 || conv.k % 4 != 0 || conv.k / 4 % row.unroll != 0) return std::nullopt;
  if (conv.r * conv.s * conv.k / 4 / row.unroll + conv.stride_h + conv.stride_w > kMostIterations) return std::nullopt;
  Dispatch d;
  d.module = "conv2d_transpose" + module_suffix(row);
  const std::int64_t gcd_h = std::gcd(conv.stride_h, conv.dilation_h), gcd_w = std::gcd(conv.stride_w, conv.dilation_w);
  const std::int64_t phases = conv.stride_h * conv.stride_w;
  const std::int64_t pixels = conv.n * ceil_div(conv.h, conv.stride_h) * ceil_div(conv.w, conv.stride_w);  // of the largest phase
  const ColumnShape columns{conv.r * conv.s * conv.k, conv.c / 4, phases};
  if (packed && !packing_pays(row, pixels, columns, caps)) return std::nullopt;
  const TileOrder order = order_tiles(row, teams, pixels, conv.c / 4, launch.inputs[0].bytes(), launch.inputs[1].bytes() / phases);
  set_tile(d, row, teams, caps);
  for (std::int64_t v : {conv.n,
                         conv.h,
                         conv.w,
                         conv.c / 4,
                         conv.p,
                         conv.q,
                         conv.k / 4,
                         conv.r,
                         conv.s,
                         conv.stride_h,
                         conv.stride_w,
                         conv.pad_h,
                         conv.pad_w,
                         conv.dilation_h,
                         conv.dilation_w,
                         conv.stride_h / gcd_h,
                         conv.stride_w / gcd_w,
                         conv.dilation_h / gcd_h,
                         conv.dilation_w / gcd_w,
                         order.column_tiles,
                         order.tiles,
                         order.row_tiles})
    d.push.push_back(word(v));
  push_columns(d, row, teams, columns, packed);
  Operands operands = operands_of(launch, row.reads);
  if (packed) operands.columns = {OperandKind::scratch, 0};
  if (!bind(d, launch, aux, operands, conv.c, true, caps) || !set_grid(d, order, phases, caps)) return std::nullopt;
  const double cost = estimated_cost(row, order, phases, caps);
  if (packed) return packed_kernel(row, cost, std::move(d), columns, conv.r * conv.s, caps);
  return costed(row_text("subgroup", row, teams), cost, std::move(d));
}

std::vector<Kernel> candidates(const Launch& launch, const DeviceCaps& caps) {
  if (launch.inputs.size() < 2 || launch.outputs.size() != 1) return {};
  Shape w = launch.inputs[1].shape;
  if (w.size() != 4) return {};
  std::swap(w[2], w[3]);
  const auto conv = conv_shape(launch, launch.outputs[0].shape, w, launch.inputs[0].shape);
  const auto aux = aux_inputs(launch);
  if (!conv || !aux) return {};
  std::vector<CostedKernel> kernels;
  const auto add = [&](std::optional<CostedKernel> kernel) {
    if (kernel) kernels.push_back(std::move(*kernel));
  };
  for (const TileRow& row : kRows)
    for (const Teams& teams : teams_for(row.columns, conv->c / 4, caps))
      for (const bool packed : {false, true}) add(tile_kernel(launch, *conv, *aux, row, teams, packed, caps));
  if (conv->is_product())
    add_product_rows(kernels, launch, *aux, product_of(launch, conv->n * conv->h * conv->w, conv->c, conv->k), 0.95, caps);  // NOTES.md
  add_image_rows(kernels, launch, *conv, *aux, caps);
  const double taps = static_cast<double>(conv->r * conv->s) / static_cast<double>(conv->stride_h * conv->stride_w);  // of a phase
  add_winograd_rows(kernels, launch, *conv, *aux, WinogradOf::conv2d_transpose, 1.0 / (taps * static_cast<double>(conv->k)), caps);
  add(plain_conv(launch, *conv, *aux, conv->k, conv->c, caps));
  for (CostedKernel& k : kernels) {
    k.kernel.flops = conv->flops();
    k.kernel.bytes = tensor_bytes(launch);
  }
  return in_order(std::move(kernels));
}

std::vector<std::string> rows(const DeviceCaps& caps) {
  std::vector<std::string> names = row_names("subgroup", kRows, caps);
  for (const auto& more : {image_row_names(caps), winograd_row_names(caps), product_row_names(caps), packed_row_names(kRows, caps)})
    names.insert(names.end(), more.begin(), more.end());
  names.push_back("plain");
  return names;
}

}  // namespace

const KernelFamily conv2d_transpose_family{"conv2d_transpose", true, false, candidates, rows};

}  // namespace gouache
