// Which settings does a node of each op family carry?  Plain data, compared and printed, never code.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "host/graph/tensor_type.h"

namespace gouache {

class Graph;
struct CompositeRow;

/// A variable, input or constant: where a graph's data comes from.
struct LeafAttributes {
  std::string name;
  bool operator==(const LeafAttributes&) const = default;
};

/// One value fills the shape, or one value an element in row-major order.
struct ConstantAttributes {
  std::vector<float> values;
  bool operator==(const ConstantAttributes&) const = default;
};

struct ElementwiseAttributes {
  std::uint8_t function = 0;  ///< FUNCTION_* of shaders/shared/interface.h
  bool operator==(const ElementwiseAttributes&) const = default;
};

enum class ReduceKind : std::uint8_t { sum, mean, max, argmax };

/// Reduced axes stay as extent 1.
struct ReduceAttributes {
  ReduceKind kind = ReduceKind::sum;
  std::vector<int> axes;  ///< ascending, each in [0, rank)
  bool operator==(const ReduceAttributes&) const = default;
};

/// a [B..., M, K] (or [B..., K, M] when transposed) times b [B..., K, N] (or [B..., N, K]).
struct MatmulAttributes {
  bool transpose_a = false, transpose_b = false;
  bool operator==(const MatmulAttributes&) const = default;
};

enum class Padding : std::uint8_t { zero, circular, reflect };

/// Per spatial axis (D, H, W: the last `spatial rank` entries of each array count from index 0).
/// P = floor((H + pad_before + pad_after - dilation (R - 1) - 1) / stride) + 1.
struct ConvAttributes {
  std::array<std::int32_t, 3> stride{1, 1, 1}, pad_before{}, pad_after{}, dilation{1, 1, 1};
  std::int32_t groups = 1;
  Padding padding = Padding::zero;
  Shape result;  ///< conv2d_transpose: shape of the image; conv2d_weight_grad: shape of the weights; conv2d: empty
  bool operator==(const ConvAttributes&) const = default;
};

enum class ResampleKind : std::uint8_t { nearest_up, sum_down };  // each is the other's adjoint

struct ResampleAttributes {
  ResampleKind kind = ResampleKind::nearest_up;
  std::int32_t factor = 2;  ///< the same along every spatial axis (all but the first and last)
  bool operator==(const ResampleAttributes&) const = default;
};

/// reshape, broadcast: the result's shape.
struct ShapeAttributes {
  Shape shape;
  bool operator==(const ShapeAttributes&) const = default;
};

/// Result axis i is input axis order[i].
struct PermuteAttributes {
  std::vector<int> order;
  bool operator==(const PermuteAttributes&) const = default;
};

/// Result element j along axis i is input element begin[i] + j.
struct SliceAttributes {
  Shape begin, extent;
  bool operator==(const SliceAttributes&) const = default;
};

/// Zeros around; slice's adjoint.
struct PadAttributes {
  Shape before, after;
  bool operator==(const PadAttributes&) const = default;
};

struct ConcatAttributes {
  int axis = 0;
  bool operator==(const ConcatAttributes&) const = default;
};

/// gather: result[i] = scale * data[indices[i]] + offset; scatter_add: its adjoint into `rows` rows.
struct GatherAttributes {
  float scale = 1.0f, offset = 0.0f;
  std::int64_t rows = 0;
  bool operator==(const GatherAttributes&) const = default;
};

enum class Distribution : std::uint8_t { normal, uniform, permutation };

/// Sample i (along axis 0) of step s is global sample s * samples_per_step + first_sample + i of its stream.
/// permutation: u32 indices in [0, count) such that every epoch of `count` samples visits each index once.
struct RandomAttributes {
  Distribution distribution = Distribution::normal;
  std::uint32_t stream = 0;  ///< STREAM_*
  Shape shape;
  std::int64_t samples_per_step = 0, first_sample = 0, count = 0;
  bool operator==(const RandomAttributes&) const = default;
};

enum class OptimizerKind : std::uint8_t { sgd, adam };

/// Inputs: control, then `parameters` tensors each of parameter, gradient, and (adam) first moment, second moment, and
/// (ema_decay > 0) average. Outputs in place: parameters, moments, averages. The update number is
/// t = control step * updates_per_step + update + 1.
struct OptimizerAttributes {
  OptimizerKind kind = OptimizerKind::adam;
  std::int32_t parameters = 0;
  float rate = 2e-4f, beta1 = 0.5f, beta2 = 0.999f, epsilon = 1e-8f, ema_decay = 0.0f;
  std::int32_t updates_per_step = 1, update = 0;
  bool operator==(const OptimizerAttributes&) const = default;
};

/// A node that carries its body in base ops; see CompositeRow in graph.h.
struct CompositeAttributes {
  const CompositeRow* row = nullptr;
  std::vector<float> parameters;  ///< the row says which
  bool operator==(const CompositeAttributes&) const = default;
};

using Attributes =
    std::variant<std::monostate, LeafAttributes, ConstantAttributes, ElementwiseAttributes, ReduceAttributes, MatmulAttributes,
                 ConvAttributes, ResampleAttributes, ShapeAttributes, PermuteAttributes, SliceAttributes, PadAttributes, ConcatAttributes,
                 GatherAttributes, RandomAttributes, OptimizerAttributes, CompositeAttributes>;

/// " stride 2x2 pad 1,1": what a plan dump and an error print after the op's name; empty when there is nothing to say.
std::string to_text(const Attributes& attributes);

}  // namespace gouache
