// What will run, in which order, and where does every tensor lie?  A plan is plain data; host/runtime/executable runs it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/graph/graph.h"
#include "host/plan/catalog.h"
#include "host/plan/state_layout.h"

namespace gouache {

/// Kinds of memory a plan's tensors lie in.
enum class Storage : std::uint8_t {
  arena,     ///< scratch of the plan, shared between tensors that do not live together; zero-filled once when it is made
  state,     ///< a block of the StateLayout
  input,     ///< filled by the caller before a run; one buffer an input
  output,    ///< read by the caller after a run, host-visible; one buffer an output
  constant,  ///< filled once when the executable is made; one buffer for all
};

/// A byte range; two regions with the same storage and block may overlap only if their tensors do not live together.
struct Region {
  Storage storage = Storage::arena;
  std::int32_t block = 0;
  std::int64_t offset = 0, bytes = 0;
  std::int32_t parent = -1;  ///< region this one is a part of (a gradient in its module's bundle); -1: none
  bool overlaps(const Region& other) const {
    return storage == other.storage && block == other.block && offset < other.offset + other.bytes && other.offset < offset + bytes;
  }
};

/// One launch with its kernel and the index in Plan::regions of each operand.
struct Step {
  Launch launch;
  Kernel kernel;
  std::vector<std::int32_t> inputs, outputs, scratch;
};

/// The region that an operand of `step` shows; -1 for OperandKind::none.
std::int32_t region_of(const Step& step, const OperandRef& operand);

/// One dispatch: kernel.dispatches[dispatch] of steps[step].
struct Command {
  std::int32_t step = 0, dispatch = 0;
  bool barrier = false;  ///< a compute-to-compute memory barrier comes before it
};

struct NamedTensor {
  std::string name;
  TensorType type;
  std::int32_t region = 0;
};

struct Plan {
  std::string name;  ///< e.g. "train dcgan batch 64"
  std::vector<Region> regions;
  std::vector<Step> steps;
  std::vector<Command> commands;
  /// The first `setup_commands` depend on state and constants only (weights repacked for generation): they run when the state
  /// has changed, their results stay. The rest runs every time.
  std::int32_t setup_commands = 0;

  std::vector<std::int64_t> arena_blocks;    ///< bytes of each block
  std::vector<float> constants;              ///< the constant block's contents, word for word
  std::vector<NamedTensor> inputs, outputs;  ///< region's storage is input / output, its block the index here
  std::int64_t lower_bound = 0;              ///< bytes: the most that arena tensors alive at one time need, each in whole alignments
  std::int64_t arena_bytes() const {
    std::int64_t sum = 0;
    for (std::int64_t b : arena_blocks) sum += b;
    return sum;
  }
  double flops() const;  ///< useful operations of the commands after setup
};

struct PlanOptions {
  std::string name;
  bool fuse = true;                   ///< false: every node its own launch, for tests
  bool alias = true;                  ///< false: no two tensors share bytes, for tests
  bool setup = false;                 ///< hoist what depends on state only into the setup commands
  std::size_t wanted_pipelines = 16;  ///< of products and convolutions: with more, steps do with what others have, if they lose little
  /// Arena blocks are at most this large (a larger tensor has one of its own): with a buffer's slack 1 GiB, which every device allocates.
  std::int64_t max_block_bytes = (1ll << 30) - 65536;
  std::int64_t memory_budget = 0;  ///< bytes the arena may take; 0: no limit. Values are computed again and kernels
                                   ///< with less scratch picked until it fits; Error(out_of_memory) with both figures if not
};

/// Plans `graph`: its outputs and updates are what is computed. Throws Error(unsupported) naming the op and shapes that no kernel runs.
Plan make_plan(const Graph& graph, const StateLayout& state, const KernelCatalog& catalog, const PlanOptions& options);

/// Proves the barriers and the aliasing: every read-after-write, write-after-read and write-after-write between commands
/// (ranges, not tensors) has a barrier between them, and no command overwrites a tensor that is read later. One line a complaint;
/// empty: proved. Every slice [first, last) opens with a barrier of its own, so slices need no further check.
std::vector<std::string> verify(const Plan& plan);

/// "conv2d+bias+leaky_relu": the op and what is fused into it.
std::string name_of(const Launch& launch);

/// The plan as readable text.
std::string to_text(const Plan& plan);

}  // namespace gouache
