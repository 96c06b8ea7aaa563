// How does a plan fit into less memory?  Where the most is alive at once, a value that only waits is computed again when it is next read,
// or the kernel at work is changed for one with less scratch memory: whichever frees the most bytes for the time it takes.
#include <algorithm>
#include <array>
#include <optional>

#include "host/plan/draft.h"

namespace gouache {
namespace {

// Rough speeds, which only weigh one change against another.
constexpr double kBytesASecond = 4e9, kOperationsASecond = 50e9;
constexpr double kSlowerShare = 0.5;  ///< of a kernel's time that a leaner one takes on top

/// Ops that are cheap to run again: they pass over their operands once or twice.
constexpr std::array<std::string_view, 8> kCheap{"elementwise", "batch_norm", "instance_norm", "gather",
                                                 "permute",     "random",     "resample",      "translate"};

struct Change {
  std::int64_t bytes = 0;
  double seconds = 0;
  std::int32_t step = -1;  ///< of the draft: that runs again, or gets another kernel
  std::int32_t value = -1, reader = -1;
  std::optional<Kernel> kernel;
  double worth() const { return static_cast<double>(bytes) / seconds; }
};

class Saver {
 public:
  Saver(const Draft& draft, const Draft& planned, const KernelCatalog& catalog)
      : draft_(draft), planned_(planned), catalog_(catalog), peak_(peak_of(planned).step) {}

  std::optional<Change> best() {
    find_leaner_kernel();
    if (planned_.setup_steps == 0)
      for (std::int32_t v = 0; v < static_cast<std::int32_t>(draft_.values.size()); ++v) find_waiting(v);
    return best_;
  }

 private:
  const DraftStep& step(std::int32_t index) const { return planned_.steps[static_cast<std::size_t>(index)]; }
  const DraftValue& value(std::int32_t index) const { return planned_.values[static_cast<std::size_t>(index)]; }
  static bool contains(const std::vector<std::int32_t>& list, std::int32_t v) { return std::ranges::find(list, v) != list.end(); }

  void offer(Change change) {
    if (change.bytes > 0 && (!best_ || change.worth() > best_->worth())) best_ = std::move(change);
  }

  /// The step at the peak with less scratch; one that makes weights ready stands for the first that reads them.
  void find_leaner_kernel() {
    std::int32_t at = peak_;
    if (step(at).origin < 0) {
      const std::int32_t ready = step(at).outputs[0];
      while (step(at).origin < 0 || !contains(step(at).inputs, ready)) ++at;
    }
    const std::int32_t origin = step(at).origin;
    const DraftStep& own = draft_.steps[static_cast<std::size_t>(origin)];
    const std::int64_t now = scratch_of(own.kernel);
    for (Kernel& kernel : kernels_of(draft_, own, catalog_)) {
      const std::int64_t saved = now - scratch_of(kernel);
      if (saved <= 0) continue;
      offer({saved, kSlowerShare * std::max(own.kernel.flops, 1.0) / kOperationsASecond, origin, -1, -1, std::move(kernel)});
      return;
    }
  }
  static std::int64_t scratch_of(const Kernel& kernel) {
    std::int64_t sum = 0;
    for (const std::int64_t bytes : kernel.scratch) sum += bytes;
    return sum;
  }

  /// A value that was computed before the peak, is read after it, and waits meanwhile.
  void find_waiting(std::int32_t v) {
    const DraftValue& waiting = value(v);
    if (waiting.storage != Storage::arena || waiting.bundle >= 0 || waiting.forever || waiting.first < 0 || waiting.first >= peak_ ||
        waiting.last <= peak_ || std::ranges::any_of(planned_.values, [&](const DraftValue& part) { return part.bundle == v; }))
      return;
    const DraftStep& maker = step(waiting.first);
    if (maker.origin < 0 || std::ranges::find(kCheap, maker.launch.op) == kCheap.end()) return;
    if (contains(maker.inputs, v) || contains(step(peak_).inputs, v) || contains(step(peak_).outputs, v)) return;
    std::int32_t reader = peak_ + 1;
    while (!contains(step(reader).inputs, v)) ++reader;
    if (step(reader).origin < 0) return;
    for (std::int32_t i = waiting.first + 1; i <= waiting.last; ++i)
      if (contains(step(i).outputs, v)) return;
    for (const std::int32_t input : maker.inputs)
      if (!is_the_same_at(input, waiting.first, reader)) return;
    offer({waiting.bytes, maker.kernel.bytes / kBytesASecond + 25e-6, maker.origin, v, step(reader).origin, {}});
  }

  /// Whether `input`, as it was at step `from`, may still be read at `to` without living longer.
  bool is_the_same_at(std::int32_t input, std::int32_t from, std::int32_t to) const {
    for (std::int32_t i = from + 1; i < to; ++i)
      for (const std::int32_t written : step(i).outputs)
        if (written == input || overlap(value(written), value(input))) return false;
    std::int32_t whole = input;
    while (value(whole).bundle >= 0) whole = value(whole).bundle;
    return value(whole).storage != Storage::arena || value(whole).forever || value(whole).last >= to;
  }

  const Draft& draft_;
  const Draft& planned_;
  const KernelCatalog& catalog_;
  const std::int32_t peak_;
  std::optional<Change> best_;
};

}  // namespace

Peak peak_of(const Draft& draft) {
  Peak peak;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(draft.steps.size()); ++i) {
    std::int64_t alive = 0;
    for (const DraftValue& v : draft.values)
      if (v.storage == Storage::arena && v.bundle < 0 && v.first >= 0 && (v.forever || (v.first <= i && i <= v.last)))
        alive += part_aligned(v.bytes);
    if (alive > peak.bytes) peak = {i, alive};
  }
  return peak;
}

bool save_memory(Draft& draft, const Draft& planned, const KernelCatalog& catalog) {
  std::optional<Change> change = Saver(draft, planned, catalog).best();
  if (!change) return false;
  DraftStep& step = draft.steps[static_cast<std::size_t>(change->step)];
  if (change->kernel) {
    step.kernel = std::move(*change->kernel);
    return true;
  }
  DraftStep again = step;
  for (std::int32_t& output : again.outputs) {
    const std::int32_t made = draft.add({draft.values[static_cast<std::size_t>(output)].bytes});
    if (output == change->value)
      for (std::size_t i = static_cast<std::size_t>(change->reader); i < draft.steps.size(); ++i)
        std::ranges::replace(draft.steps[i].inputs, output, made);
    output = made;
  }
  draft.steps.insert(draft.steps.begin() + change->reader, std::move(again));
  return true;
}

}  // namespace gouache
