// How are convolutions run as batches of matrix products between transformed tiles?  Weights, pixels, products, results: each a
// dispatch, the last three once a slab of tiles, so that what they hand on stays in a cache and no binding grows too long.
#include "host/kernels/winograd.h"

#include <algorithm>

#include "host/kernels/matmul.h"
#include "host/kernels/streaming.h"
#include "shaders/shared/interface.h"

namespace gouache {
namespace {

using streaming::push_divisor;

constexpr std::int64_t kEdge = 4;                            // of a tile of results
constexpr std::int64_t kSlabBytes = std::int64_t{20} << 20;  // of pixels' and products' points together
constexpr std::int64_t kSlabTiles = 64;                      // at least, and a multiple: tile rows share them out

constexpr Reads kReads[] = {Reads::texel, Reads::storage};  // of a row: how tensors are cut into tiles

/// A convolution as tiles. `pixels` is what patches are cut from, `results` what tiles of 4 x 4 make up.
struct Tiles {
  std::int64_t taps, stride, points, phases;
  std::int64_t pixel_channels, result_channels;
  std::int64_t along_h, along_w, count;  ///< tiles of an image, and of all
};

std::optional<Tiles> tiles_of(const ConvShape& v, WinogradOf op) {
  const std::int64_t stride = v.stride_h, taps = v.r / stride;
  if (v.stride_w != stride || stride > 2 || v.r != v.s || v.r != taps * stride || taps < 2 || taps > 3 || v.dilation_h != 1 ||
      v.dilation_w != 1 || v.c % 4 != 0 || v.k % 4 != 0)
    return std::nullopt;
  const bool transposed = op == WinogradOf::conv2d_transpose;
  Tiles t{taps, stride, (taps + 3) * (taps + 3), stride * stride, v.c, v.k, ceil_div(v.p, kEdge), ceil_div(v.q, kEdge), 0};
  if (transposed) {
    std::swap(t.pixel_channels, t.result_channels);
    t.along_h = ceil_div(ceil_div(v.h, stride), kEdge);
    t.along_w = ceil_div(ceil_div(v.w, stride), kEdge);
  }
  t.count = v.n * t.along_h * t.along_w;
  return t;
}

const char* suffix(Reads reads) { return reads == Reads::texel ? ".texel" : ".storage"; }
std::string row_name(Reads reads, const TileSize& size) {
  return std::string(kWinogradRow) + (reads == Reads::texel ? " texel" : " storage") + " tiles " +
         (size.rows ? std::to_string(size.rows) : "n") + "x" + std::to_string(size.columns);
}

/// Builds the row's dispatches and sums up what they cost, in multiply-adds of a tile row.
class Builder {
 public:
  Builder(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, WinogradOf op, const Tiles& tiles, Reads reads,
          const TileSize& size, const Teams& teams, const DeviceCaps& caps)
      : launch_(launch), v_(conv), aux_(aux), op_(op), t_(tiles), reads_(reads), size_(size), teams_(teams), caps_(caps) {}

  std::optional<CostedKernel> build() {
    op_ == WinogradOf::conv2d_weight_grad ? build_weight_grad() : build_convolution();
    if (!fits_) return std::nullopt;
    kernel_.kernel.row = row_name(reads_, size_) + teams_text(teams_) + " parts " + std::to_string(slabs_);
    return std::move(kernel_);
  }

 private:
  bool transposed() const { return op_ == WinogradOf::conv2d_transpose; }
  std::int64_t bytes(std::int64_t a, std::int64_t b) const { return 4 * t_.points * a * b; }
  /// Values from one matrix of weights' points to the next: matrices a power of two apart would meet in the same lines of a cache. Where
  /// storage buffers are read (SwiftShader) writing them takes 1.05 times as long that way.
  std::int64_t apart(std::int64_t values) const { return reads_ == Reads::texel ? (ceil_div(values, 32) | 1) * 32 : values; }
  static std::int64_t padded(std::int64_t tiles) { return ceil_div(tiles, OPERAND_BLOCK) * OPERAND_BLOCK; }
  static bool in_blocks(std::int64_t channels) { return channels % (4 * OPERAND_BLOCK) == 0; }
  static OperandRef scratch(int index) { return {OperandKind::scratch, static_cast<std::uint16_t>(index)}; }

