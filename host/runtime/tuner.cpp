// Which kernel row is the fastest for each op of a plan on this device?
#include "host/runtime/tuner.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "host/graph/error.h"
#include "host/runtime/executable.h"
#include "host/runtime/median.h"
#include "host/runtime/state.h"

namespace gouache {
namespace {

constexpr double kLeave[] = {2.0, 1.5, 1.2};  ///< slower than so many times the fastest after round 1, 2, 3 and later: out
constexpr double kWorthwhile = 1.02;          ///< how many times faster than the static row a winner must be
constexpr double kTurn = 1000;                ///< microseconds that a turn of a short dispatch is repeated for
constexpr int kMostRepeats = 20;              ///< in a turn
constexpr double kTooMuchForPlain = 1e8;      ///< operations from which on a plain row, a value an invocation, never wins
constexpr std::size_t kWeights = 1;           ///< the input that Kernel::prepares speaks of

/// A launch that several rows can run.
struct Wanted {
  TunedOp op;
  Launch launch;
  std::vector<Kernel> rows;  ///< the static one first
  double preparations = 0;   ///< that steps pay for, of rows that prepare weights
};

/// Whether `row` in the place of a step would read bytes as texels that it writes.
bool reads_texels_it_writes(const Plan& plan, const Step& step, const Kernel& row) {
  const auto region = [&](const std::vector<std::int32_t>& of, const Binding& binding) {
    return plan.regions[static_cast<std::size_t>(of[binding.operand.index])];
  };
  return std::ranges::any_of(row.dispatches, [&](const Dispatch& dispatch) {
    return std::ranges::any_of(dispatch.bindings, [&](const Binding& read) {
      if (read.kind != BindingKind::texel || read.operand.kind != OperandKind::input) return false;
      return std::ranges::any_of(dispatch.bindings, [&](const Binding& write) {
        return write.writes && write.operand.kind == OperandKind::output && region(step.inputs, read).overlaps(region(step.outputs, write));
      });
    });
  });
}

/// The rows that may take part, the static one first: it need not be the catalog's first, where the plan has the pipelines of another.
/// Spare ones stay out.
std::vector<Kernel> rows_in_line(const Catalog& catalog, const Plan& plan, const Step& step) {
  std::vector<Kernel> rows = catalog.candidates(step.launch);
  std::erase_if(rows, [&](const Kernel& row) { return row.spare && row.row != step.kernel.row; });
  const auto chosen = std::ranges::find(rows, step.kernel.row, &Kernel::row);
  if (chosen == rows.end()) return {};
  std::rotate(rows.begin(), chosen, chosen + 1);
  rows.erase(std::remove_if(rows.begin() + 1, rows.end(), [&](const Kernel& row) { return reads_texels_it_writes(plan, step, row); }),
             rows.end());
  if (rows.size() > 1)
    rows.erase(std::remove_if(rows.begin() + 1, rows.end(),
                              [&](const Kernel& row) { return row.row.starts_with("plain") && step.kernel.flops > kTooMuchForPlain; }),
               rows.end());
  return rows;
}

/// Collects the ops of plans.
class Collection {
 public:
  explicit Collection(const Catalog& catalog, const std::string& filter) : catalog_(catalog), filter_(filter) {}

  void add(const PlanToTune& from) {
    const Plan& plan = *from.plan;
    const auto setup = static_cast<std::size_t>(plan.setup_commands);
    std::size_t first = plan.steps.size();
    if (setup < plan.commands.size()) first = static_cast<std::size_t>(plan.commands[setup].step);
    std::vector<Region> ready_once;  // made by the setup
    for (std::size_t i = 0; i < first; ++i)
      for (const std::int32_t region : plan.steps[i].outputs) ready_once.push_back(plan.regions[static_cast<std::size_t>(region)]);
    std::map<std::string, std::vector<Region>> ready;  // weights of each signature whose value has not changed since
    for (std::size_t i = first; i < plan.steps.size(); ++i) {
      const Step& step = plan.steps[i];
      if (Wanted* wanted = find(plan, step)) {
        ++wanted->op.steps;
        if (step.inputs.size() > kWeights) {
          const Region& weights = plan.regions[static_cast<std::size_t>(step.inputs[kWeights])];
          const bool once = from.setup && (weights.storage == Storage::state || overlaps(ready_once, weights));
          std::vector<Region>& known = ready[wanted->op.signature];
          if (!once && !overlaps(known, weights)) {
            known.push_back(weights);
            ++wanted->preparations;
          }
        }
      }
      for (const std::int32_t written : step.outputs)
        for (auto& [signature, regions] : ready)
          std::erase_if(regions, [&](const Region& r) { return r.overlaps(plan.regions[static_cast<std::size_t>(written)]); });
    }
  }

