// What does the planner ask of the kernels, and what do they answer?  Plain data: no Vulkan, so plans are testable without a GPU.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "host/graph/attributes.h"
#include "host/graph/program.h"

namespace gouache {

/// Columns of a wider tensor: rows of `width` values begin `pitch` values apart there, the first one at value `first`.
struct Band {
  std::int64_t width = 0, pitch = 0, first = 0;
};

/// One op instance as a kernel sees it: an op (or composite), and the elementwise program fused into it.
/// Inputs are the op's own, then the program's further inputs (program.inputs[1..], or for op "elementwise" all of them).
/// Epilogue ops (matmul, conv2d, conv2d_transpose): program input 0 is the op's own result, the others are aux inputs.
/// Prologue op (reduce): program input 0 is the op's own input.
struct Launch {
  std::string op;  ///< table name, or the composite's
  Attributes attributes;
  std::vector<TensorType> inputs, outputs;
  Program program;
  std::string label;             ///< scope path, for dumps and GPU debug labels
  bool natural_weights = false;  ///< conv2d_transpose: set by the planner when input 1 lies as in the graph, not as its type says
  Band band{};                   ///< width not 0: the result is written there, output 0's operand is the whole wider tensor

  /// Bytes of output `index`'s operand.
  std::int64_t written_bytes(std::size_t index) const;
};

enum class BindingKind : std::uint8_t {
  storage,  ///< storage buffer over the operand's own range
  texel,    ///< uniform texel buffer, R32G32B32A32_SFLOAT, over the operand's own range
  uniform,  ///< uniform buffer over the operand's own range
};

enum class OperandKind : std::uint8_t { none, input, output, scratch };

/// Which of a launch's tensors a binding shows; `none` binds a small dummy range (the shader never touches it).
struct OperandRef {
  OperandKind kind = OperandKind::none;
  std::uint16_t index = 0;
  bool operator==(const OperandRef&) const = default;
};

struct Binding {
  std::uint8_t slot = 0;  ///< binding number in set 0; slots count from 0 without holes
  BindingKind kind = BindingKind::storage;
  OperandRef operand;
  bool reads = true, writes = false;
};

/// One vkCmdDispatch.
struct Dispatch {
  std::string module;  ///< SPIR-V module by build-time name, e.g. "conv2d.texel.shuffle"
  std::vector<SpecConstant> constants;
  std::vector<std::uint32_t> push;  ///< at most 32 words
  std::array<std::uint32_t, 3> grid{1, 1, 1};
  std::vector<Binding> bindings;
  std::uint32_t subgroup_size = 0;  ///< size the pipeline must run at with full subgroups; 0: any
  /// Not 0: it does two jobs of its kind as well as one. `push` is {workgroups along x, job, job of zeros}, each of so many words:
  /// invocations, first vec4 read, first vec4 written, what else it takes.
  std::uint32_t job_words = 0;
  std::int64_t job_reach = 0;  ///< bytes from the first to the last that both may read, and write
};

/// How a launch runs on this device.
struct Kernel {
  std::string row;                    ///< e.g. "subgroup 32x1 unroll 2 shuffle texel": for dumps, checkpoints, the self-test
  std::vector<Dispatch> dispatches;   ///< in order; each may depend on the one before
  std::vector<std::int64_t> scratch;  ///< bytes of each scratch operand
  std::int32_t prepares = 0;        ///< the first so many dispatches read input 1 alone (weights) and write scratch 0, which the rest only
                                    ///< reads: the planner runs them once for every value of the weights
  double flops = 0;                 ///< useful floating-point operations (no padding, no inserted zeros)
  double bytes = 0;                 ///< tensor bytes read and written
  double cost = 0;                  ///< estimated, to be compared with other rows of the same launch; 0: not estimated
  double prepare_cost = 0;          ///< of the dispatches that prepare, in the same unit; `cost` is of the others
  bool spare = false;               ///< a row before it is the same in faster teams (tile.h): for plans that have its pipelines anyway
  std::vector<Dispatch> natural{};  ///< conv2d_transpose: in the place of as many first dispatches when natural_weights; may be empty
};

class KernelCatalog {
 public:
  virtual ~KernelCatalog() = default;

  /// Every row that can run `launch` here, the preferred one first, where weights are prepared beforehand; empty when none can.
  virtual std::vector<Kernel> candidates(const Launch& launch) const = 0;

  /// The preferred row; throws Error(unsupported) naming the op and its shapes when there is none.
  Kernel select(const Launch& launch) const;

  /// Whether op `op` takes an elementwise epilogue or prologue at all.
  virtual bool takes_program(const std::string& op) const = 0;

  /// Whether composite `name` has a kernel of its own (else the planner expands its body).
  virtual bool has_composite(const std::string& name) const = 0;

  /// Bytes to which every tensor's offset is aligned (a multiple of the device's storage and texel offset alignments; 256 here).
  virtual std::int64_t alignment() const { return 256; }
};

/// "conv2d [16,32,32,64] [4,4,64,128] -> [16,16,16,128]": for errors and labels.
std::string to_text(const Launch& launch);

/// " to columns 64..127 of 128"; empty for none.
std::string to_text(const Band& band);

}  // namespace gouache
