// Which kernels run conv2d_weight_grad?  x [N,H,W,C], dy [N,P,Q,K] -> dw [R,S,C,K].
#include <algorithm>

#include "host/kernels/conv_shape.h"
#include "host/kernels/families.h"
#include "host/kernels/matmul.h"
#include "host/kernels/winograd.h"

namespace gouache {
namespace {

constexpr TileRow kRows[] = {
    // rows (tap, input channel), columns, unroll (pixels), exchange, reads
    {32, 2, 2, Exchange::shuffle, Reads::texel},     {32, 1, 2, Exchange::shuffle, Reads::texel},
    {32, 1, 8, Exchange::shuffle, Reads::texel},     {16, 1, 8, Exchange::shuffle, Reads::texel},
    {32, 1, 8, Exchange::shuffle, Reads::storage},   {16, 1, 8, Exchange::shuffle, Reads::storage},
    {16, 2, 4, Exchange::broadcast, Reads::storage}, {32, 2, 2, Exchange::shuffle, Reads::storage},
};
constexpr TileRow kScalarRows[] = {
    // the same for any number of input channels: x read value by value, reads of dy
    {16, 2, 2, Exchange::shuffle, Reads::texel},   {32, 1, 2, Exchange::shuffle, Reads::texel},
    {24, 1, 2, Exchange::shuffle, Reads::texel},   {16, 1, 2, Exchange::shuffle, Reads::texel},
    {16, 1, 2, Exchange::shuffle, Reads::storage}, {16, 2, 4, Exchange::broadcast, Reads::storage},
};
constexpr TileRow kProductRows[] = {
    // the products that 1x1 convolutions are
    {32, 1, 2, Exchange::shuffle, Reads::texel},
    {32, 1, 2, Exchange::shuffle, Reads::storage},
    {16, 2, 2, Exchange::broadcast, Reads::storage},
};

/// How many parts the pixels are split into: enough workgroups for every core, each with a long run of pixels, but at most `longest`.
/// On a CPU all tiles of a part should read it from a core's cache, as long as writing partial results costs less than that saves.
std::int64_t parts_of(std::int64_t groups, const ConvShape& conv, std::int64_t longest, const DeviceCaps& caps) {
  const std::int64_t pixels = conv.n * conv.p * conv.q, wanted = caps.is_cpu ? 8 : 128, shortest = caps.is_cpu ? 512 : 128;
  std::int64_t parts = ceil_div(wanted, groups);
  if (caps.is_cpu) {
    const std::int64_t read = 4 * conv.n * (conv.h * conv.w * conv.c + conv.p * conv.q * conv.k);
    const std::int64_t written = 4 * conv.r * conv.s * conv.c * conv.k;
    parts = std::max(parts, std::min(read / kCoreCache, read / (4 * written)));
  }
  return std::max(ceil_div(pixels, longest), std::min(parts, pixels / shortest));
}

/// Turns a first pass away from the result, to `parts` partial results in scratch 0 without the program.
void write_parts(std::int64_t parts, Launch& first, AuxInputs& aux, Operands& operands) {
  first.program = {};
  aux = {};
  operands.result = {OperandKind::scratch, 0};
  operands.result_bytes *= parts;
}

/// The kernel with its second pass, which sums the parts in order.
std::optional<CostedKernel> with_sum_of_parts(std::optional<CostedKernel> result, const Launch& launch, const AuxInputs& aux,
                                              std::int64_t parts, std::int64_t channels, const DeviceCaps& caps) {
  if (parts == 1) return result;
  Dispatch d;
  const std::int64_t bytes = launch.outputs[0].bytes(), width = channels % 4 == 0 ? 4 : 1, values = bytes / 4 / width;
  d.module = width == 4 ? "sum_parts" : "sum_parts_plain";
  d.push = {word(values), word(channels / width), word(parts)};
  Operands operands;
  operands.rows = {OperandKind::scratch, 0};
  operands.columns = {};
  operands.rows_bytes = bytes * parts;
  operands.result_bytes = bytes;
  if (!bind(d, launch, aux, operands, channels, width == 4, caps) || !set_plain_grid(d, values, 1, caps)) return std::nullopt;
  result->kernel.row += " parts " + std::to_string(parts);
  result->kernel.dispatches.push_back(std::move(d));
  result->kernel.scratch = {bytes * parts};
  return result;
}

/// Whether the reads of a pixel's slots come out even over the lanes.
bool shares_slots(const TileRow& row, bool scalar, std::uint32_t lanes) {
  const std::uint32_t slots = scalar ? row.rows : row.rows / 4;
  return slots % lanes == 0 || lanes % slots == 0;
}

std::optional<CostedKernel> tile_kernel(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, const TileRow& row,
                                        const Teams& teams, bool scalar, const DeviceCaps& caps) {
  if (!supports(row, caps) || conv.k % 4 != 0 || (!scalar && conv.c % 4 != 0)) return std::nullopt;
  const std::int64_t rows = conv.r * conv.s * conv.c, pixels = conv.n * conv.p * conv.q;
  const TileOrder order = order_tiles(row, teams, rows, conv.k / 4, launch.inputs[0].bytes(), launch.inputs[1].bytes());
  if (!shares_slots(row, scalar, teams.lanes)) return std::nullopt;
  const std::int64_t wanted = parts_of(order.groups(), conv, row.unroll * kMostIterations, caps);
  const std::int64_t part = ceil_div(ceil_div(pixels, wanted), row.unroll) * row.unroll, parts = ceil_div(pixels, part);
  Dispatch d;
  d.module = (scalar ? "conv2d_weight_grad.scalar_rows" : "conv2d_weight_grad") + module_suffix(row);
  set_tile(d, row, teams, caps);
  for (std::int64_t v :
       {conv.h, conv.w, scalar ? conv.c : conv.c / 4, conv.k / 4, conv.p, conv.q, conv.s, conv.stride_h, conv.stride_w, conv.pad_h,
        conv.pad_w, conv.dilation_h, conv.dilation_w, rows, pixels, part, order.column_tiles, order.tiles, order.row_tiles})
    d.push.push_back(word(v));
  Operands operands = operands_of(launch, row.reads);
  if (scalar) operands.rows_reads = Reads::storage;
  Launch first = launch;
  AuxInputs first_aux = aux;
  if (parts > 1) write_parts(parts, first, first_aux, operands);
  if (!bind(d, first, first_aux, operands, conv.k, true, caps) || !set_grid(d, order, parts, caps)) return std::nullopt;
  TileRow single = row;  // a pixel is one k value, where the other families' step goes four
  single.unroll = 1;
  double cost = estimated_cost(single, order, parts, caps) / (4.0 * caps.subgroup_size * static_cast<double>(parts));
  if (row.exchange == Exchange::shuffle && row.rows * row.columns < 32) cost *= 1.25;  // each dy that is read meets fewer rows
  if (scalar) cost *= 1.5;
  if (!scalar && row.unroll < 8 && conv.r * conv.s == 1) cost *= 1.05;  // pixels read straight through: the more in turn, the better
  auto result = costed(row_text(scalar ? "subgroup scalar" : "subgroup", row, teams), cost, std::move(d));
  return with_sum_of_parts(std::move(result), launch, aux, parts, conv.k, caps);
}

/// A 1x1 convolution's: x^T dy, a product for each part of the pixels.
std::optional<CostedKernel> product_kernel(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, const TileRow& row,
                                           const Teams& teams, const DeviceCaps& caps) {
  if (!conv.is_product() || !supports(row, caps) || conv.c % 4 != 0 || conv.k % 4 != 0) return std::nullopt;
  const std::int64_t pixels = conv.n * conv.p * conv.q;
  const TileOrder order = order_tiles(row, teams, conv.c, conv.k / 4, 0, 0);
  std::int64_t parts = parts_of(order.groups(), conv, row.unroll * kMostIterations, caps);
  while (pixels % parts != 0) --parts;  // all of one length
  Product product = product_of(launch, conv.c, conv.k, pixels / parts);
  product.transpose_a = true;
  product.batch = parts;
  product.a_batch = product.k * conv.c;
  product.b_batch = product.k * conv.k;
  Launch first = launch;
  AuxInputs first_aux = aux;
  Operands operands = operands_of(launch, row.reads);
  if (parts > 1) write_parts(parts, first, first_aux, operands);
  product.result = operands.result;
  product.result_bytes = operands.result_bytes;
  auto result = tile_product(first, first_aux, product, row, teams, caps);
  if (!result) return std::nullopt;
  constexpr double kRelative = 0.65;  // to the tiles above: nothing to be found out about a pixel
  result->cost *= kRelative / (static_cast<double>(parts) * 4.0 * caps.subgroup_size);
  return with_sum_of_parts(std::move(result), launch, aux, parts, conv.k, caps);
}

/// One invocation a value, or a part of it.
std::optional<CostedKernel> plain_kernel(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, const DeviceCaps& caps) {
  constexpr std::int64_t kLongestPart = 32768;
  const std::int64_t count = launch.outputs[0].count(), pixels = conv.n * conv.p * conv.q, parts = ceil_div(pixels, kLongestPart),
                     part = ceil_div(pixels, parts);
  Dispatch d;
  d.module = "conv2d_weight_grad_plain";
  for (std::int64_t v : {conv.h, conv.w, conv.c, conv.p, conv.q, conv.k, conv.s, conv.stride_h, conv.stride_w, conv.pad_h, conv.pad_w,
                         conv.dilation_h, conv.dilation_w, pixels, part, count})
    d.push.push_back(word(v));
  Operands operands = operands_of(launch, Reads::storage);
  Launch first = launch;
  AuxInputs first_aux = aux;
  if (parts > 1) write_parts(parts, first, first_aux, operands);
  if (!bind(d, first, first_aux, operands, conv.k, false, caps) || !set_plain_grid(d, count, parts, caps)) return std::nullopt;
  auto result = costed("plain", kPlainCost, std::move(d));
  return with_sum_of_parts(std::move(result), launch, aux, parts, conv.k, caps);
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
  for (const TileRow& row : kRows)
    for (const Teams& teams : teams_for(row.columns, conv->k / 4, caps)) add(tile_kernel(launch, *conv, *aux, row, teams, false, caps));
  for (const TileRow& row : kScalarRows)  // in one team: fewer lanes would read more single floats each
    if (conv->c % 4 != 0 || conv->c == 4) add(tile_kernel(launch, *conv, *aux, row, one_team(caps), true, caps));
  for (const TileRow& row : kProductRows)
    for (const Teams& teams : teams_for(row.columns, conv->k / 4, caps)) add(product_kernel(launch, *conv, *aux, row, teams, caps));
  const double pixels = static_cast<double>(conv->n * conv->p * conv->q), columns = 4.0 * std::max(caps.subgroup_size, 1u);
  add_winograd_rows(kernels, launch, *conv, *aux, WinogradOf::conv2d_weight_grad, 1.0 / (pixels * columns), caps);
  add(plain_kernel(launch, *conv, *aux, caps));
  for (CostedKernel& k : kernels) {
    k.kernel.flops = conv->flops();
    k.kernel.bytes = tensor_bytes(launch);
  }
  return in_order(std::move(kernels));
}

std::vector<std::string> rows(const DeviceCaps& caps) {
  std::vector<std::string> names;
  for (const TileRow& row : kRows)
    if (supports(row, caps) && shares_slots(row, false, caps.subgroup_size)) names.push_back(row_text("subgroup", row));
  for (const TileRow& row : kScalarRows)
    if (supports(row, caps) && shares_slots(row, true, caps.subgroup_size)) names.push_back(row_text("subgroup scalar", row));
  for (const auto& more : {row_names(kProductRow, kProductRows, caps), winograd_row_names(caps)})
    names.insert(names.end(), more.begin(), more.end());
  names.push_back("plain");
  return names;
}

}  // namespace

const KernelFamily conv2d_weight_grad_family{"conv2d_weight_grad", true, false, candidates, rows};

}  // namespace gouache
