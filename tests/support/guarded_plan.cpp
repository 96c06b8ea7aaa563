// What does a plan touch that it should not?  The same plan with every tensor in one block of memory, with guard bytes between them.
#include "tests/support/guarded_plan.h"

#include <algorithm>
#include <cstring>

#include "host/graph/error.h"
#include "host/plan/feeds.h"

namespace gouache::testing {
namespace {

constexpr std::int64_t kAlignment = 256;
constexpr std::int64_t kReach = 1024;  ///< bytes of the guard that a binding shows
constexpr std::int64_t kGuard = kReach + kAlignment;

std::int64_t aligned(std::int64_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }
std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

GuardedPlan::GuardedPlan(Plan plan, const StateLayout& state) : plan_(std::move(plan)) {
  find_units(state);
  find_ports(state);
  find_writable();
  move_regions();
  layout_.add_block("memory", {{"memory", {{bytes_}, DType::u8}}});
}

void GuardedPlan::find_units(const StateLayout& state) {
  for (std::size_t block = 0; block < state.blocks.size(); ++block)
    units_.push_back(
        {{Storage::state, static_cast<std::int32_t>(block), 0, state.blocks[block].bytes}, "state " + state.blocks[block].name, true});
  const auto add = [&](std::int32_t region, const std::string& name) {
    const std::int32_t parent = plan_.regions[index(region)].parent;
    const Region& r = plan_.regions[index(parent < 0 ? region : parent)];
    if (r.storage != Storage::constant && !unit_of(r)) units_.push_back({r, parent < 0 ? name : "the bundle of gradients", parent >= 0});
  };
  for (const NamedTensor& input : plan_.inputs) add(input.region, "input " + input.name);
  for (const NamedTensor& output : plan_.outputs) add(output.region, "output " + output.name);
  for (const Step& step : plan_.steps) {
    for (std::size_t i = 0; i < step.outputs.size(); ++i) add(step.outputs[i], "result " + std::to_string(i) + " of " + step.launch.op);
    for (std::size_t i = 0; i < step.scratch.size(); ++i) add(step.scratch[i], "scratch " + std::to_string(i) + " of " + step.launch.op);
  }
  bytes_ = kGuard;
  for (Unit& unit : units_) {
    unit.place = bytes_;
    bytes_ += aligned(unit.from.bytes) + kGuard;
  }
}

const GuardedPlan::Unit* GuardedPlan::unit_of(const Region& region) const {
  for (const Unit& unit : units_)
    if (unit.from.overlaps(region)) return &unit;
  return nullptr;
}

std::int64_t GuardedPlan::place_of(const Region& region) const {
  const Unit* unit = unit_of(region);
  if (!unit || region.offset < unit->from.offset || region.offset + region.bytes > unit->from.offset + unit->from.bytes)
    throw Error(ErrorCode::internal, plan_.name + ": a tensor shares bytes with another, or nothing writes it");
  return unit->place + region.offset - unit->from.offset;
}

void GuardedPlan::find_ports(const StateLayout& state) {
  for (const auto& [name, slot] : state.slots)
    ports_[name] = {slot.type, place_of({Storage::state, slot.block, slot.offset, slot.type.bytes()})};
  for (const auto* list : {&plan_.inputs, &plan_.outputs})
    for (const NamedTensor& port : *list) ports_[port.name] = {port.type, place_of(plan_.regions[index(port.region)])};
  for (const Region& region : plan_.regions)
    if (region.parent >= 0) parts_.emplace_back(place_of(region), region.bytes);
}

void GuardedPlan::find_writable() {
  writable_.assign(index(bytes_), 0);
  for (const Command& command : plan_.commands) {
    const Step& step = plan_.steps[index(command.step)];
    for (const Binding& binding : step.kernel.dispatches[index(command.dispatch)].bindings) {
      if (!binding.writes) continue;
      const Region& region = plan_.regions[index(region_of(step, binding.operand))];
      std::fill_n(writable_.begin() + place_of(region), region.bytes, 1);
    }
  }
}

void GuardedPlan::move_regions() {
  for (Region& region : plan_.regions) {
    const Unit* unit = region.storage == Storage::constant ? nullptr : unit_of(region);
    if (!unit) continue;  // a constant, or of no use
    const bool whole = region.bytes == unit->from.bytes;
    region = {Storage::state, 0, place_of(region), aligned(region.bytes) + (whole ? kReach : 0), region.parent};
  }
  plan_.inputs.clear();
  plan_.outputs.clear();
  plan_.arena_blocks.clear();
}

std::vector<std::byte> GuardedPlan::image(const std::map<std::string, Array>& fed, std::uint32_t pattern) const {
  std::vector<std::byte> memory(index(bytes_));
  const auto fill = [&](std::int64_t place, std::int64_t bytes) {
    for (std::int64_t i = 0; i < bytes; ++i) memory[index(place + i)] = std::byte(pattern >> (i % 4 * 8));
  };
  fill(0, bytes_);
  for (const Unit& unit : units_)
    if (unit.zeros) std::fill_n(memory.begin() + unit.place, unit.from.bytes, std::byte{0});
  for (const auto& [place, bytes] : parts_) fill(place, bytes);
  for (const auto& [name, array] : fed) {
    const std::vector<std::byte> bytes = to_bytes(array);
    if (const auto port = ports_.find(name); port != ports_.end())
      std::copy(bytes.begin(), bytes.end(), memory.begin() + port->second.place);
  }
  return memory;
}

Array GuardedPlan::read(const std::string& name, std::span<const std::byte> memory) const {
  const Port& port = ports_.at(name);
  return from_bytes(port.type, memory.subspan(index(port.place), index(port.type.bytes())));
}

std::string GuardedPlan::trespass(std::span<const std::byte> before, std::span<const std::byte> after) const {
  for (std::int64_t i = 0; i < bytes_; ++i) {
    if (writable_[index(i)] || before[index(i)] == after[index(i)]) continue;
    const Unit* near = &units_.front();
    for (const Unit& unit : units_)
      if (unit.place <= i) near = &unit;
    const std::int64_t offset = i - near->place, beyond = offset - near->from.bytes;
    const std::string where = offset < 0    ? std::to_string(-offset) + " bytes before "
                              : beyond >= 0 ? std::to_string(beyond) + " bytes after the end of "
                                            : "byte " + std::to_string(offset) + " of ";
    return where + near->name + " (" + std::to_string(near->from.bytes) + " bytes), which no dispatch may write, was written";
  }
  return "";
}

}  // namespace gouache::testing
