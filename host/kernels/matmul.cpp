// Which kernels multiply matrices?  C [B,M,N] = A [B,M,K] B [B,K,N], either operand transposed, either shared by the batch.
#include "host/kernels/matmul.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include "host/kernels/families.h"

namespace gouache {
namespace {

constexpr TileRow kRows[] = {
    // rows, columns, unroll, exchange, reads
    {24, 2, 1, Exchange::shuffle, Reads::texel},     {16, 2, 1, Exchange::shuffle, Reads::texel},
    {20, 2, 1, Exchange::shuffle, Reads::texel},     {16, 2, 2, Exchange::shuffle, Reads::texel},
    {32, 2, 1, Exchange::shuffle, Reads::texel},     {32, 1, 2, Exchange::shuffle, Reads::texel},
    {24, 1, 1, Exchange::shuffle, Reads::texel},     {16, 1, 1, Exchange::shuffle, Reads::texel},
    {8, 1, 2, Exchange::shuffle, Reads::texel},      {1, 1, 4, Exchange::shuffle, Reads::texel},
    {32, 1, 2, Exchange::shuffle, Reads::storage},   {16, 1, 1, Exchange::shuffle, Reads::storage},
    {8, 1, 2, Exchange::shuffle, Reads::storage},    {1, 1, 4, Exchange::shuffle, Reads::storage},
    {32, 2, 1, Exchange::shuffle, Reads::storage},   {24, 2, 1, Exchange::shuffle, Reads::storage},
    {16, 2, 1, Exchange::shuffle, Reads::storage},   {16, 2, 2, Exchange::shuffle, Reads::storage},
    {16, 2, 1, Exchange::broadcast, Reads::storage}, {16, 2, 2, Exchange::broadcast, Reads::storage},
    {16, 4, 1, Exchange::broadcast, Reads::storage}, {20, 2, 1, Exchange::broadcast, Reads::storage},
};

/// Of matrix products alone, for dense layers of few images (streams_columns()).
constexpr TileRow kWideRows[] = {
    {16, 8, 1, Exchange::shuffle, Reads::texel},    {8, 8, 1, Exchange::shuffle, Reads::texel},
    {1, 8, 1, Exchange::shuffle, Reads::texel},     {16, 8, 1, Exchange::shuffle, Reads::storage},
    {1, 4, 1, Exchange::broadcast, Reads::storage},
};

/// For few k values: the rows' operand stays with the lanes, at all of them, while the columns go past (unroll 0).
constexpr TileRow kResidentRows[] = {
    {12, 1, 0, Exchange::shuffle, Reads::texel},
    {12, 1, 0, Exchange::shuffle, Reads::storage},
    {12, 1, 0, Exchange::broadcast, Reads::storage},
};
constexpr const char* kResidentRow = "resident";

std::optional<Product> matmul_of(const Launch& launch) {
  const auto* attributes = std::get_if<MatmulAttributes>(&launch.attributes);
  if (!attributes || !has_plain_tensors(launch)) return std::nullopt;
  const Shape &a = launch.inputs[0].shape, &b = launch.inputs[1].shape, &c = launch.outputs[0].shape;
  const std::size_t ra = a.size(), rb = b.size();
  if (ra < 2 || ra > 3 || rb < 2 || rb > 3 || c.size() != std::max(ra, rb)) return std::nullopt;
  const bool ta = attributes->transpose_a, tb = attributes->transpose_b;
  Product p = product_of(launch, a[ra - (ta ? 1 : 2)], b[rb - (tb ? 2 : 1)], a[ra - (ta ? 2 : 1)]);
  p.transpose_a = ta;
  p.transpose_b = tb;
  if (b[rb - (p.transpose_b ? 1 : 2)] != p.k || c[c.size() - 2] != p.m || c.back() != p.n) return std::nullopt;
  if (c.size() == 3) p.batch = c[0];
  if ((ra == 3 && a[0] != p.batch) || (rb == 3 && b[0] != p.batch)) return std::nullopt;
  if (ra == 3) p.a_batch = p.m * p.k;
  if (rb == 3) p.b_batch = p.k * p.n;
  if (rb == 2 && !p.transpose_a) {  // shared B: the batch is more rows
    p.m *= p.batch;
    p.batch = 1;
  }
  return p;
}

/// The same product in the layout that vec4 reads like best: a vector lies the same either way, and a single column is computed
/// as a single row (the result lies the same).
Product favourable(Product p) {
  if (p.n == 1 && p.batch == 1 && p.m > 1) {
    std::swap(p.m, p.n);
    std::swap(p.a, p.b);
    std::swap(p.a_batch, p.b_batch);
    std::swap(p.a_bytes, p.b_bytes);
    p.transpose_b = !p.transpose_a;
    p.transpose_a = false;
  }
  if (p.m == 1) p.transpose_a = false;
  if (p.k == 1) {
    p.transpose_a = true;
    p.transpose_b = false;
  }
  return p;
}

Operands operands_of(const Product& p) {
  Operands operands{p.a, p.b, p.result};
  operands.rows_bytes = p.a_bytes;
  operands.columns_bytes = p.b_bytes;
  operands.result_bytes = p.result_bytes;
  return operands;
}

/// Pushes how an operand of `width` vec4s a step of k is walked over (struct Walk of matmul.comp). `along_k`: steps are neighbours.
void push_walk(Dispatch& d, bool blocks, bool along_k, std::int64_t steps, std::int64_t width) {
  constexpr std::int64_t kBlock = OPERAND_BLOCK;
  std::array<std::int64_t, 3> walk{kBlock, 1, width};
  if (along_k) walk = {kBlock * steps, steps, 1};
  if (blocks) walk = {kBlock * steps, 1, kBlock};
  for (const std::int64_t value : walk) d.push.push_back(word(value));
}

/// Whether few rows meet columns that no core's cache holds, each step of k half a page or more from the next: then a wide tile, which
/// reads a kibibyte at once, is faster for it.
bool streams_columns(const Product& p) {
  constexpr std::int64_t kMostRows = 64, kBytesApart = 2048;  // NOTES.md
  return !p.transpose_b && !p.b_blocks && p.m <= kMostRows && p.k * p.n * 4 > kCoreCache && p.n * 4 >= kBytesApart;
}

/// Whether a tile writes pages that lie far apart and has little else to do: then few rows that walk along the columns are faster for it.
bool streams_result(const Product& p) {
  constexpr std::int64_t kFewestRows = 32, kFewestColumns = 2048;  // NOTES.md
  return p.m >= kFewestRows && p.n >= kFewestColumns;
}

/// Whether the device and this shape of tile can do the product.
bool fits_tile(const Product& p, const AuxInputs& aux, const TileRow& row, const DeviceCaps& caps) {
  if (!supports(row, caps) || p.n % 4 != 0 || (p.transpose_a ? p.m % 4 != 0 || row.rows < 4 : p.k % 4 != 0)) return false;
  if (p.transpose_b && p.k % 4 != 0) return false;
  return p.a.index == 0 || aux.channels() == 0;  // swapped: the last axis is not the channel axis
}

/// A dispatch of matmul.comp, with all but its grid and what RESIDENT pushes further; nothing where a limit of the device forbids it.
std::optional<Dispatch> tile_dispatch(const char* module, const Launch& launch, const Product& p, const AuxInputs& aux, const TileRow& row,
                                      const TileOrder& order, const DeviceCaps& caps) {
  Dispatch d;
  d.module = module + module_suffix(row);
  set_tile(d, row, order.teams, caps);
  d.constants.push_back({CONSTANT_SWITCH_0, p.transpose_a});
  d.constants.push_back({CONSTANT_SWITCH_0 + 1, p.transpose_b});
  d.constants.push_back({CONSTANT_SWITCH_0 + 2, p.k % (4 * row.unroll) != 0});
  d.push = {word(p.m),           word(p.n / 4),         word(p.k),           word(order.column_tiles),
            word(order.tiles),   word(order.row_tiles), word(p.a_batch / 4), word(p.b_batch / 4),
            word(p.first_result)};
  push_walk(d, p.a_blocks, !p.transpose_a, p.transpose_a ? p.k : ceil_div(p.k, 4), p.m / 4);
  push_walk(d, p.b_blocks, false, p.k, p.n / 4);
  Operands operands = operands_of(p);
  operands.rows_reads = operands.columns_reads = row.reads;
  if (!bind(d, launch, aux, operands, p.n, true, caps)) return std::nullopt;
  return d;
}

std::optional<CostedKernel> tile_kernel(const Launch& launch, const Product& p, const AuxInputs& aux, const TileRow& row,
                                        const Teams& teams, const DeviceCaps& caps) {
  if (!fits_tile(p, aux, row, caps) || ceil_div(p.k, 4 * row.unroll) > kMostIterations) return std::nullopt;
  const TileOrder order = order_tiles(row, teams, p.m, p.n / 4, p.m * p.k * 4, p.k * p.n * 4);
  auto d = tile_dispatch("matmul", launch, p, aux, row, order, caps);
  if (!d || !set_grid(*d, order, p.batch, caps)) return std::nullopt;
  CostedKernel result;
  result.cost = estimated_cost(row, order, p.batch, caps);
  if (row.columns >= 8) result.cost *= caps.is_cpu && streams_columns(p) ? 0.75 : 1.2;
  // Along transposed columns a step should use up half a cache line.
  if (caps.is_cpu && p.transpose_b && row.columns > 1) result.cost *= row.unroll == 2 ? 0.75 : 1.2;
  // Of rows that lie in blocks, a tile may have more before their fetches miss the cache.
  if (caps.is_cpu && p.a_blocks && p.b_blocks && row.columns > 1 && row.rows > 24) result.cost *= 0.97;
  result.kernel.row = row_text("subgroup", row, teams);
  result.kernel.dispatches = {std::move(*d)};
  return result;
}

/// A tile of rows that walks along the columns, its operand read once.
std::optional<CostedKernel> resident_kernel(const Launch& launch, const Product& p, const AuxInputs& aux, const TileRow& row,
                                            const DeviceCaps& caps) {
  const std::int64_t most = row.exchange == Exchange::broadcast ? 16 : 32;  // k values; NOTES.md
  if (p.k > most || p.transpose_b || !fits_tile(p, aux, row, caps)) return std::nullopt;
  TileRow all = row;
  all.unroll = static_cast<std::uint16_t>(ceil_div(p.k, 4));
  const Teams teams = one_team(caps);
  const std::int64_t row_tiles = ceil_div(p.m, row.rows), steps = ceil_div(p.n / 4, std::int64_t{row.columns} * teams.lanes);
  const std::int64_t enough = caps.is_cpu ? 40 : 1024;  // teams, however far each walks
  const std::int64_t run = std::max<std::int64_t>(1, steps * row_tiles * p.batch / enough), runs = ceil_div(steps, run);
  if (run > kMostIterations) return std::nullopt;
  auto d = tile_dispatch("matmul_resident", launch, p, aux, all, {teams, runs, runs * row_tiles}, caps);
  if (!d) return std::nullopt;
  d->push.push_back(word(run));
  if (!set_grid(*d, runs * row_tiles, p.batch, caps)) return std::nullopt;
  CostedKernel result;
  result.cost = estimated_cost(row, {teams, steps, steps * row_tiles}, p.batch, caps);
  result.cost *= caps.is_cpu && streams_result(p) ? 0.6 : 1.2;
  result.kernel.row = row_text(kResidentRow, row);
  result.kernel.dispatches = {std::move(*d)};
  return result;
}

/// A tile in shared memory.
std::optional<CostedKernel> shared_kernel(const Launch& launch, const Product& p, const AuxInputs& aux, const DeviceCaps& caps) {
  if (p.n % 4 != 0 || (p.transpose_a ? p.m : p.k) % 4 != 0 || (p.transpose_b && p.k % 4 != 0)) return std::nullopt;
  if (p.k + p.k / 16 + 1 > kMostIterations) return std::nullopt;
  if (p.a.index != 0 && aux.channels() > 0) return std::nullopt;  // swapped: the last axis is not the channel axis
  Dispatch d;
  d.module = "matmul_shared";
  d.constants = {{CONSTANT_SWITCH_0, p.transpose_a}, {CONSTANT_SWITCH_0 + 1, p.transpose_b}};
  const std::int64_t column_tiles = ceil_div(p.n, kSharedTile), tiles = ceil_div(p.m, kSharedTile) * column_tiles;
  d.push = {word(p.m),   word(p.n / 4),       word(p.k),           word(column_tiles),
            word(tiles), word(p.a_batch / 4), word(p.b_batch / 4), word(p.first_result)};
  if (!bind(d, launch, aux, operands_of(p), p.n, true, caps) || !set_grid(d, tiles, p.batch, caps)) return std::nullopt;
  CostedKernel result;
  result.cost = shared_cost(p.m, p.n, p.batch, caps);
  result.kernel.row = kSharedRow;
  result.kernel.dispatches = {std::move(d)};
  return result;
}

constexpr const char* kOuterRow = "outer vec4";

/// Sums of one product each are an elementwise product of two broadcast operands.
std::optional<CostedKernel> outer_kernel(const Launch& launch, const Product& p, const DeviceCaps& caps) {
  if (p.k != 1 || !launch.program.empty()) return std::nullopt;
  Launch multiply{"elementwise", {}, launch.inputs, launch.outputs, {{InputMode::strided, InputMode::strided}, {}, {}}, {}};
  multiply.program.code.push_back({FUNCTION_MULTIPLY, 0, 1, 0});
  const Shape& c = launch.outputs[0].shape;
  for (std::size_t i = 0; i < 2; i++) {
    Shape& shape = multiply.inputs[i].shape;
    shape[shape.size() - 2] = i == 0 ? c[c.size() - 2] : 1;
    shape.back() = i == 0 ? 1 : c.back();
  }
  for (Kernel& kernel : elementwise_family.candidates(multiply, caps)) {
    if (kernel.row != "strided vec4") continue;
    CostedKernel result;
    result.kernel.row = kOuterRow;
    result.kernel.dispatches = std::move(kernel.dispatches);
    // It comes first, but for results that resident rows walk along faster.
    result.cost = (caps.is_cpu && streams_result(p) ? 1.0 : 0.25) * static_cast<double>(p.m * p.n);
    return result;
  }
  return std::nullopt;
}

std::string dot_name(Exchange exchange) {
  return std::string("subgroup dot") + (exchange == Exchange::shuffle ? " shuffle" : " broadcast") + " storage";
}

/// One subgroup a value: few results, many k values.
std::optional<CostedKernel> dot_kernel(const Launch& launch, const Product& p, const AuxInputs& aux, Exchange exchange,
                                       const DeviceCaps& caps) {
  const TileRow row{1, 1, 1, exchange, Reads::storage};
  const std::int64_t count = p.batch * p.m * p.n;
  constexpr std::int64_t kMostResults = 16384;
  if (!supports(row, caps) || p.k % 4 != 0 || (p.transpose_a && p.m > 1) || (!p.transpose_b && p.n > 1) || count > kMostResults ||
      p.k / 4 / caps.subgroup_size + 1 + caps.subgroup_size > kMostIterations)
    return std::nullopt;
  Dispatch d;
  d.module = std::string("matmul_dot") + (exchange == Exchange::shuffle ? ".shuffle" : ".broadcast");
  set_tile(d, row, one_team(caps), caps);
  d.push = {word(p.m), word(p.n), word(p.k / 4), word(count), word(p.a_batch / 4), word(p.b_batch / 4)};
  const Operands operands = operands_of(p);
  if (!bind(d, launch, aux, operands, p.n, false, caps) || !set_grid(d, count, 1, caps)) return std::nullopt;
  CostedKernel result;
  const double value = caps.is_cpu && !caps.prefers_broadcast ? 45.0 : 8.0;  // NOTES.md: from 16 on, tiles of one row are faster on Mesa's
  result.cost = static_cast<double>(count) * value;
  result.kernel.row = dot_name(exchange);
  result.kernel.dispatches = {std::move(d)};
  return result;
}

std::optional<CostedKernel> plain_kernel(const Launch& launch, const Product& p, const AuxInputs& aux, const DeviceCaps& caps) {
  if (p.k / 8 + 8 > kMostIterations) return std::nullopt;
  Dispatch d;
  d.module = "matmul_plain";
  const std::int64_t count = p.batch * p.m * p.n;
  d.push = {word(p.m), word(p.n), word(p.k), word(count), word(p.a_batch), word(p.b_batch)};
  for (std::int64_t stride : {p.transpose_a ? 1 : p.k, p.transpose_a ? p.m : 1, p.transpose_b ? 1 : p.n, p.transpose_b ? p.k : 1})
    d.push.push_back(word(stride));
  const Operands operands = operands_of(p);
  if (!bind(d, launch, aux, operands, p.n, false, caps) || !set_plain_grid(d, count, 1, caps)) return std::nullopt;
  CostedKernel result;
  result.cost = static_cast<double>(count) * 1e3;
  result.kernel.row = "plain";
  result.kernel.dispatches = {std::move(d)};
  return result;
}

std::vector<Kernel> candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto product = matmul_of(launch);
  const auto aux = aux_inputs(launch);
  if (!product || !aux) return {};
  const Product tiled = favourable(*product);
  std::vector<CostedKernel> kernels;
  const auto add = [&](std::optional<CostedKernel> kernel) {
    if (!kernel) return;
    kernel->kernel.flops = 2.0 * static_cast<double>(product->batch * product->m * product->n) * static_cast<double>(product->k);
    kernel->kernel.bytes = tensor_bytes(launch);
    kernels.push_back(std::move(*kernel));
  };
  for (const std::span<const TileRow> tiles : {std::span<const TileRow>(kRows), std::span<const TileRow>(kWideRows)})
    for (const TileRow& row : tiles)
      for (const Teams& teams : more_teams_for(row.columns, tiled.n / 4, caps)) add(tile_kernel(launch, tiled, *aux, row, teams, caps));
  for (const TileRow& row : kResidentRows) add(resident_kernel(launch, tiled, *aux, row, caps));
  add(shared_kernel(launch, tiled, *aux, caps));
  add(outer_kernel(launch, *product, caps));
  for (Exchange exchange : {Exchange::shuffle, Exchange::broadcast}) add(dot_kernel(launch, *product, *aux, exchange, caps));
  add(plain_kernel(launch, *product, *aux, caps));
  return in_order(std::move(kernels));
}

std::vector<std::string> rows(const DeviceCaps& caps) {
  std::vector<std::string> names = row_names("subgroup", kRows, caps);
  std::ranges::copy(row_names("subgroup", kWideRows, caps), std::back_inserter(names));
  std::ranges::copy(row_names(kResidentRow, kResidentRows, caps), std::back_inserter(names));
  for (Exchange exchange : {Exchange::shuffle, Exchange::broadcast})
    if (supports({1, 1, 1, exchange, Reads::storage}, caps)) names.push_back(dot_name(exchange));
  for (const char* name : {kOuterRow, kSharedRow, "plain"}) names.push_back(name);
  return names;
}

}  // namespace

