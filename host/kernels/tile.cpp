// How are the tile rows of matmul and the convolutions bound and dispatched?
#include "host/kernels/tile.h"

#include <algorithm>
#include <bit>
#include <set>
#include <string_view>

#include "host/kernels/streaming.h"

namespace gouache {
namespace {

constexpr std::uint32_t kFewestLanes = 4, kMostLanes = 128;  // of a team, of a subgroup

/// What a value of a tile costs in such teams, against a whole subgroup's: half as many lanes read as much for as many rows (NOTES.md).
double slowness(const Teams& teams) {
  double factor = 1;
  for (std::uint32_t count = teams.count; count > 1; count /= 2) factor *= 1.1;
  return factor;
}

/// A row's name without teams_text().
std::string without_teams(std::string row) {
  constexpr std::string_view kTeams = " teams ";
  const std::size_t at = row.find(kTeams);
  return at == std::string::npos ? row : row.erase(at, row.find(' ', at + kTeams.size()) - at);
}

/// Speed of a tile that gathers its operands relative to the same tile that fetches texels (NOTES.md).
double gathered_speed(const TileRow& row) { return row.rows >= 32 ? 1.2 : 1.1; }

}  // namespace

std::optional<AuxInputs> aux_inputs(const Launch& launch) {
  AuxInputs aux;
  const auto& modes = launch.program.inputs;
  const std::size_t further = modes.empty() ? 0 : modes.size() - 1;
  if (launch.inputs.size() != 2 + further || further > 3 || launch.outputs.empty()) return std::nullopt;
  if (launch.program.code.size() > PROGRAM_MAX_LENGTH || launch.program.scalars.size() > PROGRAM_MAX_SCALARS) return std::nullopt;
  const TensorType& result = launch.outputs[0];
  const std::int64_t channels = result.shape.empty() ? 1 : result.shape.back();
  for (std::size_t i = 0; i < further; i++) {
    const int input = static_cast<int>(2 + i);
    const std::int64_t count = launch.inputs[2 + i].count();
    if (modes[1 + i] == InputMode::full && aux.full < 0 && count == result.count()) {
      aux.full = input;
    } else if (modes[1 + i] == InputMode::channel && aux.channels() < 2 && count == channels) {
      aux.channel[aux.channels()] = input;
    } else {
      return std::nullopt;
    }
  }
  return aux;
}

bool has_plain_tensors(const Launch& launch) {
  if (launch.inputs.size() < 2 || launch.outputs.size() != 1) return false;
  const auto fits = [](const TensorType& t) { return t.dtype == DType::f32 && t.count() > 0 && t.count() < (std::int64_t{1} << 31); };
  return std::all_of(launch.inputs.begin(), launch.inputs.end(), fits) && fits(launch.outputs[0]);
}

bool supports(const TileRow& row, const DeviceCaps& caps) {
  const std::uint32_t lanes = caps.subgroup_size;
  if (!std::has_single_bit(lanes) || lanes < kFewestLanes || lanes > kMostLanes) return false;
  if (lanes > caps.max_invocations) return false;
  // Wide tiles from storage buffers are for drivers that gather: elsewhere they would only be compiled to lose.
  if (row.exchange == Exchange::shuffle && row.reads == Reads::storage && row.columns > 1 && !caps.buffer_addresses) return false;
  const bool broadcasts = caps.subgroup_quad && caps.subgroup_dynamic_broadcast;
  // One exchange a device: a second one would only be compiled to lose.
  if (row.exchange == Exchange::shuffle) return caps.subgroup_shuffle && !(broadcasts && caps.prefers_broadcast);
  constexpr std::uint32_t kQuad = 4;
  return broadcasts && lanes == kQuad && (caps.prefers_broadcast || !caps.subgroup_shuffle);
}

std::string module_suffix(const TileRow& row) {
  return std::string(row.reads == Reads::texel ? ".texel" : ".storage") + (row.exchange == Exchange::shuffle ? ".shuffle" : ".broadcast");
}

std::string row_text(const std::string& kind, const TileRow& row, const Teams& teams) {
  const std::string unroll = row.unroll ? " unroll " + std::to_string(row.unroll) : "";
  return kind + " " + std::to_string(row.rows) + "x" + std::to_string(row.columns) + unroll +
         (row.exchange == Exchange::shuffle ? " shuffle" : " broadcast") + (row.reads == Reads::texel ? " texel" : " storage") +
         teams_text(teams);
}

std::vector<std::string> row_names(const std::string& kind, std::span<const TileRow> rows, const DeviceCaps& caps) {
  std::vector<std::string> names;
  for (const TileRow& row : rows)
    if (supports(row, caps)) names.push_back(row_text(kind, row));
  return names;
}

bool bind(Dispatch& dispatch, const Launch& launch, const AuxInputs& aux, const Operands& operands, std::int64_t channels,
          bool vec4_epilogue, const DeviceCaps& caps) {
  std::uint32_t storage = 0, texel = 0;
  const auto add = [&](BindingKind kind, OperandRef operand, std::int64_t bytes, bool writes = false) {
    dispatch.bindings.push_back({static_cast<std::uint8_t>(dispatch.bindings.size()), kind, operand, !writes, writes});
    (kind == BindingKind::storage ? storage : texel)++;
    if (kind == BindingKind::storage) return static_cast<std::uint64_t>(bytes) <= caps.max_storage_range;
    return bytes % 16 == 0 && bytes / 16 <= static_cast<std::int64_t>(caps.max_texels);
  };
  const auto kind_of = [](Reads reads) { return reads == Reads::texel ? BindingKind::texel : BindingKind::storage; };
  const auto input = [](int index) { return index < 0 ? OperandRef{} : OperandRef{OperandKind::input, static_cast<std::uint16_t>(index)}; };
  // A result whose last axis is not whole vec4s has no texel view of its channel vectors: one may take the full input's place.
  const bool channel_in_storage = !vec4_epilogue && channels % 4 != 0 && aux.channels() > 0;
  if (channel_in_storage && (aux.full >= 0 || aux.channels() > 1)) return false;
  const std::int64_t channel_bytes = 4 * channels;

  bool fits = add(BindingKind::storage, operands.result, operands.result_bytes, true);
  fits &= add(kind_of(operands.rows_reads), operands.rows, operands.rows_bytes);
  fits &= add(kind_of(operands.columns_reads), operands.columns, operands.columns_bytes);
  const bool full_texels = vec4_epilogue && aux.full >= 0 &&
                           (operands.rows_reads == Reads::texel || operands.columns_reads == Reads::texel) &&
                           streaming::texels_fit(operands.result_bytes, caps);
  fits &= add(full_texels ? BindingKind::texel : BindingKind::storage, channel_in_storage ? input(aux.channel[0]) : input(aux.full),
              aux.full >= 0 ? operands.result_bytes : 0);
  for (int c : aux.channel)
    fits &= channel_in_storage || c < 0 ? add(BindingKind::texel, {}, 0) : add(BindingKind::texel, input(c), channel_bytes);
  append_program(launch.program, dispatch.constants);
  if (channel_in_storage) dispatch.constants.push_back({CONSTANT_SWITCH_0 + 15, 1});
  if (full_texels) dispatch.constants.push_back({CONSTANT_FULL_TEXELS, 1});
  return fits && storage <= std::min(caps.max_storage_buffers, 4u) && texel <= caps.max_texel_buffers;
}

Teams one_team(const DeviceCaps& caps) { return {caps.subgroup_size, 1}; }

std::vector<Teams> teams_for(std::int64_t columns, std::int64_t n4, const DeviceCaps& caps) {
  const auto cost = [&](const Teams& teams) {
    const std::int64_t width = columns * teams.lanes;
    return static_cast<double>(ceil_div(n4, width) * width) * slowness(teams);
  };
  const Teams whole = one_team(caps);
  Teams best = whole;
  for (Teams teams = whole; teams.lanes >= kFewestLanes; teams = {teams.lanes / 2, teams.count * 2})
    if (cost(teams) < cost(best)) best = teams;
  return best.count > 1 ? std::vector{best, whole} : std::vector{whole};
}

std::vector<Teams> more_teams_for(std::int64_t columns, std::int64_t n4, const DeviceCaps& caps) {
  std::vector<Teams> teams = teams_for(columns, n4, caps);
  if (const Teams half{teams[0].lanes / 2, 2}; teams.size() == 1 && half.lanes >= kFewestLanes) teams.push_back(half);
  return teams;
}

std::string teams_text(const Teams& teams) { return teams.count > 1 ? " teams " + std::to_string(teams.count) : ""; }

void set_tile(Dispatch& dispatch, const TileRow& row, const Teams& teams, const DeviceCaps& caps) {
  dispatch.constants.insert(dispatch.constants.end(), {{CONSTANT_LOCAL_SIZE, caps.subgroup_size},
                                                       {CONSTANT_ROWS, row.rows},
                                                       {CONSTANT_COLUMNS, row.columns},
                                                       {CONSTANT_UNROLL, row.unroll},
                                                       {CONSTANT_LANES, teams.lanes},
                                                       {CONSTANT_TEAMS, teams.count}});
  dispatch.subgroup_size = caps.subgroup_size;
}

TileOrder order_tiles(const TileRow& row, const Teams& teams, std::int64_t row_count, std::int64_t n4, std::int64_t rows_bytes,
                      std::int64_t columns_bytes) {
  const std::int64_t row_tiles = ceil_div(row_count, row.rows), column_tiles = ceil_div(n4, std::int64_t{row.columns} * teams.lanes);
  const auto read = [](std::int64_t bytes, std::int64_t times) { return bytes > kCoreCache ? bytes * times : bytes; };
  const bool along_rows = columns_bytes + read(rows_bytes, column_tiles) < rows_bytes + read(columns_bytes, row_tiles);
  return {teams, column_tiles, row_tiles * column_tiles, along_rows ? row_tiles : 0};
}

bool set_grid(Dispatch& dispatch, std::int64_t groups, std::int64_t layers, const DeviceCaps& caps) {
  const std::int64_t limit = caps.max_groups, x = std::min(groups, limit), y = ceil_div(groups, std::max<std::int64_t>(x, 1));
  dispatch.grid = {word(x), word(y), word(layers)};
  return groups > 0 && layers > 0 && y <= limit && layers <= limit && dispatch.push.size() * 4 <= caps.max_push_bytes;
}

bool set_grid(Dispatch& dispatch, const TileOrder& order, std::int64_t layers, const DeviceCaps& caps) {
  return set_grid(dispatch, order.groups(), layers, caps);
}

bool set_plain_grid(Dispatch& dispatch, std::int64_t values, std::int64_t layers, const DeviceCaps& caps) {
  constexpr std::int64_t kLocalSize = 64;
  dispatch.constants.push_back({CONSTANT_LOCAL_SIZE, word(kLocalSize)});
  return caps.max_invocations >= kLocalSize && set_grid(dispatch, ceil_div(values, kLocalSize), layers, caps);
}

double vec4_read_cost(Reads reads, const DeviceCaps& caps) { return reads == Reads::texel ? 1.0 : caps.fast_gathers ? 0.7 : 1.2; }

double prepare_access(const DeviceCaps& caps) { return caps.prefers_broadcast ? 27 : 40; }  // NOTES.md

double estimated_cost(const TileRow& row, const TileOrder& order, std::int64_t layers, const DeviceCaps& caps) {
  // Speed of a tile height relative to the best, from measurements (NOTES.md).
  struct Height {
    int rows;
    double mesa, swiftshader;
  };
  constexpr Height kHeights[] = {{1, 0.1, 0.25},   {2, 0.2, 0.4},  {4, 0.4, 0.6},   {8, 0.75, 1.0},
                                 {16, 0.97, 0.95}, {24, 1.0, 0.9}, {32, 0.97, 0.8}, {64, 0.9, 0.7}};
  double speed = 1.0;
  for (const Height& h : kHeights)
    if (row.rows >= h.rows) speed = caps.prefers_broadcast ? h.swiftshader : h.mesa;
  if (row.columns > 1 && !caps.prefers_broadcast) speed *= caps.is_cpu && row.rows >= 24 ? 1.15 : 1.08;
  if (row.columns >= 4 && caps.prefers_broadcast) speed *= 1.06;  // of what is multiplied, 16x4 for 16x2: NOTES.md
  constexpr int kMostSums = 32;                                   // vec4s a lane; a GPU has no registers for more
  if (!caps.is_cpu && row.rows * row.columns > kMostSums) speed *= 0.7;
  constexpr int kMostCode = 48;  // vec4s of the rows' operand a step; with more, cores with 16 vector registers fall behind
  if (caps.is_cpu && row.rows * row.unroll > kMostCode) speed *= 0.8;
  if (row.reads == Reads::storage)
    speed *= caps.prefers_broadcast ? 0.8 : caps.fast_gathers ? gathered_speed(row) : caps.is_cpu ? 0.5 : 1.1;
  if (row.exchange == Exchange::broadcast) speed *= caps.prefers_broadcast ? 1.2 : 0.5;
  const std::int64_t groups = order.groups() * layers;
  constexpr std::int64_t kWorkers = 2;
  const double sums = 4.0 * row.rows * row.columns * caps.subgroup_size;  // of a subgroup
  return static_cast<double>(ceil_div(groups, kWorkers) * kWorkers) * sums * slowness(order.teams) / speed;
}

double shared_cost(std::int64_t row_count, std::int64_t columns, std::int64_t layers, const DeviceCaps& caps) {
  const double speed = caps.is_cpu ? 0.02 : 1.2;  // a barrier costs a CPU more than the products between two
  return static_cast<double>(ceil_div(row_count, kSharedTile) * ceil_div(columns, kSharedTile) * layers) * kSharedTile * kSharedTile /
         speed;
}

std::vector<Kernel> in_order(std::vector<CostedKernel> kernels) {
  std::stable_sort(kernels.begin(), kernels.end(), [](const CostedKernel& a, const CostedKernel& b) { return a.cost < b.cost; });
  std::vector<Kernel> result;
  std::set<std::string> met;
  for (CostedKernel& k : kernels) {
    k.kernel.cost = k.cost;
    k.kernel.spare = !met.insert(without_teams(k.kernel.row)).second;
    result.push_back(std::move(k.kernel));
  }
  return result;
}

}  // namespace gouache
