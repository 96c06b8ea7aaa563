// What do the three convolutions' rows share?  Their shape, their plain kernels, and the rows for images of one to four channels.
#include "host/kernels/conv_shape.h"

namespace gouache {
namespace {

// conv2d_transpose_image.comp; rows are blocks of stride x stride pixels that a lane owns.
constexpr TileRow kImageRows[] = {
    {4, 1, 1, Exchange::shuffle, Reads::texel},   {2, 1, 1, Exchange::shuffle, Reads::texel},
    {1, 1, 1, Exchange::shuffle, Reads::texel},   {4, 1, 1, Exchange::shuffle, Reads::storage},
    {1, 1, 1, Exchange::shuffle, Reads::storage}, {4, 1, 1, Exchange::broadcast, Reads::storage},
};

}  // namespace

bool ConvShape::is_product() const { return r == 1 && s == 1 && stride_h == 1 && stride_w == 1 && p == h && q == w; }

double ConvShape::flops() const { return 2.0 * static_cast<double>(n * p * q * k) * static_cast<double>(r * s * c); }

std::optional<ConvShape> conv_shape(const Launch& launch, const Shape& x, const Shape& w, const Shape& y) {
  const auto* a = std::get_if<ConvAttributes>(&launch.attributes);
  if (!a || !has_plain_tensors(launch) || x.size() != 4 || w.size() != 4 || y.size() != 4) return std::nullopt;
  if (a->groups != 1 || a->padding != Padding::zero) return std::nullopt;
  for (std::size_t i = 0; i < 2; i++) {
    if (a->stride[i] < 1 || a->dilation[i] < 1 || a->pad_before[i] < 0 || a->pad_after[i] < 0) return std::nullopt;
    const std::int64_t room = x[i + 1] + a->pad_before[i] + a->pad_after[i] - a->dilation[i] * (w[i] - 1) - 1;
    if (room < 0 || y[i + 1] != room / a->stride[i] + 1) return std::nullopt;
  }
  if (x[0] != y[0] || x[3] != w[2] || y[3] != w[3]) return std::nullopt;
  return ConvShape{x[0],
                   x[1],
                   x[2],
                   x[3],
                   y[1],
                   y[2],
                   y[3],
                   w[0],
                   w[1],
                   a->stride[0],
                   a->stride[1],
                   a->pad_before[0],
                   a->pad_before[1],
                   a->dilation[0],
                   a->dilation[1]};
}

Operands operands_of(const Launch& launch, Reads reads) {
  Operands operands;
  operands.rows_bytes = launch.inputs[0].bytes();
  operands.columns_bytes = launch.inputs[1].bytes();
  operands.result_bytes = launch.outputs[0].bytes();
  operands.rows_reads = operands.columns_reads = reads;
  return operands;
}

std::optional<CostedKernel> costed(std::string row, double cost, Dispatch dispatch) {
  CostedKernel result;
  result.cost = cost;
  result.kernel.row = std::move(row);
  result.kernel.dispatches.push_back(std::move(dispatch));
  return result;
}

std::optional<CostedKernel> plain_conv(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, std::int64_t summed,
                                       std::int64_t channels, const DeviceCaps& caps) {
  if (conv.r * (conv.s * (summed / 8 + 8) + 1) > kMostIterations) return std::nullopt;
  Dispatch d;
  d.module = launch.op + "_plain";
  const std::int64_t count = launch.outputs[0].count();
  for (std::int64_t v : {conv.n, conv.h, conv.w, conv.c, conv.p, conv.q, conv.k, conv.r, conv.s, conv.stride_h, conv.stride_w, conv.pad_h,
                         conv.pad_w, conv.dilation_h, conv.dilation_w, count})
    d.push.push_back(word(v));
  if (!bind(d, launch, aux, operands_of(launch, Reads::storage), channels, false, caps) || !set_plain_grid(d, count, 1, caps))
    return std::nullopt;
  return costed("plain", kPlainCost, std::move(d));
}

std::vector<std::string> image_row_names(const DeviceCaps& caps) { return row_names("subgroup image", kImageRows, caps); }

void add_image_rows(std::vector<CostedKernel>& kernels, const Launch& launch, const ConvShape& conv, const AuxInputs& aux,
                    const DeviceCaps& caps) {
  constexpr std::int64_t kMostTaps = 49, kMostSums = 128;
  if (conv.c > 4 || conv.k % 4 != 0 || conv.dilation_h != 1 || conv.dilation_w != 1 || conv.r * conv.s > kMostTaps ||
      conv.k / 4 > kMostIterations)
    return;
  for (const TileRow& row : kImageRows) {
    if (!supports(row, caps) || (row.rows > 1 && row.rows * conv.stride_h * conv.stride_w * conv.c > kMostSums)) continue;
    if (conv.stride_h * conv.stride_w * conv.c > kMostSums) continue;
    Dispatch d;
    d.module = "conv2d_transpose_image" + module_suffix(row);
    set_tile(d, row, one_team(caps), caps);
    const std::int64_t switches[] = {conv.r, conv.s, conv.stride_h, conv.stride_w, conv.pad_h, conv.pad_w, conv.c};
    for (std::uint32_t i = 0; i < 7; i++) d.constants.push_back({CONSTANT_SWITCH_0 + i, word(switches[i])});
    const std::int64_t lines = ceil_div(conv.h, conv.stride_h * row.rows), columns = ceil_div(conv.w, conv.stride_w);
    const std::int64_t tiles = ceil_div(conv.n * lines * columns, caps.subgroup_size);
    for (std::int64_t v : {conv.n, conv.h, conv.w, conv.p, conv.q, conv.k / 4, lines, columns, tiles}) d.push.push_back(word(v));
    if (!bind(d, launch, aux, operands_of(launch, row.reads), conv.c, false, caps) || !set_grid(d, tiles, 1, caps)) continue;
    // Any of them beats a tile of four channels on a whole subgroup; more blocks a lane need more lanes' worth of work.
    const double reads = static_cast<double>(tiles * (row.rows + 2)) / (tiles < 8 ? 0.5 : 1.0) * vec4_read_cost(row.reads, caps);
    Dispatch natural = d;
    natural.constants.push_back({CONSTANT_SWITCH_0 + 7, 1});
    kernels.push_back(*costed(row_text("subgroup image", row), 1e-3 * reads, std::move(d)));
    kernels.back().kernel.natural.push_back(std::move(natural));
  }
}

}  // namespace gouache
