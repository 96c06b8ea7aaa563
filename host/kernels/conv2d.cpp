// Which kernels run conv2d?  x [N,H,W,C], w [R,S,C,K] -> y [N,P,Q,K]; spatial rank 2, one group, zero padding.
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
constexpr TileRow kImageRows[] = {
    // rows, columns, unroll (taps along x), exchange, reads of the weights
    {16, 2, 1, Exchange::shuffle, Reads::texel},   {32, 1, 4, Exchange::shuffle, Reads::texel},
    {32, 1, 1, Exchange::shuffle, Reads::texel},   {16, 1, 1, Exchange::shuffle, Reads::texel},
    {16, 1, 1, Exchange::shuffle, Reads::storage}, {16, 2, 1, Exchange::broadcast, Reads::texel},
    {16, 2, 1, Exchange::shuffle, Reads::storage},
};

constexpr TileRow kToImageRows[] = {
    // rows (pixels of a line), columns, unroll, exchange, reads
    {8, 1, 1, Exchange::shuffle, Reads::texel},     {4, 1, 1, Exchange::shuffle, Reads::texel},
    {1, 1, 1, Exchange::shuffle, Reads::texel},     {4, 1, 1, Exchange::shuffle, Reads::storage},
    {4, 1, 1, Exchange::broadcast, Reads::storage},
};

enum class Form { plain, image, packed };

std::optional<CostedKernel> tile_kernel(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, const TileRow& row,
                                        const Teams& teams, Form form, const DeviceCaps& caps) {
  const bool image = form == Form::image, packed = form == Form::packed;
  if (!supports(row, caps) || conv.k % 4 != 0) return std::nullopt;
  if (image ? conv.c > 4 || conv.s % row.unroll != 0 : conv.c % 4 != 0 || conv.c / 4 % row.unroll != 0) return std::nullopt;
  Dispatch d;
  d.module = (image ? "conv2d.scalar_rows" : "conv2d") + module_suffix(row);
  const std::int64_t pixels = conv.n * conv.p * conv.q;
  const ColumnShape columns{conv.r * conv.s * conv.c, conv.k / 4};
  if (packed && !packing_pays(row, pixels, columns, caps)) return std::nullopt;
  const TileOrder order = order_tiles(row, teams, pixels, conv.k / 4, launch.inputs[0].bytes(), launch.inputs[1].bytes());
  set_tile(d, row, teams, caps);
  if (image) d.constants.push_back({CONSTANT_SWITCH_0, word(conv.c)});
  const std::int64_t steps = conv.r * conv.s * (image ? 1 : conv.c / 4) / row.unroll;
  for (std::int64_t v : {conv.h, conv.w, conv.c / 4, conv.k / 4, pixels, conv.p, conv.q, conv.s, conv.stride_h, conv.stride_w, conv.pad_h,
                         conv.pad_w, conv.dilation_h, conv.dilation_w, steps, order.column_tiles, order.tiles, order.row_tiles})
    d.push.push_back(word(v));
  push_columns(d, row, teams, columns, packed);
  if (steps > kMostIterations) return std::nullopt;
  Operands operands = operands_of(launch, row.reads);
  if (packed) operands.columns = {OperandKind::scratch, 0};
  if (image) operands.rows_reads = Reads::storage;
  if (!bind(d, launch, aux, operands, conv.k, true, caps) || !set_grid(d, order, 1, caps)) return std::nullopt;
  double cost = estimated_cost(row, order, 1, caps);
  if (packed) return packed_kernel(row, cost, std::move(d), columns, 0, caps);
  if (image) cost *= 1.0 + 0.1 * (row.unroll - 1);
  return costed(row_text(image ? "subgroup image" : "subgroup", row, teams), cost, std::move(d));
}