  /// Tiles a slab: few enough for a cache and for a binding. `first` and `second` are bytes a tile of the two scratch tensors.
  std::int64_t slab_tiles(std::int64_t first, std::int64_t second) {
    const auto longest = static_cast<std::int64_t>(std::min<std::uint64_t>(caps_.max_storage_range, std::uint64_t{1} << 30));
    std::int64_t most = std::max(kSlabBytes / (first + second), kSlabTiles);
    most = std::min(most, longest / std::max(first, second)) / kSlabTiles * kSlabTiles;
    fits_ &= most > 0;
    slabs_ = ceil_div(t_.count, std::max<std::int64_t>(most, 1));
    const std::int64_t even = ceil_div(ceil_div(t_.count, slabs_), kSlabTiles) * kSlabTiles;
    slabs_ = ceil_div(t_.count, even);
    return std::min(even, t_.count);
  }

  /// A dispatch of a transform of `count` invocations.
  Dispatch transform(const char* module, std::int64_t count) {
    const auto lanes = std::min<std::uint32_t>(64, caps_.max_invocations);
    Dispatch d =
        streaming::dispatch(std::string(module) + ".taps" + std::to_string(t_.taps) + suffix(reads_), ceil_div(count, lanes), lanes, caps_);
    d.constants.push_back({CONSTANT_SWITCH_0, word(t_.stride)});
    d.push = {streaming::dispatch_fold(d), word(count)};
    fits_ &= count * t_.points < (std::int64_t{1} << 31);
    return d;
  }

  /// The same, which reads and writes so many vec4s in each.
  Dispatch transform(const char* module, std::int64_t count, std::int64_t vec4s) {
    const double access = (caps_.prefers_broadcast ? 8.0 : 30.0) * (reads_ == Reads::texel ? 1.0 : 1.5);  // a vec4, in multiply-adds
    kernel_.cost += access * static_cast<double>(count * vec4s);
    return transform(module, count);
  }

  /// Whether a tensor that tiles are read from can be bound.
  bool readable(std::int64_t bytes) const {
    return reads_ == Reads::texel ? streaming::texels_fit(bytes, caps_) : streaming::storage_fits(bytes, caps_);
  }

  void add(Dispatch d) {
    fits_ &= d.push.size() * 4 <= caps_.max_push_bytes;
    kernel_.kernel.dispatches.push_back(std::move(d));
  }

  void bind_pair(Dispatch& d, OperandRef result, OperandRef read) {
    d.bindings = {streaming::writes(0, result.kind, result.index), streaming::reads_as(reads_ == Reads::texel, 1, read.kind, read.index)};
  }

  /// Points of `tiles` tiles of a tensor [n,h,w,channels]: patches of pixels, or tiles of results.
  void add_pixels(int input, OperandRef to, bool results, std::int64_t h, std::int64_t w, std::int64_t channels, std::int64_t first,
                  std::int64_t tiles) {
    const std::int64_t read = launch_.inputs[static_cast<std::size_t>(input)].bytes();
    const bool weight_grad = op_ == WinogradOf::conv2d_weight_grad, channel_blocks = weight_grad && in_blocks(channels);
    const std::int64_t c4 = channels / 4, all = weight_grad ? tiles : padded(tiles), count = all * c4 * (results ? 1 : t_.phases);
    const bool tile_blocks = !weight_grad;
    const std::uint32_t order = (tile_blocks || channel_blocks ? WINOGRAD_BLOCKS : 0) | (channel_blocks ? WINOGRAD_CHANNEL_BLOCKS : 0) |
                                (channel_blocks || transposed() ? WINOGRAD_PHASES_OUTSIDE : 0);
    Dispatch d = transform(results ? "winograd_results_grad" : "winograd_pixels", count, t_.points + (results ? 16 : t_.points));
    push_divisor(d, channel_blocks ? tiles : c4);
    push_divisor(d, channel_blocks ? c4 / OPERAND_BLOCK : ceil_div(all, OPERAND_BLOCK));
    push_divisor(d, t_.along_w);
    push_divisor(d, t_.along_h);
    for (std::int64_t value : {first, tiles, c4, h, w, v_.pad_h, v_.pad_w, std::int64_t{transposed()}, std::int64_t{order}})
      d.push.push_back(word(value));
    bind_pair(d, to, {OperandKind::input, static_cast<std::uint16_t>(input)});
    fits_ &= readable(read);
    add(std::move(d));
  }

  void add_product(const Product& product) {
    auto best = tile_product(product, size_, teams_, caps_);
    fits_ &= best.has_value();
    if (!best) return;
    constexpr double kWrite = 90.0;  // a vec4 of the result, in multiply-adds: most of it where few tiles are summed
    kernel_.cost += best->cost * static_cast<double>(product.k) + kWrite * static_cast<double>(product.batch * product.m * product.n / 4);
    add(std::move(best->kernel.dispatches[0]));
  }

