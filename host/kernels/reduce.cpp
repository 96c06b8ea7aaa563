// Which kernels reduce over axes?  Columns (few or many, split and combined), rows, and a plain walk over any axes.
#include <algorithm>
#include <optional>

#include "host/kernels/box.h"
#include "host/kernels/columns.h"
#include "host/kernels/families.h"
#include "host/kernels/streaming.h"

namespace gouache {
namespace {

using namespace streaming;

// lavapipe of Mesa 22.3 ends a shader's loops after 65,535 iterations in all, without a word: no lane may need more.
constexpr std::int64_t kPlainChunk = 32768;       // elements a lane of reduce.comp walks when a result is split (four an iteration)
constexpr std::int64_t kLongestRow = 65536;       // elements of reduce_rows.comp
constexpr std::int64_t kLongestArgmax = 1 << 20;  // 32 an iteration

enum class ShaderKind : std::uint32_t { sum = 0, max = 1, argmax = 2 };  // reduce.comp's KIND

ShaderKind shader_kind(ReduceKind kind) {
  return kind == ReduceKind::max ? ShaderKind::max : kind == ReduceKind::argmax ? ShaderKind::argmax : ShaderKind::sum;
}

/// x seen as [outer, rows, inner], rows reduced.
struct View {
  std::int64_t outer = 1, rows = 1, inner = 1;
};

std::optional<View> view_of(const Box& box) {
  View v;
  std::size_t axis = 0, rank = box.rank();
  if (box.kind[axis] == 0) v.outer = box.extent[axis++];
  if (axis == rank || box.kind[axis] == 0) return std::nullopt;
  v.rows = box.extent[axis++];
  if (axis < rank) v.inner = box.extent[axis++];
  if (axis < rank) return std::nullopt;
  return v;
}

/// x, then the prologue's further inputs, on slots 0..2.
void bind_inputs(Dispatch& d, const Launch& launch, bool texel = false) {
  for (int i = 0; i < 3; i++)
    d.bindings.push_back(
        reads_as(texel, i, static_cast<std::size_t>(i) < launch.inputs.size() ? OperandKind::input : OperandKind::none, i));
}

void bind_scratch(Dispatch& d) { d.bindings = {reads(0, OperandKind::scratch, 0), unused(1), unused(2)}; }

std::uint32_t channels4(const Launch& launch) {
  const Shape& shape = launch.inputs[0].shape;
  return shape.empty() ? 1 : static_cast<std::uint32_t>(std::max<std::int64_t>(shape.back() / 4, 1));
}

Dispatch columns_dispatch(const Columns& c, bool texel, std::int64_t outer, ShaderKind kind, float scale, std::uint32_t channels,
                          const Program& program, const DeviceCaps& caps) {
  Dispatch d = dispatch(texel ? "reduce.columns.texel" : "reduce.columns", c.groups(), c.lanes, caps);
  d.constants.push_back({CONSTANT_SWITCH_0, kind == ShaderKind::max ? 1u : 0u});
  append_program(program, d.constants);
  Divisor divisor(channels);
  d.push = {dispatch_fold(d), word(outer * c.width), word(c.lane_groups), word(c.width), word(c.rows), word(c.chunk), word(c.splits),
            channels,         divisor.multiplier,    divisor.shift,       word(scale)};
  return d;
}

/// Any box of at most six axes: kept ones first.  Strides of x and up to two more operands; every result in `splits` pieces.
Dispatch plain_dispatch(const Box& box, std::int64_t results, std::int64_t elements, std::int64_t splits, ShaderKind kind, float scale,
                        const Program& program, const DeviceCaps& caps) {
  std::vector<std::size_t> order;
  for (int wanted : {0, 1})
    for (std::size_t i = 0; i < box.rank(); i++)
      if (box.kind[i] == wanted) order.push_back(i);
  std::uint32_t kept = static_cast<std::uint32_t>(std::ranges::count(box.kind, 0));
  std::uint32_t lanes = lanes_for(results * splits, 1, 64, caps);
  Dispatch d = dispatch("reduce.plain", ceil_div(results * splits, lanes), lanes, caps);
  d.constants.push_back({CONSTANT_SWITCH_0, static_cast<std::uint32_t>(kind)});
  d.constants.push_back({CONSTANT_SWITCH_0 + 1, kept});
  d.constants.push_back({CONSTANT_SWITCH_0 + 2, static_cast<std::uint32_t>(box.rank()) - kept});
  append_program(program, d.constants);
  auto axes = [&](const Shape& values) {
    Shape sorted;
    for (std::size_t i : order) sorted.push_back(values[i]);
    push_axes(d, sorted);
  };
  axes(box.extent);
  for (std::size_t k = 0; k < 3; k++) k < box.strides.size() ? axes(box.strides[k]) : push_axes(d, {});
  d.push.insert(d.push.end(), {word(results * splits), dispatch_fold(d), word(elements), word(scale), word(splits),
                               word(splits == 1 ? elements : kPlainChunk)});
  return d;
}

Kernel kernel_of(const Launch& launch, std::string row) {
  Kernel kernel;
  kernel.row = std::move(row);
  kernel.flops = program_flops(launch.program, launch.inputs[0].count()) + static_cast<double>(launch.inputs[0].count());
  kernel.bytes = tensor_bytes(launch);
  return kernel;
}

/// `texel`: the inputs are read as texels.
std::optional<Kernel> columns_kernel(const Launch& launch, const View& v, ShaderKind kind, float scale, bool texel,
                                     const DeviceCaps& caps) {
  if (texel && (has_mode(launch.program, InputMode::scalar) || !all_texels(launch.inputs, caps))) return std::nullopt;
  Columns c = share_columns(v.outer, v.rows, v.inner, 4, 16, 2048, false, caps);
  if (c.width == 0) return std::nullopt;
  Kernel kernel = kernel_of(launch, texel ? "columns texel" : "columns");
  bool whole = c.pieces() == 1;
  Dispatch first = columns_dispatch(c, texel, v.outer, kind, whole ? scale : 1.0f, channels4(launch), launch.program, caps);
  bind_inputs(first, launch, texel);
  if (whole) {
    first.bindings.push_back(writes(3, OperandKind::output, 0));
    kernel.dispatches.push_back(std::move(first));
    return kernel;
  }
  kernel.row += " fold " + std::to_string(c.fold_in) + " splits " + std::to_string(c.splits);
  first.bindings.push_back(writes(3, OperandKind::scratch, 0));
  kernel.dispatches.push_back(std::move(first));
  kernel.scratch = {v.outer * c.pieces() * v.inner * 4};
  if (!storage_fits(kernel.scratch[0], caps)) return std::nullopt;

  Dispatch second;
  if (v.inner % 4 == 0) {
    Columns rest;
    rest.width = v.inner / 4;
    rest.rows = rest.chunk = c.pieces();
    rest.lanes = lanes_for(v.outer * rest.width, 1, 64, caps);
    rest.lane_groups = ceil_div(v.outer * rest.width, rest.lanes);
    second = columns_dispatch(rest, false, v.outer, kind, scale, 1, {}, caps);
  } else {
    Box box{{v.outer, v.inner, c.pieces()}, {{c.pieces() * v.inner, 1, v.inner}}, {0, 0, 1}};
    second = plain_dispatch(box, v.outer * v.inner, c.pieces(), 1, kind, scale, {}, caps);
  }
  bind_scratch(second);
  second.bindings.push_back(writes(3, OperandKind::output, 0));
  kernel.dispatches.push_back(std::move(second));
  return kernel;
}

std::optional<Kernel> rows_kernel(const Launch& launch, const View& v, ShaderKind kind, float scale, const DeviceCaps& caps) {
  if (v.inner != 1 || v.rows % 4 != 0 || v.rows > kLongestRow) return std::nullopt;
  Kernel kernel = kernel_of(launch, "rows");
  std::uint32_t lanes = lanes_for(v.outer, 1, 64, caps), channels = channels4(launch);
  Dispatch d = dispatch("reduce.rows", ceil_div(v.outer, lanes), lanes, caps);
  d.constants.push_back({CONSTANT_SWITCH_0, kind == ShaderKind::max ? 1u : 0u});
  append_program(launch.program, d.constants);
  Divisor divisor(channels);
  d.push = {dispatch_fold(d), word(v.outer), word(v.rows / 4), channels, divisor.multiplier, divisor.shift, word(scale)};
  bind_inputs(d, launch);
  d.bindings.push_back(writes(3, OperandKind::output, 0));
  kernel.dispatches.push_back(std::move(d));
  return kernel;
}

/// Strides of every operand over x's axes; empty when one does not fit.
std::vector<Shape> operand_strides(const Launch& launch) {
  const Shape& shape = launch.inputs[0].shape;
  std::vector<Shape> strides{strides_of(shape)};
  for (std::size_t i = 1; i < launch.inputs.size(); i++) {
    const TensorType& t = launch.inputs[i];
    InputMode mode = launch.program.inputs[i];
    Shape s = broadcast_strides(t.shape, shape);
    if (mode == InputMode::full && t.count() == launch.inputs[0].count()) s = strides_of(shape);
    if (mode == InputMode::scalar && t.count() == 1) s.assign(shape.size(), 0);
    if (s.size() != shape.size()) return {};
    strides.push_back(std::move(s));
  }
  return strides;
}

std::vector<Kernel> reduce_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* attributes = std::get_if<ReduceAttributes>(&launch.attributes);
  std::size_t inputs = launch.inputs.size();
  if (!attributes || inputs < 1 || inputs > 3 || launch.outputs.size() != 1 || !operands_fit(launch, caps)) return {};
  bool argmax = attributes->kind == ReduceKind::argmax;
  if (!all_of_type(launch.inputs, DType::f32) || launch.outputs[0].dtype != (argmax ? DType::u32 : DType::f32)) return {};
  if (argmax && (inputs != 1 || !launch.program.empty())) return {};
  if (inputs != std::max<std::size_t>(launch.program.inputs.size(), 1)) return {};