  std::vector<Wanted> take() { return std::move(all_); }

 private:
  static bool overlaps(const std::vector<Region>& regions, const Region& region) {
    return std::ranges::any_of(regions, [&](const Region& r) { return r.overlaps(region); });
  }

  /// The op of a step; null where there is nothing to choose.
  Wanted* find(const Plan& plan, const Step& step) {
    const std::string signature = signature_of(step.launch);
    if (signature.find(filter_) == std::string::npos) return nullptr;
    const auto [at, is_new] = index_.try_emplace(signature, all_.size());
    if (!is_new) return at->second < all_.size() ? &all_[at->second] : nullptr;
    std::vector<Kernel> rows = rows_in_line(catalog_, plan, step);
    if (rows.size() < 2) {
      at->second = ~std::size_t{0};
      return nullptr;
    }
    Wanted made{{signature, 0, static_cast<int>(rows.size()), step.kernel.flops, step.kernel.row, {}, ""}, step.launch, std::move(rows)};
    all_.push_back(std::move(made));
    return &all_.back();
  }

  const Catalog& catalog_;
  const std::string& filter_;
  std::vector<Wanted> all_;
  std::map<std::string, std::size_t> index_;
};

/// Noise in [-0.5, 0.5) for floats and bytes; zeros for whole numbers, which may be indices.
std::vector<std::byte> fill(const TensorType& type) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(type.bytes()));
  std::uint32_t state = 1;
  const auto next = [&] { return (state = state * 1664525u + 1013904223u) >> 8; };
  if (type.dtype == DType::f32)
    for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
      const float value = static_cast<float>(next()) * 0x1p-24f - 0.5f;
      std::memcpy(&bytes[i], &value, 4);
    }
  if (type.dtype == DType::u8)
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(next());
  return bytes;
}

std::string input_name(std::size_t index) { return "input " + std::to_string(index); }

StateLayout inputs_of(const Launch& launch) {
  std::vector<std::pair<std::string, TensorType>> tensors;
  for (std::size_t i = 0; i < launch.inputs.size(); ++i) tensors.emplace_back(input_name(i), launch.inputs[i]);
  StateLayout layout;
  if (!tensors.empty()) layout.add_block("inputs", tensors);
  return layout;
}

/// Every row of a launch as a step: all read the same inputs and write the same outputs and scratch.
Plan plan_of(const Wanted& wanted, const StateLayout& layout) {
  const Launch& launch = wanted.launch;
  Plan plan;
  plan.name = "tune " + wanted.op.signature;
  const auto add = [&](const Region& region) {
    plan.regions.push_back(region);
    return static_cast<std::int32_t>(plan.regions.size() - 1);
  };
  const auto block = [&](std::int64_t bytes) {
    plan.arena_blocks.push_back(bytes);
    return static_cast<std::int32_t>(plan.arena_blocks.size() - 1);
  };
  Step shared;
  shared.launch = launch;
  for (std::size_t i = 0; i < launch.inputs.size(); ++i) {
    const StateSlot& slot = layout.at(input_name(i));
    shared.inputs.push_back(add({Storage::state, slot.block, slot.offset, slot.type.bytes()}));
  }
  for (std::size_t i = 0; i < launch.outputs.size(); ++i) {
    const std::int64_t bytes = launch.written_bytes(i);
    shared.outputs.push_back(add({Storage::arena, block(bytes), 0, bytes}));
  }
  std::vector<std::int32_t> scratch;
  for (const Kernel& row : wanted.rows) {
    Step step = shared;
    step.kernel = row;
    for (std::size_t i = 0; i < row.scratch.size(); ++i) {
      if (i == scratch.size()) scratch.push_back(block(0));
      std::int64_t& bytes = plan.arena_blocks[static_cast<std::size_t>(scratch[i])];
      bytes = std::max(bytes, row.scratch[i]);
      step.scratch.push_back(add({Storage::arena, scratch[i], 0, row.scratch[i]}));
    }
    const auto index = static_cast<std::int32_t>(plan.steps.size());
    for (std::int32_t d = 0; d < static_cast<std::int32_t>(row.dispatches.size()); ++d) plan.commands.push_back({index, d, true});
    plan.steps.push_back(std::move(step));
  }
  return plan;
}

