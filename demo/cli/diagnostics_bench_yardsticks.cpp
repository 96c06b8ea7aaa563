// How fast is this device at nothing but multiply-adds, and at nothing but copying?  Both are plans of one dispatch.
#include <algorithm>
#include <bit>
#include <chrono>

#include "demo/cli/diagnostics_bench.h"

namespace gouache::cli {
namespace {

constexpr std::uint32_t kGroups = 512, kLoops = 2000;  // 4096 invocations, 192 operations a loop
constexpr std::int64_t kCopied = std::int64_t{16} << 20;

Binding storage(int slot, OperandKind kind, bool writes) {
  return {static_cast<std::uint8_t>(slot), BindingKind::storage, {kind, 0}, !writes, writes};
}

Plan plan_of(const char* name, std::int64_t read, std::int64_t written, Dispatch dispatch) {
  Plan plan;
  plan.name = name;
  Step step;
  step.launch.op = step.launch.label = name;
  step.kernel.row = name;
  const auto add = [&](std::int64_t bytes, std::vector<TensorType>& types, std::vector<std::int32_t>& regions) {
    if (!bytes) return;
    regions.push_back(static_cast<std::int32_t>(plan.regions.size()));
    types.push_back({{bytes / 4}, DType::f32});
    plan.regions.push_back({Storage::arena, static_cast<std::int32_t>(plan.arena_blocks.size()), 0, bytes});
    plan.arena_blocks.push_back(bytes);
  };
  add(read, step.launch.inputs, step.inputs);
  add(written, step.launch.outputs, step.outputs);
  step.kernel.dispatches = {std::move(dispatch)};
  plan.steps = {step};
  plan.commands = {{0, 0, false}};
  return plan;
}

Plan plan_multiply_adds() {
  Dispatch d;
  d.module = "yardstick";
  d.push = {kLoops, std::bit_cast<std::uint32_t>(0.5f), std::bit_cast<std::uint32_t>(0.25f)};
  d.grid = {kGroups, 1, 1};
  d.bindings = {storage(0, OperandKind::output, true)};
  return plan_of("yardstick", 0, kGroups * 8 * 4, std::move(d));
}

Plan plan_copy(const DeviceCaps& caps, bool texel) {
  const std::uint32_t lanes = std::min(caps.max_invocations, 256u);
  Dispatch d;
  d.module = texel ? "texel_copy_yardstick" : "copy_yardstick";
  d.constants = {{0, lanes}};
  const auto groups = static_cast<std::uint32_t>(kCopied / 16 / 4 / lanes);
  d.push = {static_cast<std::uint32_t>(kCopied / 16), groups};
  d.grid = {groups, 1, 1};
  d.bindings = {storage(0, OperandKind::input, false), storage(1, OperandKind::output, true)};
  if (texel) d.bindings[0].kind = BindingKind::texel;
  return plan_of("copy_yardstick", kCopied, kCopied, std::move(d));
}

}  // namespace

void set_times(BenchRow& row, std::vector<double> times) {
  std::ranges::sort(times);
  row.ms = times[times.size() / 2];
  row.best = times.front();
  row.spread = (times.back() - times.front()) / row.ms;
}

struct Yardsticks::One {
  One(Device& device, const Plan& plan) : state(device, {}), executable(device, state, plan) { executable.run(); }
  /// As kernels are: once before it is measured.
  void run() {
    executable.run();
    times.push_back(executable.profile(1).microseconds[0] * 1e-3);
  }
  double per_second(double amount) const {
    BenchRow row;
    set_times(row, times);
    return amount / row.ms * 1e-6;
  }
  State state;
  Executable executable;
  std::vector<double> times;
};

Yardsticks::Yardsticks(Device& device) {
  multiply_adds_ = std::make_unique<One>(device, plan_multiply_adds());
  copies_.push_back(std::make_unique<One>(device, plan_copy(device.caps(), false)));
  if (kCopied / 16 <= static_cast<std::int64_t>(device.caps().max_texels))
    copies_.push_back(std::make_unique<One>(device, plan_copy(device.caps(), true)));
}
Yardsticks::~Yardsticks() = default;

void Yardsticks::run() {
  multiply_adds_->run();
  for (const auto& copy : copies_) copy->run();
}

double Yardsticks::gflops() const { return multiply_adds_->per_second(192.0 * kLoops * kGroups * 8); }
double Yardsticks::gbytes() const {
  double best = 0;
  for (const auto& copy : copies_) best = std::max(best, copy->per_second(2.0 * kCopied));
  return best;
}

}  // namespace gouache::cli