  void bind_result(Dispatch& d, OperandRef from, std::int64_t from_bytes) {
    Operands operands;
    operands.rows = from;
    operands.columns = {};
    operands.rows_reads = reads_;
    operands.rows_bytes = from_bytes;
    operands.result_bytes = launch_.outputs[0].bytes();
    fits_ &= bind(d, launch_, aux_, operands, launch_.outputs[0].shape.back(), true, caps_);
  }

  void build_convolution() {
    const std::int64_t in = t_.pixel_channels, out = t_.result_channels, phases_in = t_.phases, phases_out = transposed() ? t_.phases : 1;
    const std::int64_t pixel_tile = bytes(phases_in, in), product_tile = bytes(phases_out, out);
    const std::int64_t tiles = slab_tiles(pixel_tile, product_tile), weight_matrix = apart(phases_in / phases_out * in * out),
                       weights = bytes(phases_out, weight_matrix);
    fits_ &= streaming::storage_fits(weights, caps_) && readable(launch_.inputs[1].bytes());
    kernel_.kernel.scratch = {weights, padded(tiles) * pixel_tile, tiles * product_tile};
    add(prepare_weights(in, out, weight_matrix, false));
    kernel_.kernel.prepares = 1;
    kernel_.kernel.prepare_cost = prepare_access(caps_) * static_cast<double>(t_.phases * in * out / 4 * (t_.points + t_.taps * t_.taps));
    if (transposed()) kernel_.kernel.natural.push_back(prepare_weights(in, out, weight_matrix, true));
    for (std::int64_t first = 0; first < t_.count && fits_; first += tiles) {
      const std::int64_t now = std::min(tiles, t_.count - first);
      transposed() ? add_pixels(0, scratch(1), false, v_.p, v_.q, in, first, now)
                   : add_pixels(0, scratch(1), false, v_.h, v_.w, in, first, now);
      Product product;
      product.batch = t_.points * phases_out;
      product.m = now;
      product.n = out;
      product.k = phases_in / phases_out * in;
      product.a_batch = padded(now) * product.k;
      product.b_batch = weight_matrix;
      product.a_blocks = true;
      product.b_blocks = in_blocks(out);
      product.a = scratch(1);
      product.b = scratch(0);
      product.result = scratch(2);
      product.a_bytes = padded(tiles) * pixel_tile;
      product.b_bytes = weights;
      product.result_bytes = tiles * product_tile;
      add_product(product);
      add_results(first, now, tiles * product_tile);
    }
  }

  /// Makes matrices of points, `matrix` values apart, of [in] or [phases in] rows, their columns in blocks where they are whole ones.
  /// `natural`: of weights [R,S,outputs,inputs].
  Dispatch prepare_weights(std::int64_t in, std::int64_t out, std::int64_t matrix, bool natural) {
    const std::int64_t channels = natural || reads_ == Reads::texel ? 4 : 1;  // CHANNELS of winograd_weights.comp
    Dispatch d = transform(natural ? "winograd_weights.natural" : "winograd_weights", t_.phases * in * out / 4 / channels);
    const std::int64_t ins = in / channels, columns = out / 4, outs = in_blocks(out) ? OPERAND_BLOCK : columns;
    d.push.insert(d.push.end(), {0, 0});  // first vec4 read and written
    std::uint32_t shifts = 0, place = 0;
    for (const std::int64_t by : {ins * columns, outs, ins}) {
      const streaming::Divisor divisor(word(by));
      d.push.insert(d.push.end(), {word(by), divisor.multiplier});
      shifts |= divisor.shift << place;
      place += 8;
    }
    shifts |= std::uint32_t{transposed()} << place;
    d.push.push_back(shifts);
    const std::int64_t rows = transposed() ? in : t_.phases * in, phase = transposed() ? matrix / 4 : in * outs,
                       point = (transposed() ? t_.phases : 1) * matrix / 4;
    for (const std::int64_t value : {columns, phase, outs * rows, outs, point}) d.push.push_back(word(value));
    allow_two_jobs(d);
    bind_pair(d, scratch(0), {OperandKind::input, 1});
    fits_ &= d.push.size() * 4 <= caps_.max_push_bytes;
    return d;
  }

  /// What was pushed behind the first word is one job of two.
  void allow_two_jobs(Dispatch& d) const {
    d.job_words = static_cast<std::uint32_t>(d.push.size()) - 1;
    d.push.resize(1 + 2 * d.job_words, 0);
    const auto storage = static_cast<std::int64_t>(caps_.max_storage_range);
    d.job_reach = reads_ == Reads::texel ? std::min(storage, 16 * static_cast<std::int64_t>(caps_.max_texels)) : storage;
  }

