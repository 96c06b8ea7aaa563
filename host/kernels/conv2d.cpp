// Which kernels run conv2d?  x [N,H,W,C], w [R,S,C,K] -> y [N,P,Q,K]; spatial rank 2, one group, zero padding.
#include "host/kernels/conv_shape.h"
#include "host/kernels/families.h"
#include "host/kernels/winograd.h"

namespace gouache {
namespace {

constexpr TileRow kRows[] = {
    // rows, unroll (vec4s of channels), exchange, reads
    {32, 2, Exchange::shuffle, Reads::texel},  {24, 1, Exchange::shuffle, Reads::texel},   {16, 1, Exchange::shuffle, Reads::texel},
    {8, 1, Exchange::shuffle, Reads::texel},   {32, 2, Exchange::shuffle, Reads::storage}, {16, 1, Exchange::shuffle, Reads::storage},
    {8, 1, Exchange::shuffle, Reads::storage}, {8, 1, Exchange::broadcast, Reads::texel},  {8, 1, Exchange::broadcast, Reads::storage},
};
constexpr TileRow kImageRows[] = {
    // rows, unroll (taps along x), exchange, reads of the weights
    {32, 4, Exchange::shuffle, Reads::texel},   {32, 1, Exchange::shuffle, Reads::texel},  {16, 1, Exchange::shuffle, Reads::texel},
    {16, 1, Exchange::shuffle, Reads::storage}, {8, 1, Exchange::broadcast, Reads::texel}, {8, 1, Exchange::broadcast, Reads::storage},
};

std::optional<CostedKernel> tile_kernel(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, const TileRow& row, bool image,
                                        const DeviceCaps& caps) {
  if (!supports(row, caps) || conv.k % 4 != 0) return std::nullopt;
  if (image ? conv.c > 4 || conv.s % row.unroll != 0 : conv.c % 4 != 0 || conv.c / 4 % row.unroll != 0) return std::nullopt;
  Dispatch d;
  d.module = (image ? "conv2d.scalar_rows" : "conv2d") + module_suffix(row);
  set_tile(d, row, caps);
  if (image) d.constants.push_back({CONSTANT_SWITCH_0, word(conv.c)});
  const std::int64_t pixels = conv.n * conv.p * conv.q, column_tiles = ceil_div(conv.k / 4, caps.subgroup_size);
  const std::int64_t tiles = ceil_div(pixels, row.rows) * column_tiles;
  const std::int64_t steps = conv.r * conv.s * (image ? 1 : conv.c / 4) / row.unroll;
  for (std::int64_t v : {conv.h, conv.w, conv.c / 4, conv.k / 4, pixels, conv.p, conv.q, conv.s, conv.stride_h, conv.stride_w, conv.pad_h,
                         conv.pad_w, conv.dilation_h, conv.dilation_w, steps, column_tiles, tiles})
    d.push.push_back(word(v));
  if (steps > kMostIterations) return std::nullopt;
  Operands operands = operands_of(launch, row.reads);
  if (image) operands.rows_reads = Reads::storage;
  if (!bind(d, launch, aux, operands, conv.k, true, caps) || !set_grid(d, tiles, 1, caps)) return std::nullopt;
  double cost = estimated_cost(row, pixels, column_tiles, 1, caps) * 4.0 * caps.subgroup_size;
  if (image) cost *= 1.0 + 0.1 * (row.unroll - 1);
  return costed(row_text(image ? "subgroup image" : "subgroup", row), cost, std::move(d));
}

std::vector<Kernel> candidates(const Launch& launch, const DeviceCaps& caps) {
  if (launch.inputs.size() < 2 || launch.outputs.size() != 1) return {};
  const auto conv = conv_shape(launch, launch.inputs[0].shape, launch.inputs[1].shape, launch.outputs[0].shape);
  const auto aux = aux_inputs(launch);
  if (!conv || !aux) return {};
  std::vector<CostedKernel> kernels;
  const auto add = [&](std::optional<CostedKernel> kernel) {
    if (kernel) kernels.push_back(std::move(*kernel));
  };
  for (const TileRow& row : kRows) add(tile_kernel(launch, *conv, *aux, row, false, caps));
  for (const TileRow& row : kImageRows) add(tile_kernel(launch, *conv, *aux, row, true, caps));
  if (conv->stride_h == 1 && conv->stride_w == 1 && conv->pad_h < conv->r && conv->pad_w < conv->s && conv->k <= 4) {
    // Stride 1: the adjoint of the convolution with reversed taps; image and many channels change places.
    ConvShape adjoint = *conv;
    adjoint.pad_h = conv->r - 1 - conv->pad_h;
    adjoint.pad_w = conv->s - 1 - conv->pad_w;
    std::swap(adjoint.h, adjoint.p);
    std::swap(adjoint.w, adjoint.q);
    std::swap(adjoint.c, adjoint.k);
    add_image_rows(kernels, launch, adjoint, *aux, true, caps);
  }
  add_winograd_rows(kernels, launch, *conv, *aux, WinogradOf::conv2d, 1.0 / static_cast<double>(conv->r * conv->s * conv->c), caps);
  add(plain_conv(launch, *conv, *aux, conv->c, conv->k, caps));
  for (CostedKernel& k : kernels) {
    k.kernel.flops = conv->flops();
    k.kernel.bytes = tensor_bytes(launch);
  }
  return in_order(std::move(kernels));
}

std::vector<std::string> rows(const DeviceCaps& caps) {
  std::vector<std::string> names = row_names("subgroup", kRows, caps);
  for (const auto& more : {row_names("subgroup image", kImageRows, caps), image_row_names(caps), winograd_row_names(caps)})
    names.insert(names.end(), more.begin(), more.end());
  names.push_back("plain");
  return names;
}

}  // namespace

const KernelFamily conv2d_family{"conv2d", true, false, candidates, rows};

}  // namespace gouache
