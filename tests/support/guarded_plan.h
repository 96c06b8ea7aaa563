// What does a plan touch that it should not?  The same plan with every tensor in one block of memory, with guard bytes between them.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "host/plan/plan.h"

namespace gouache::testing {

/// Bindings reach past their tensor into the guard behind it, so what a kernel writes or reads beyond the end is not cut off by the
/// range of its binding, as some drivers do and others do not. Constants stay where they are.
class GuardedPlan {
 public:
  /// `plan` must share no bytes between tensors (PlanOptions::alias false).
  GuardedPlan(Plan plan, const StateLayout& state);

  const Plan& plan() const { return plan_; }
  /// One variable, "memory": all bytes.
  const StateLayout& layout() const { return layout_; }

  /// Memory as it should be before a run: words of `pattern` in guards and in every tensor that the plan computes, `fed` in inputs and
  /// variables, zeros between the variables of a block and between the gradients of a bundle.
  std::vector<std::byte> image(const std::map<std::string, Array>& fed, std::uint32_t pattern) const;

  /// An input, output or variable in such memory.
  Array read(const std::string& name, std::span<const std::byte> memory) const;

  /// The first byte that changed and that no dispatch may write: where it lies; empty when there is none.
  std::string trespass(std::span<const std::byte> before, std::span<const std::byte> after) const;

 private:
  /// Bytes that move as one: a tensor, a block of variables, a bundle of gradients.
  struct Unit {
    Region from;
    std::string name;
    bool zeros = false;      ///< between its tensors
    std::int64_t place = 0;  ///< offset in the memory
  };
  struct Port {
    TensorType type;
    std::int64_t place = 0;
  };

  void find_units(const StateLayout& state);
  std::int64_t place_of(const Region& region) const;
  const Unit* unit_of(const Region& region) const;
  void find_ports(const StateLayout& state);
  void find_writable();
  void move_regions();

  Plan plan_;
  StateLayout layout_;
  std::vector<Unit> units_;  ///< in order of their places
  std::map<std::string, Port> ports_;
  std::vector<std::pair<std::int64_t, std::int64_t>> parts_;  ///< place and bytes of tensors in bundles
  std::vector<char> writable_;                                ///< a byte: whether a dispatch may write it
  std::int64_t bytes_ = 0;
};

}  // namespace gouache::testing
