// What do the rows of matmul and the convolutions share?  Tile rows as data, the fused epilogue's inputs, bindings and grids.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/kernels/device_caps.h"
#include "host/kernels/streaming.h"
#include "host/plan/catalog.h"

namespace gouache {

using streaming::ceil_div, streaming::tensor_bytes, streaming::word;

/// lavapipe of Mesa 22.3 ends an invocation's loops after 65,535 iterations in all, without a word: rows need fewer or refuse.
constexpr std::int64_t kMostIterations = 65000;

enum class Exchange : std::uint8_t { shuffle, broadcast };  // how lanes hand values round
enum class Reads : std::uint8_t { texel, storage };         // how tensors are read

/// A tile row: a team of lanes owns `rows` rows and `columns` vec4s of columns a lane; `unroll` says how far a step goes along
/// k, in vec4s; 0: as far as there is.
struct TileRow {
  std::uint16_t rows, columns, unroll;
  Exchange exchange;
  Reads reads;
};

/// How the lanes of a subgroup share tiles out: teams of so many lanes, each with a tile of its own, so that a narrow product leaves few
/// idle.
struct Teams {
  std::uint32_t lanes = 1, count = 1;
};

/// Where the program's further inputs lie among the launch's inputs; -1: there is none.
struct AuxInputs {
  int full = -1;
  int channel[2] = {-1, -1};
  int channels() const { return (channel[0] >= 0) + (channel[1] >= 0); }
};

/// The aux inputs of a two-input op's epilogue, or nothing when its program is not of the form these kernels take: at most one full
/// input of the result's shape and at most two channel vectors.
std::optional<AuxInputs> aux_inputs(const Launch& launch);

/// Whether tensors are f32, not empty and small enough for 32-bit indices, with two inputs (and aux) and one output.
bool has_plain_tensors(const Launch& launch);

/// Whether a subgroup row of this kind runs on the device at all.
bool supports(const TileRow& row, const DeviceCaps& caps);

/// ".texel.shuffle": the end of a tile module's name.
std::string module_suffix(const TileRow& row);

/// "subgroup 32x1 unroll 2 shuffle texel": rows x columns; " teams 2" where a subgroup is more than one.
std::string row_text(const std::string& kind, const TileRow& row, const Teams& teams = {});

/// The names of those of `rows` that run on the device; `kind` as for row_text.
std::vector<std::string> row_names(const std::string& kind, std::span<const TileRow> rows, const DeviceCaps& caps);

/// How an operand is bound: as the row reads, or always through a storage buffer (scalar loads).
struct Operands {
  OperandRef rows{OperandKind::input, 0}, columns{OperandKind::input, 1}, result{OperandKind::output, 0};
  std::int64_t rows_bytes = 0, columns_bytes = 0, result_bytes = 0;
  Reads rows_reads = Reads::storage, columns_reads = Reads::storage;
};

/// Binds slots 0..5 for a kernel with epilogue.glsl's vec4 epilogue (`vec4_epilogue`) or the scalar one, and appends the program's
/// constants. False when a limit of the device forbids it; the last axis of the result has `channels` values.
bool bind(Dispatch& dispatch, const Launch& launch, const AuxInputs& aux, const Operands& operands, std::int64_t channels,
          bool vec4_epilogue, const DeviceCaps& caps);

/// The whole subgroup as one team.
Teams one_team(const DeviceCaps& caps);

/// For a product `n4` vec4s wide in tiles of `columns` vec4s a lane: the teams that do the least and, where those are parts of a subgroup,
/// the whole one, for wider products have its pipelines anyway.
std::vector<Teams> teams_for(std::int64_t columns, std::int64_t n4, const DeviceCaps& caps);

/// The same; where the whole subgroup does the least, halves of one as well, for narrower products may have theirs.
std::vector<Teams> more_teams_for(std::int64_t columns, std::int64_t n4, const DeviceCaps& caps);

/// " teams 2"; empty for the whole subgroup.
std::string teams_text(const Teams& teams);

/// Specialization constants and subgroup size of a tile row.
void set_tile(Dispatch& dispatch, const TileRow& row, const Teams& teams, const DeviceCaps& caps);

/// The tiles of a product in the order in which they are numbered, as shaders/include/tile_gemm.glsl takes it.
struct TileOrder {
  Teams teams;
  std::int64_t column_tiles = 0, tiles = 0;
  std::int64_t row_tiles = 0;  ///< not 0: tiles are numbered along the rows
  std::int64_t groups() const { return ceil_div(tiles, teams.count); }
};

/// Bytes that stay near a core from one tile to the next.
constexpr std::int64_t kCoreCache = 1 << 20;

/// The order that reads less from memory; bytes of what the rows' and the columns' operand hold of one layer.
TileOrder order_tiles(const TileRow& row, const Teams& teams, std::int64_t row_count, std::int64_t n4, std::int64_t rows_bytes,
                      std::int64_t columns_bytes);

/// A grid of `groups` workgroups numbered along x, then y, times `layers` along z. False when the device's limits forbid it.
bool set_grid(Dispatch& dispatch, std::int64_t groups, std::int64_t layers, const DeviceCaps& caps);

/// The same of a team for each tile.
bool set_grid(Dispatch& dispatch, const TileOrder& order, std::int64_t layers, const DeviceCaps& caps);

/// Workgroups of 64 invocations, one a value, times `layers` along z, for the plain kernels. False when the device's limits forbid it.
bool set_plain_grid(Dispatch& dispatch, std::int64_t values, std::int64_t layers, const DeviceCaps& caps);

/// A relative time of a tile row, in sums at the best tile's speed: the work it does including what falls off the edges, over the speed of
/// its tile height, with the subgroups shared between at least two workers.
double estimated_cost(const TileRow& row, const TileOrder& order, std::int64_t layers, const DeviceCaps& caps);

/// What a lane's read of a vec4 takes, that of a texel being 1, in rows that do little but read.
double vec4_read_cost(Reads reads, const DeviceCaps& caps);

/// What a vec4 takes that is read or written where weights are prepared, which no cache holds: in sums as estimated_cost().
double prepare_access(const DeviceCaps& caps);

/// What the rows that multiply through shared memory (include/shared_gemm.glsl) are called.
constexpr const char* kSharedRow = "shared 64x64 storage";
constexpr std::int64_t kSharedTile = 64;  ///< rows and columns of a workgroup's tile

/// As estimated_cost(), for `layers` products of `row_count` rows and `columns` columns on one of those rows.
double shared_cost(std::int64_t row_count, std::int64_t columns, std::int64_t layers, const DeviceCaps& caps);

/// A kernel and its estimated cost; `in_order` sorts by it, and tells which kernels are spare.
struct CostedKernel {
  double cost = 0;
  Kernel kernel;
};
std::vector<Kernel> in_order(std::vector<CostedKernel> kernels);

}  // namespace gouache