  const Shape& shape = launch.inputs[0].shape;
  std::vector<int> kinds(shape.size(), attributes->axes.empty() ? 1 : 0);
  for (int axis : attributes->axes) {
    if (axis < 0 || static_cast<std::size_t>(axis) >= shape.size()) return {};
    kinds[static_cast<std::size_t>(axis)] = 1;
  }
  std::int64_t elements = 1, results = launch.outputs[0].count();
  for (std::size_t i = 0; i < shape.size(); i++) elements *= kinds[i] ? shape[i] : 1;
  if (elements * results != launch.inputs[0].count()) return {};
  float scale = attributes->kind == ReduceKind::mean ? static_cast<float>(1.0 / static_cast<double>(elements)) : 1.0f;
  ShaderKind kind = shader_kind(attributes->kind);

  std::vector<Kernel> kernels;
  Box own{shape, {strides_of(shape)}, kinds};
  own.collapse();
  bool aligned = !has_mode(launch.program, InputMode::channel) || (!shape.empty() && shape.back() % 4 == 0);
  if (auto view = view_of(own); view && !argmax && aligned && simple_operands(launch.program, 1, launch.inputs, 1, shape)) {
    auto rows = rows_kernel(launch, *view, kind, scale, caps);
    bool rows_first = rows && view->outer >= 256;
    if (rows_first) kernels.push_back(std::move(*rows));
    for (const bool texel : {true, false})
      if (auto columns = columns_kernel(launch, *view, kind, scale, texel, caps)) kernels.push_back(std::move(*columns));
    if (rows && !rows_first) kernels.push_back(std::move(*rows));
  }
  Box all{shape, operand_strides(launch), kinds};
  if (!all.strides.empty()) {
    all.collapse();
    std::int64_t splits = argmax || elements <= 2 * kPlainChunk ? 1 : ceil_div(elements, kPlainChunk);
    bool fits = splits == 1 || (storage_fits(results * splits * 4, caps) && splits <= 4 * kPlainChunk);
    if (all.rank() <= kBoxRank && fits && !(argmax && elements > kLongestArgmax)) {
      Kernel kernel = kernel_of(launch, "plain");
      Dispatch d = plain_dispatch(all, results, elements, splits, kind, splits == 1 ? scale : 1.0f, launch.program, caps);
      bind_inputs(d, launch);
      d.bindings.push_back(writes(3, splits == 1 ? OperandKind::output : OperandKind::scratch, 0));
      kernel.dispatches.push_back(std::move(d));
      if (splits > 1) {
        kernel.row += " splits " + std::to_string(splits);
        kernel.scratch = {results * splits * 4};
        Box pieces{{results, splits}, {{splits, 1}}, {0, 1}};
        Dispatch last = plain_dispatch(pieces, results, splits, 1, kind, scale, {}, caps);
        bind_scratch(last);
        last.bindings.push_back(writes(3, OperandKind::output, 0));
        kernel.dispatches.push_back(std::move(last));
      }
      bool tiny = elements <= 256 && results * elements <= 65536;  // one dispatch beats two
      kernels.insert(tiny ? kernels.begin() : kernels.end(), std::move(kernel));
    }
  }
  return kernels;
}

}  // namespace

const KernelFamily reduce_family{"reduce", true, false, reduce_candidates};

}  // namespace gouache
