// Which kernels run softmax?  A subgroup a row where rows are long enough for it, else a lane a row: short rows are kept, long ones read
// three times.
#include <algorithm>
#include <optional>

#include "host/kernels/families.h"
#include "host/kernels/streaming.h"
#include "host/kernels/tile.h"
#include "shaders/shared/interface.h"

namespace gouache {
namespace {

using namespace streaming;

/// x as [rows, width], in values of some elements each.
struct Rows {
  std::int64_t rows, width;
};

Rows rows_of(const Launch& launch, std::int64_t width) {
  const TensorType& x = launch.inputs[0];
  return {x.count() / x.shape.back(), x.shape.back() / width};
}

Kernel kernel_of(const Launch& launch, std::string row, bool texel, Dispatch d) {
  d.bindings = {reads_as(texel, 0, OperandKind::input, 0), writes(1, OperandKind::output, 0)};
  Kernel kernel;
  kernel.row = std::move(row);
  kernel.dispatches.push_back(std::move(d));
  kernel.flops = 5 * static_cast<double>(launch.inputs[0].count());
  kernel.bytes = tensor_bytes(launch);
  return kernel;
}

struct LaneForm {
  const char *name, *module;
  std::int64_t width;  ///< elements of a value
  bool texel;          ///< whether x is read as texels
};
constexpr LaneForm kLaneForms[] = {
    {"vec4 texel", "softmax.vec4.texel", 4, true}, {"vec4", "softmax.vec4", 4, false}, {"plain", "softmax.plain", 1, false}};

/// A lane a row.
std::optional<Kernel> lane_kernel(const Launch& launch, const LaneForm& form, const DeviceCaps& caps) {
  constexpr std::int64_t kMostHeld = 16;  // values of a row in registers
  const auto [rows, width] = rows_of(launch, form.width);
  if (launch.inputs[0].shape.back() % form.width != 0 || width > kMostIterations / 4) return std::nullopt;
  if (form.texel && !all_texels(launch.inputs, caps)) return std::nullopt;
  const std::uint32_t lanes = lanes_for(rows, 1, 64, caps);
  Dispatch d = dispatch(form.module, ceil_div(rows, lanes), lanes, caps);
  d.constants.push_back({CONSTANT_SWITCH_0, width <= kMostHeld ? word(width) : 0});
  d.push = {dispatch_fold(d), word(rows), word(width)};
  return kernel_of(launch, form.name, form.texel, std::move(d));
}

struct SubgroupForm {
  const char* name;
  Exchange exchange;
  Reads reads;
  bool butterfly;  ///< lanes add up in pairs, pairs of pairs, ..: fewer steps, each dearer on a CPU
};
constexpr SubgroupForm kSubgroupForms[] = {
    {"subgroup shuffle texel", Exchange::shuffle, Reads::texel, false},
    {"subgroup shuffle storage", Exchange::shuffle, Reads::storage, false},
    {"subgroup butterfly storage", Exchange::shuffle, Reads::storage, true},
    {"subgroup broadcast storage", Exchange::broadcast, Reads::storage, false},
};

/// A subgroup for a few rows, each shared out among its lanes.
std::optional<Kernel> subgroup_kernel(const Launch& launch, const SubgroupForm& form, const DeviceCaps& caps) {
  constexpr std::int64_t kMostHeld = 16;  // vec4s of a row in a lane's registers
  const bool texel = form.reads == Reads::texel;
  const auto [rows, width] = rows_of(launch, 4);
  TileRow row{1, 1, 1, form.exchange, form.reads};
  if (!supports(row, caps) || launch.inputs[0].shape.back() % 4 != 0 || (texel && !all_texels(launch.inputs, caps))) return std::nullopt;
  const std::int64_t lanes = caps.subgroup_size, held = ceil_div(width, lanes);
  if (held > kMostHeld || width * 2 < lanes) return std::nullopt;  // most lanes would have nothing
  const std::int64_t at_once = caps.prefers_broadcast ? 4 : 8;     // vec4s of all rows in a lane's registers: NOTES.md
  row.rows = static_cast<std::uint16_t>(std::clamp<std::int64_t>(at_once / held, 1, rows));
  const std::int64_t subgroups = ceil_div(rows, row.rows), most = std::max<std::int64_t>(64 / lanes, 1);
  const std::int64_t together = std::min({subgroups, most, std::int64_t{caps.max_invocations} / lanes});
  Dispatch d = dispatch("softmax_subgroup" + module_suffix(row), ceil_div(subgroups, together), word(together * lanes), caps);
  d.subgroup_size = caps.subgroup_size;
  d.constants.insert(d.constants.end(), {{CONSTANT_ROWS, row.rows},
                                         {CONSTANT_LANES, caps.subgroup_size},
                                         {CONSTANT_SWITCH_0, word(held)},
                                         {CONSTANT_SWITCH_0 + 1, width % lanes != 0},
                                         {CONSTANT_SWITCH_0 + 2, form.butterfly}});
  d.push = {dispatch_fold(d), word(rows), word(width)};
  return kernel_of(launch, form.name, texel, std::move(d));
}

std::vector<Kernel> candidates(const Launch& launch, const DeviceCaps& caps) {
  if (launch.inputs.size() != 1 || launch.outputs.size() != 1 || launch.inputs[0].shape.empty()) return {};
  if (!all_of_type(launch.inputs, DType::f32) || !all_of_type(launch.outputs, DType::f32) || !operands_fit(launch, caps)) return {};
  if (launch.outputs[0].count() != launch.inputs[0].count()) return {};
  std::vector<Kernel> kernels;
  const bool many_lanes = caps.subgroup_size > 8;
  for (const bool butterfly : {many_lanes, !many_lanes})
    for (const SubgroupForm& form : kSubgroupForms) {
      if (form.butterfly != butterfly) continue;
      if (auto kernel = subgroup_kernel(launch, form, caps)) kernels.push_back(std::move(*kernel));
    }
  for (const LaneForm& form : kLaneForms)
    if (auto kernel = lane_kernel(launch, form, caps)) kernels.push_back(std::move(*kernel));
  return kernels;
}

}  // namespace

const KernelFamily softmax_family{"softmax", false, true, candidates};

}  // namespace gouache