/// A tile in shared memory: pixels and output channels.
std::optional<CostedKernel> shared_kernel(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, const DeviceCaps& caps) {
  const std::int64_t depth = conv.r * conv.s * ceil_div(conv.c, 16);
  if (conv.c % 4 != 0 || conv.k % 4 != 0 || depth * 17 + conv.r * conv.s > kMostIterations) return std::nullopt;
  Dispatch d;
  d.module = "conv2d_shared";
  const std::int64_t pixels = conv.n * conv.p * conv.q, column_tiles = ceil_div(conv.k, kSharedTile);
  const std::int64_t tiles = ceil_div(pixels, kSharedTile) * column_tiles;
  for (std::int64_t v : {conv.h, conv.w, conv.c / 4, conv.k / 4, pixels, conv.p, conv.q, conv.r, conv.s, conv.stride_h, conv.stride_w,
                         conv.pad_h, conv.pad_w, conv.dilation_h, conv.dilation_w, column_tiles, tiles})
    d.push.push_back(word(v));
  if (!bind(d, launch, aux, operands_of(launch, Reads::storage), conv.k, true, caps) || !set_grid(d, tiles, 1, caps)) return std::nullopt;
  return costed(kSharedRow, shared_cost(pixels, conv.k, 1, caps), std::move(d));
}

/// Stride 1 and one to four output channels: a lane owns a run of `rows` pixels of a line.
std::optional<CostedKernel> to_image_kernel(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, const TileRow& row,
                                            const DeviceCaps& caps) {
  constexpr std::int64_t kWidest = 16;  // kernel columns: code for each
  if (!supports(row, caps) || conv.k > 4 || conv.c % 4 != 0 || conv.s > kWidest || conv.stride_h != 1 || conv.stride_w != 1 ||
      conv.dilation_h != 1 || conv.dilation_w != 1 || conv.r * (conv.c / 4 + 1) > kMostIterations)
    return std::nullopt;
  Dispatch d;
  d.module = "conv2d_to_image" + module_suffix(row);
  set_tile(d, row, one_team(caps), caps);
  d.constants.push_back({CONSTANT_SWITCH_0, word(conv.s)});
  d.constants.push_back({CONSTANT_SWITCH_0 + 1, word(conv.k)});
  const std::int64_t line_runs = ceil_div(conv.q, row.rows), runs = conv.n * conv.p * line_runs;
  const std::int64_t tiles = ceil_div(runs, caps.subgroup_size);
  for (std::int64_t v : {conv.h, conv.w, conv.c / 4, conv.p, conv.q, conv.r, conv.pad_h, conv.pad_w, line_runs, runs, tiles})
    d.push.push_back(word(v));
  if (!bind(d, launch, aux, operands_of(launch, row.reads), conv.k, false, caps) || !set_grid(d, tiles, 1, caps)) return std::nullopt;
  // Any of them beats a tile of four channels on a whole subgroup; what counts is what a lane reads and multiplies.
  const double read = vec4_read_cost(row.reads, caps), few = tiles < 8 ? 2.0 : 1.0;
  const double cost = 1e-3 * few * static_cast<double>(tiles) * (read * static_cast<double>(row.rows + conv.s - 1) + 0.2 * row.rows);
  return costed(row_text("subgroup to image", row), cost, std::move(d));
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
  for (const TileRow& row : kRows)
    for (const Teams& teams : teams_for(row.columns, conv->k / 4, caps))
      for (const Form form : {Form::plain, Form::packed}) add(tile_kernel(launch, *conv, *aux, row, teams, form, caps));
  for (const TileRow& row : kImageRows)
    for (const Teams& teams : teams_for(row.columns, conv->k / 4, caps))
      add(tile_kernel(launch, *conv, *aux, row, teams, Form::image, caps));
  add(shared_kernel(launch, *conv, *aux, caps));
  if (conv->is_product())
    add_product_rows(kernels, launch, *aux, product_of(launch, conv->n * conv->p * conv->q, conv->k, conv->c), 0.95, caps);  // NOTES.md
  for (const TileRow& row : kToImageRows) add(to_image_kernel(launch, *conv, *aux, row, caps));
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
  for (const auto& more : {row_names("subgroup image", kImageRows, caps), row_names("subgroup to image", kToImageRows, caps),
                           winograd_row_names(caps), product_row_names(caps), packed_row_names(kRows, caps)})
    names.insert(names.end(), more.begin(), more.end());
  names.push_back(kSharedRow);
  names.push_back("plain");
  return names;
}

}  // namespace

const KernelFamily conv2d_family{"conv2d", true, false, candidates, rows};

}  // namespace gouache