  void add_results(std::int64_t first, std::int64_t tiles, std::int64_t from_bytes) {
    const std::int64_t channels = t_.result_channels;
    Dispatch d = transform("winograd_results", tiles * channels / 4 * (transposed() ? t_.phases : 1), t_.points + 16);
    push_divisor(d, channels / 4);
    push_divisor(d, t_.along_w);
    push_divisor(d, t_.along_h);
    d.push.push_back(word(first));
    push_divisor(d, tiles);
    for (std::int64_t value : {transposed() ? v_.h : v_.p, transposed() ? v_.w : v_.q, v_.pad_h, v_.pad_w, std::int64_t{transposed()}})
      d.push.push_back(word(value));
    bind_result(d, scratch(2), from_bytes);
    add(std::move(d));
  }

  void build_weight_grad() {
    const std::int64_t rows = t_.phases * v_.c, pixel_tile = bytes(1, rows), result_tile = bytes(1, v_.k);
    const std::int64_t tiles = slab_tiles(pixel_tile, result_tile), products = bytes(rows, v_.k);
    fits_ &= streaming::storage_fits(products * slabs_, caps_);
    kernel_.kernel.scratch = {tiles * pixel_tile, tiles * result_tile, products * slabs_};
    for (std::int64_t first = 0; first < t_.count && fits_; first += tiles) {
      const std::int64_t now = std::min(tiles, t_.count - first);
      add_pixels(0, scratch(0), false, v_.h, v_.w, v_.c, first, now);
      add_pixels(1, scratch(1), true, v_.p, v_.q, v_.k, first, now);
      Product product;
      product.batch = t_.points;
      product.m = rows;
      product.n = v_.k;
      product.k = now;
      product.transpose_a = true;
      product.a_blocks = in_blocks(v_.c);
      product.b_blocks = in_blocks(v_.k);
      product.a_batch = now * rows;
      product.b_batch = now * v_.k;
      product.a = scratch(0);
      product.b = scratch(1);
      product.result = scratch(2);
      product.a_bytes = tiles * pixel_tile;
      product.b_bytes = tiles * result_tile;
      product.result_bytes = products * slabs_;
      product.first_result = first / tiles * t_.points;
      add_product(product);
    }
    Dispatch d = transform("winograd_weight_grad", t_.phases * v_.c * v_.k / 4, slabs_ * t_.points + t_.taps * t_.taps);
    push_divisor(d, v_.c * v_.k / 4);
    push_divisor(d, v_.k / 4);
    d.push.push_back(word(slabs_));
    bind_result(d, scratch(2), products * slabs_);
    add(std::move(d));
  }

  const Launch& launch_;
  const ConvShape& v_;
  const AuxInputs& aux_;
  WinogradOf op_;
  const Tiles& t_;
  Reads reads_;
  TileSize size_;  ///< of the products' tiles
  Teams teams_;    ///< that multiply
  const DeviceCaps& caps_;
  CostedKernel kernel_;
  std::int64_t slabs_ = 1;
  bool fits_ = true;
};

}  // namespace

void add_winograd_rows(std::vector<CostedKernel>& kernels, const Launch& launch, const ConvShape& conv, const AuxInputs& aux, WinogradOf op,
                       double relative, const DeviceCaps& caps) {
  const auto tiles = tiles_of(conv, op);
  if (!tiles || !streaming::operands_fit(launch, caps)) return;
  for (const Reads reads : kReads)
    for (const TileSize& size : kTileSizes)
      for (const Teams& teams : more_teams_for(size.columns, tiles->result_channels / 4, caps)) {
        auto kernel = Builder(launch, conv, aux, op, *tiles, reads, size, teams, caps).build();
        if (!kernel) continue;
        kernel->cost *= relative;
        kernel->kernel.prepare_cost *= relative;
        kernels.push_back(std::move(*kernel));
      }
}

std::vector<std::string> winograd_row_names(const DeviceCaps& caps) {
  Product product;
  product.m = product.n = product.k = 4;
  product.a_bytes = product.b_bytes = product.result_bytes = 64;
  std::vector<std::string> names;
  for (const Reads reads : kReads)
    for (const TileSize& size : kTileSizes)
      if (tile_product(product, size, one_team(caps), caps)) names.push_back(row_name(reads, size));
  return names;
}

}  // namespace gouache
