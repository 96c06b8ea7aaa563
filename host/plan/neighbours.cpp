// Which small elementwise steps are one?  Those that run the same program on tensors that lie side by side, or may: the running statistics
// of a module's layers, the gradients of a scale and of the shift behind it.
#include <algorithm>

#include "host/plan/draft.h"

namespace gouache {
namespace {

constexpr std::int64_t kMostConstants = 64 << 10;  // bytes

class Neighbours {
 public:
  Neighbours(Draft& draft, const KernelCatalog& catalog) : draft_(draft), catalog_(catalog) {}

  void merge_all() {
    for (std::size_t later = 1; later < draft_.steps.size(); ++later)
      for (std::size_t earlier = later; earlier-- > 0;)
        if (merge(earlier, later)) earlier = --later;  // whose place the joint step has taken
  }

 private:
  DraftValue& value(std::int32_t index) { return draft_.values[static_cast<std::size_t>(index)]; }

  /// The value that `v` is a part of, at last, and where it begins there.
  std::pair<std::int32_t, std::int64_t> place_of(std::int32_t v) {
    std::int64_t offset = 0;
    for (; value(v).bundle >= 0; v = value(v).bundle) offset += value(v).offset;
    return {v, offset};
  }

  bool meet(std::int32_t a, std::int32_t b) {
    const auto [outer_a, at_a] = place_of(a);
    const auto [outer_b, at_b] = place_of(b);
    if (outer_a == outer_b) return at_a < at_b + value(b).bytes && at_b < at_a + value(a).bytes;
    return overlap(value(a), value(b));
  }

  bool is_free(std::int32_t v) {
    const DraftValue& one = value(v);
    return one.storage == Storage::arena && one.bundle < 0 && !one.forever;
  }

  bool follows(std::int32_t first, std::int32_t second) {
    const DraftValue &a = value(first), &b = value(second);
    const bool placed = a.storage == Storage::state || a.storage == Storage::constant || a.bundle >= 0;
    return placed && a.storage == b.storage && a.block == b.block && a.bundle == b.bundle && a.offset + a.bytes == b.offset;
  }

  bool may_lie_side_by_side(std::int32_t first, std::int32_t second) {
    if (follows(first, second) || are_constants(first, second)) return true;
    return first != second && value(first).bytes % kPartAlignment == 0 && is_free(first) && is_free(second);
  }

  /// Constants are written side by side once more.
  bool are_constants(std::int32_t first, std::int32_t second) {
    return value(first).storage == Storage::constant && value(second).storage == Storage::constant &&
           value(first).bytes + value(second).bytes <= kMostConstants;
  }

  std::int32_t joined(std::int32_t first, std::int32_t second) {
    DraftValue both = value(first);
    both.bytes += value(second).bytes;
    if (follows(first, second)) return draft_.add(both);
    if (are_constants(first, second)) {
      both.offset = static_cast<std::int64_t>(draft_.constants.size()) * 4;
      for (const std::int32_t part : {first, second}) {
        const std::int64_t begin = value(part).offset / 4;
        for (std::int64_t i = 0; i < value(part).bytes / 4; ++i)
          draft_.constants.push_back(draft_.constants[static_cast<std::size_t>(begin + i)]);
      }
      draft_.constants.resize((draft_.constants.size() + 63) / 64 * 64, 0.0f);
      return draft_.add(both);
    }
    const std::int32_t whole = draft_.add({both.bytes});
    value(first).bundle = value(second).bundle = whole;
    value(second).offset = value(first).bytes;
    return whole;
  }

  /// Whether `step` runs the same on two tensors that follow each other as on each alone.
  static bool is_seamless(const DraftStep& step) {
    return step.launch.op == "elementwise" && step.launch.band.width == 0 &&
           std::ranges::all_of(step.launch.program.inputs,
                               [](InputMode mode) { return mode == InputMode::full || mode == InputMode::scalar; });
  }

  /// Whether `first` may run behind the steps up to `last`: none of them reads what it writes or writes what it touches.
  bool may_wait(std::size_t first, std::size_t last) {
    const DraftStep& step = draft_.steps[first];
    for (std::size_t i = first + 1; i < last; ++i) {
      for (const std::int32_t read : draft_.steps[i].inputs)
        if (meet(read, step.outputs[0])) return false;
      for (const std::int32_t written : draft_.steps[i].outputs)
        if (meet(written, step.outputs[0]) || std::ranges::any_of(step.inputs, [&](std::int32_t v) { return meet(written, v); }))
          return false;
    }
    return true;
  }

  bool merge(std::size_t earlier, std::size_t later) {
    const DraftStep &one = draft_.steps[earlier], &other = draft_.steps[later];
    if (!is_seamless(one) || !is_seamless(other) || !(one.launch.program == other.launch.program)) return false;
    const bool in_order = follows(one.outputs[0], other.outputs[0]);
    if (!in_order && !follows(other.outputs[0], one.outputs[0])) return false;
    const DraftStep &first = in_order ? one : other, &second = in_order ? other : one;
    DraftStep both{first.launch, first.inputs, first.outputs, {}, {}};
    const auto flat = [](const TensorType& a, const TensorType& b) { return TensorType{{a.count() + b.count()}, a.dtype}; };
    for (std::size_t i = 0; i < first.inputs.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k)  // no value can have two neighbours
        if ((first.inputs[i] == first.inputs[k]) != (second.inputs[i] == second.inputs[k]) || first.inputs[i] == second.inputs[k] ||
            second.inputs[i] == first.inputs[k])
          if (first.launch.program.inputs[i] == InputMode::full) return false;
      if (first.launch.program.inputs[i] == InputMode::scalar ? first.inputs[i] != second.inputs[i]
                                                              : !may_lie_side_by_side(first.inputs[i], second.inputs[i]))
        return false;
      if (std::ranges::any_of(first.outputs, [&](std::int32_t v) { return meet(v, second.inputs[i]); }) ||
          std::ranges::any_of(second.outputs, [&](std::int32_t v) { return meet(v, first.inputs[i]); }))
        return false;
      if (first.launch.program.inputs[i] == InputMode::full) both.launch.inputs[i] = flat(first.launch.inputs[i], second.launch.inputs[i]);
    }
    both.launch.outputs[0] = flat(first.launch.outputs[0], second.launch.outputs[0]);
    if (!may_wait(earlier, later) || catalog_.candidates(both.launch).empty()) return false;
    const std::vector<std::int32_t> behind = second.inputs;
    for (std::size_t i = 0; i < both.inputs.size(); ++i)
      if (both.launch.program.inputs[i] == InputMode::full) both.inputs[i] = joined(both.inputs[i], behind[i]);
    both.outputs[0] = joined(first.outputs[0], second.outputs[0]);
    draft_.steps[later] = std::move(both);
    draft_.steps.erase(draft_.steps.begin() + static_cast<std::ptrdiff_t>(earlier));
    return true;
  }

  Draft& draft_;
  const KernelCatalog& catalog_;
};

}  // namespace

void merge_neighbours(Draft& draft, const KernelCatalog& catalog) { Neighbours(draft, catalog).merge_all(); }

}  // namespace gouache