Product product_of(const Launch& launch, std::int64_t m, std::int64_t n, std::int64_t k) {
  Product product;
  product.m = m;
  product.n = n;
  product.k = k;
  product.a_bytes = launch.inputs[0].bytes();
  product.b_bytes = launch.inputs[1].bytes();
  product.result_bytes = launch.outputs[0].bytes();
  return product;
}

std::optional<CostedKernel> tile_product(const Product& product, const TileSize& size, const Teams& teams, const DeviceCaps& caps) {
  std::optional<CostedKernel> best;
  for (const TileRow& row : kRows) {
    if (row.columns != size.columns || (size.rows && row.rows != size.rows)) continue;
    auto kernel = tile_kernel({}, product, {}, row, teams, caps);
    if (kernel && (!best || kernel->cost < best->cost)) best = std::move(kernel);
  }
  return best;
}

std::optional<CostedKernel> tile_product(const Launch& launch, const AuxInputs& aux, const Product& product, const TileRow& row,
                                         const Teams& teams, const DeviceCaps& caps) {
  auto kernel = tile_kernel(launch, product, aux, row, teams, caps);
  if (kernel) kernel->kernel.row = row_text(kProductRow, row, teams);
  return kernel;
}

void add_product_rows(std::vector<CostedKernel>& kernels, const Launch& launch, const AuxInputs& aux, const Product& product,
                      double relative, const DeviceCaps& caps) {
  for (const TileRow& row : kRows) {
    for (const Teams& teams : teams_for(row.columns, product.n / 4, caps)) {
      auto kernel = tile_product(launch, aux, product, row, teams, caps);
      if (!kernel) continue;
      kernel->cost *= relative;
      kernels.push_back(std::move(*kernel));
    }
  }
}

std::vector<std::string> product_row_names(const DeviceCaps& caps) { return row_names(kProductRow, kRows, caps); }

const KernelFamily matmul_family{"matmul", true, false, candidates, rows};

}  // namespace gouache