/// The rows of one launch, ready to take turns.
class Contest {
 public:
  Contest(Device& device, const Wanted& wanted)
      : plan_(plan_of(wanted, inputs_of(wanted.launch))), state_(device, inputs_of(wanted.launch)), executable_(device, state_, plan_) {
    for (const auto& [name, slot] : state_.layout().slots) state_.upload(name, fill(slot.type));
    const double share = wanted.preparations / std::max(wanted.op.steps, 1);
    std::uint32_t first = 0;
    for (const Kernel& row : wanted.rows) {
      Entrant entrant{.first = first, .last = first + static_cast<std::uint32_t>(row.dispatches.size()), .weights = {}, .times = {}};
      for (std::uint32_t i = first; i < entrant.last; ++i)
        entrant.weights.push_back(i - first < static_cast<std::uint32_t>(row.prepares) ? share : 1.0);
      first = entrant.last;
      entrants_.push_back(std::move(entrant));
    }
    for (Entrant& entrant : entrants_) {
      run(entrant);  // some drivers compile only now
      entrant.repeats = std::clamp(static_cast<int>(kTurn / std::max(run(entrant), 1e-3)), 1, kMostRepeats);
    }
  }

  /// The winner's number.
  std::size_t run_rounds(int rounds) {
    std::vector<std::size_t> left(entrants_.size());
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = i;
    for (int round = 0; round < rounds; ++round) {
      take_turns(left, round);
      double best = 1e30;
      for (const std::size_t i : left) best = std::min(best, std::ranges::min(entrants_[i].times));
      const double limit = best * kLeave[std::min<std::size_t>(static_cast<std::size_t>(round), std::size(kLeave) - 1)];
      std::erase_if(left, [&](std::size_t i) { return std::ranges::min(entrants_[i].times) > limit; });
    }
    return *std::ranges::min_element(left, {}, [&](std::size_t i) { return median(entrants_[i].times); });
  }

  /// Times of two rows that take turns.
  std::pair<double, double> duel(std::size_t a, std::size_t b, int rounds) {
    entrants_[a].times.clear();
    entrants_[b].times.clear();
    for (int round = 0; round < rounds; ++round) take_turns(a == b ? std::vector{a} : std::vector{a, b}, round);
    return {median(entrants_[a].times), median(entrants_[b].times)};
  }

 private:
  struct Entrant {
    std::uint32_t first = 0, last = 0;  ///< commands
    int repeats = 1;                    ///< in a turn
    std::vector<double> weights;        ///< of a command's time
    std::vector<double> times;          ///< microseconds, of each turn
  };

  double run(const Entrant& entrant) {
    const Profile profile = executable_.profile(entrant.repeats, entrant.first, entrant.last);
    double sum = 0;
    for (std::size_t i = 0; i < entrant.weights.size(); ++i) sum += entrant.weights[i] * profile.microseconds[i];
    return sum;
  }

  void take_turns(std::vector<std::size_t> who, int round) {
    if (round % 2 != 0) std::ranges::reverse(who);
    for (const std::size_t i : who) entrants_[i].times.push_back(run(entrants_[i]));
  }

  Plan plan_;
  State state_;
  Executable executable_;
  std::vector<Entrant> entrants_;
};

void measure(Device& device, int rounds, Wanted& wanted) {
  Contest contest(device, wanted);
  std::size_t winner = contest.run_rounds(rounds);
  auto [fixed, best] = contest.duel(0, winner, rounds);
  if (fixed < best * kWorthwhile) winner = 0, best = fixed;
  wanted.op.tuned = {wanted.rows[winner].row, best, fixed};
}

}  // namespace

std::vector<TunedOp> tune(Device& device, const Catalog& catalog, std::span<const PlanToTune> plans, const TunerOptions& options) {
  if (options.rounds < 1 || options.rounds > 1000) throw Error("tune: " + std::to_string(options.rounds) + " rounds, expected 1..1000");
  Collection collection(catalog, options.filter);
  for (const PlanToTune& plan : plans) collection.add(plan);
  std::vector<Wanted> all = collection.take();
  std::vector<TunedOp> ops;
  for (Wanted& wanted : all) {
    try {
      measure(device, options.rounds, wanted);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::out_of_memory) throw;
      wanted.op.note = error.what();
    }
    ops.push_back(std::move(wanted.op));
    if (options.progress) options.progress(ops.size(), all.size(), ops.back());
  }
  return ops;
}

int go_back(const Plan& plan, std::span<TunedOp> ops) {
  int count = 0;
  for (TunedOp& op : ops) {
    if (!op.note.empty() || op.tuned.row == op.static_row) continue;
    if (std::ranges::none_of(plan.steps, [&](const Step& step) { return signature_of(step.launch) == op.signature; })) continue;
    op.tuned = {op.static_row, op.tuned.static_microseconds, op.tuned.static_microseconds};
    ++count;
  }
  return count;
}

Tuning tuning_of(std::span<const TunedOp> ops) {
  Tuning tuning;
  for (const TunedOp& op : ops)
    if (op.note.empty()) tuning.rows[op.signature] = op.tuned;
  return tuning;
}

}  // namespace gouache
