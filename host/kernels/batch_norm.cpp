// Which kernels run batch norm and its gradient?  A pass of sums over the data, a small join, and a pass that applies.
#include <algorithm>
#include <optional>

#include "host/kernels/columns.h"
#include "host/kernels/families.h"
#include "host/kernels/streaming.h"

namespace gouache {
namespace {

using namespace streaming;

constexpr std::int64_t kMostPieces = 256;  // partial sums a channel that the join reads one after the other

/// x as [pixels, channels], shared out for the pass that sums and for the pass that applies.
struct Passes {
  std::int64_t pixels = 0, channels = 0, width = 4;  // elements; elements of a value
  bool texel = false;                                // whether data is read as texels
  Columns sums, apply;
  std::int64_t tail() const { return sums.splits * 2 * sums.width; }  // scratch values before the channels' own
  std::int64_t channel_values() const { return channels / width; }
};

/// The forms that a pass's module is built in.
struct Form {
  std::int64_t width;  ///< elements of a value
  bool texel;
};
constexpr Form kForms[] = {{4, true}, {4, false}, {1, false}};

std::optional<Passes> passes_of(const TensorType& x, const Form& form, const DeviceCaps& caps) {
  const std::int64_t width = form.width;
  Passes p;
  p.texel = form.texel;
  if (x.shape.empty() || x.shape.back() % width != 0) return std::nullopt;
  p.channels = x.shape.back();
  p.pixels = x.count() / p.channels;
  p.width = width;
  p.sums = share_columns(1, p.pixels, p.channels, width, 16, kMostPieces, true, caps);
  p.apply = share_columns(1, p.pixels, p.channels, width, 8, 1 << 20, true, caps);
  return p;
}

Dispatch pass(const std::string& module, const Passes& p, const Columns& c, std::uint32_t last, const DeviceCaps& caps) {
  Dispatch d = dispatch(module + (p.texel ? ".vec4.texel" : p.width == 4 ? ".vec4" : ".plain"), c.groups(), c.lanes, caps);
  d.constants.push_back({CONSTANT_COLUMNS, c.columns});
  d.push = {dispatch_fold(d), word(c.lane_groups),      word(c.width), word(c.rows), word(c.chunk),
            word(c.splits),   word(p.channel_values()), last};
  return d;
}

/// A lane a channel over the partial sums of `p.sums`.
Dispatch join(const std::string& module, const Passes& p, float last, const DeviceCaps& caps) {
  std::uint32_t lanes = lanes_for(p.channel_values(), 1, 64, caps);
  Dispatch d = dispatch(module + (p.width == 4 ? ".vec4" : ".plain"), ceil_div(p.channel_values(), lanes), lanes, caps);
  const Columns& c = p.sums;
  d.push = {dispatch_fold(d), word(c.lane_groups),      word(c.width), word(c.rows), word(c.chunk),
            word(c.splits),   word(p.channel_values()), word(last)};
  return d;
}

std::string row_of(const Passes& p) {
  return std::string(p.texel        ? "vec4 texel"
                     : p.width == 4 ? "vec4"
                                    : "plain") +
         " fold " + std::to_string(p.sums.fold_in) + " splits " + std::to_string(p.sums.splits);
}

/// The program as an elementwise dispatch of its own: input 0 and the result are given, aux inputs begin at launch input `first_aux`.
std::optional<Dispatch> program_dispatch(const Launch& launch, std::size_t first_aux, OperandRef input, OperandRef result,
                                         const DeviceCaps& caps) {
  Launch alone{"elementwise", {}, {launch.outputs[0]}, {launch.outputs[0]}, launch.program, {}};
  alone.inputs.insert(alone.inputs.end(), launch.inputs.begin() + static_cast<std::ptrdiff_t>(first_aux), launch.inputs.end());
  const auto in_place = [&](const Kernel& kernel) {  // texels are not read where results go
    return std::ranges::none_of(kernel.dispatches[0].bindings, [](const Binding& b) {
      return b.kind == BindingKind::texel && b.operand == OperandRef{OperandKind::input, 0};
    });
  };
  const std::vector<Kernel> kernels = elementwise_family.candidates(alone, caps);
  const auto kernel =
      std::ranges::find_if(kernels, [&](const Kernel& k) { return k.dispatches.size() == 1 && (input != result || in_place(k)); });
  if (kernel == kernels.end()) return std::nullopt;
  Dispatch d = kernel->dispatches[0];
  for (Binding& b : d.bindings) {
    if (b.operand.kind == OperandKind::output)
      b.operand = result;
    else if (b.operand.kind == OperandKind::input)
      b.operand =
          b.operand.index == 0 ? input : OperandRef{OperandKind::input, static_cast<std::uint16_t>(first_aux + b.operand.index - 1)};
  }
  return d;
}

bool channel_vectors(const Launch& launch, std::initializer_list<std::pair<const TensorType*, std::int64_t>> vectors) {
  std::int64_t channels = launch.inputs[0].shape.empty() ? 0 : launch.inputs[0].shape.back();
  return std::ranges::all_of(vectors, [&](const auto& v) { return v.first->count() == v.second * channels; });
}

std::size_t aux_count(const Program& program) { return program.inputs.empty() ? 0 : program.inputs.size() - 1; }

/// Whether the aux inputs of a fused program, from launch input `first` on, can be read in this form; a single value has no texel.
bool reads_aux(const Launch& launch, std::size_t first, const Form& form, const DeviceCaps& caps) {
  if (!form.texel) return true;
  const std::vector<TensorType> aux(launch.inputs.begin() + static_cast<std::ptrdiff_t>(first), launch.inputs.end());
  return all_texels({launch.inputs[0]}, caps) && all_texels(aux, caps);
}

constexpr std::int64_t kMostWholeRows = 98304;            // lavapipe of Mesa 22.3 ends a shader's loops after 65,535 iterations in all
constexpr std::int64_t kSmall = std::int64_t{256} << 10;  // bytes that one worker passes over sooner than three dispatches begin

/// Of the composites' parameters: batches along the first axis that are normalised apart; 0: not whole ones.
std::int64_t groups_of(const Launch& launch, const CompositeAttributes& attributes) {
  const std::int64_t groups = attributes.parameters.size() > 1 ? static_cast<std::int64_t>(attributes.parameters[1]) : 1;
  return launch.inputs[0].shape.empty() || groups < 1 || launch.inputs[0].shape[0] % groups != 0 ? 0 : groups;
}

/// One dispatch in which each lane walks all rows of its channels, where the channels alone keep a software driver's workers busy.
/// `apart`: groups are shared out among lanes, not walked one after another. The vectors of a value a channel are texels in either form.
std::optional<Kernel> whole(const std::string& module, const Launch& launch, std::int64_t groups, bool apart, bool texel,
                            const DeviceCaps& caps) {
  const TensorType& x = launch.inputs[0];
  const std::int64_t channels = x.shape.back(), rows = x.count() / channels, width = channels / 4, walks = width * (apart ? groups : 1);
  const std::uint32_t lanes = lanes_for(width, 1, 8, caps);
  if (!caps.is_cpu || channels % 4 != 0 || rows > kMostWholeRows || (width < 2 * lanes && x.bytes() > kSmall)) return std::nullopt;
  if (aux_count(launch.program) > 1 || !texels_fit(8 * groups * channels, caps)) return std::nullopt;
  if (texel && !all_texels(launch.inputs, caps)) return std::nullopt;
  // Several columns a lane (column_pieces.glsl), as long as two workers have a workgroup each: longer pieces of each row.
  std::uint32_t columns = 1;
  while (columns < 4 && lanes == RUN_LANES && width % (2 * columns * lanes) == 0 && walks >= 4 * columns * lanes) columns *= 2;
  Dispatch d = dispatch(module + (texel ? ".texel" : ".vec4"), ceil_div(walks, columns * lanes), lanes, caps);
  d.constants.push_back({CONSTANT_COLUMNS, columns});
  append_program(launch.program, d.constants);
  d.push = {dispatch_fold(d), word(width), word(rows / groups), word(groups)};
  return Kernel{texel ? "whole texel" : "whole vec4", {std::move(d)}, {}, 0, 0, 0};
}

std::optional<Kernel> whole_forward(const Launch& launch, float epsilon, std::int64_t groups, bool texel, const DeviceCaps& caps) {
  std::optional<Kernel> kernel = whole("batch_norm.whole", launch, groups, true, texel, caps);
  if (!kernel) return std::nullopt;
  Dispatch& d = kernel->dispatches[0];
  d.push.push_back(word(epsilon));
  d.bindings = {reads_as(texel, 0, OperandKind::input, 0),
                reads_texels(1, OperandKind::input, 1),
                reads_as(texel, 2, aux_count(launch.program) == 1 ? OperandKind::input : OperandKind::none, 3),
                writes(3, OperandKind::output, 0),
                reads_texels(4, OperandKind::input, 2),
                writes(5, OperandKind::output, 1)};
  return kernel;
}

std::optional<Kernel> whole_backward(const Launch& launch, float epsilon, std::int64_t groups, bool texel, const DeviceCaps& caps) {
  constexpr std::uint32_t kStorageBuffers = 6;  // without texels: more than every device has
  if (!texel && caps.max_storage_buffers < kStorageBuffers) return std::nullopt;
  std::optional<Kernel> kernel = whole("batch_norm_gradient.whole", launch, groups, false, texel, caps);
  if (!kernel) return std::nullopt;
  Dispatch& d = kernel->dispatches[0];
  const auto rows = static_cast<double>(launch.inputs[0].count() / launch.inputs[0].shape.back() / groups);
  d.push.insert(d.push.end(), {word(epsilon), word(static_cast<float>(1.0 / rows))});
  d.bindings = {reads_as(texel, 0, OperandKind::input, 0),
                reads_as(texel, 1, OperandKind::input, 1),
                reads_as(texel, 2, aux_count(launch.program) == 1 ? OperandKind::input : OperandKind::none, 4),
                writes(3, OperandKind::output, 0),
                reads_texels(4, OperandKind::input, 2),
                reads_texels(5, OperandKind::input, 3),
                writes(6, OperandKind::output, 1),
                writes(7, OperandKind::output, 2)};
  return kernel;
}

constexpr std::int64_t kLarge = std::int64_t{8} << 20;  // bytes

/// The rows in order of preference, given those of one dispatch first: past `large` bytes three dispatches, each over the rows as they lie,
/// beat one that walks columns (16 MiB, newer lavapipe / 22.3: forward 3.6 / 6.6 against 3.5 / 9 ms, gradient 6.5 / 7.5 against 8.2 / 9
/// ms).
std::vector<Kernel> preferred(std::vector<Kernel> kernels, const Launch& launch, std::int64_t large) {
  const auto three = std::ranges::find_if(kernels, [](const Kernel& k) { return k.dispatches.size() > 1; });
  if (three != kernels.end() && launch.inputs[0].bytes() > large) std::rotate(kernels.begin(), three, three + 1);
  return kernels;
}

/// Of a gradient: sooner where a lane of the one dispatch has a single column, so that no workgroup reads whole rows (NOTES.md).
std::int64_t large_gradient(const Launch& launch) {
  constexpr std::int64_t kTwoColumns = 4 * 2 * 2 * RUN_LANES;  // channels of two workgroups with two columns a lane
  return launch.inputs[0].shape.back() < kTwoColumns ? kLarge / 4 : kLarge;
}

double forward_flops(const Launch& launch) {
  return 7 * static_cast<double>(launch.inputs[0].count()) + program_flops(launch.program, launch.inputs[0].count());
}
double backward_flops(const Launch& launch) {
  return 9 * static_cast<double>(launch.inputs[0].count()) + 2 * program_flops(launch.program, launch.inputs[0].count());
}

std::optional<Kernel> forward(const Launch& launch, float epsilon, const Form& form, const DeviceCaps& caps) {
  const std::int64_t width = form.width;
  std::optional<Passes> p = passes_of(launch.inputs[0], form, caps);
  if (!p || !reads_aux(launch, 3, form, caps)) return std::nullopt;
  Kernel kernel;
  kernel.row = row_of(*p);
  kernel.scratch = {(p->tail() * width + 3 * p->channels) * 4};
  if (!storage_fits(kernel.scratch[0], caps)) return std::nullopt;

  Dispatch sums = pass("batch_norm.statistics", *p, p->sums, 0, caps);
  sums.push.pop_back();
  sums.bindings = {reads_as(form.texel, 0, OperandKind::input, 0), writes(1, OperandKind::scratch, 0)};
  Dispatch total = join("batch_norm.total", *p, epsilon, caps);
  total.bindings = {updates(0, OperandKind::scratch, 0), reads(1, OperandKind::input, 1), reads(2, OperandKind::input, 2),
                    writes(3, OperandKind::output, 1)};
  bool fused = aux_count(launch.program) <= 1;
  Dispatch apply = pass("batch_norm.apply", *p, p->apply, word(p->tail()), caps);
  append_program(fused ? launch.program : Program{}, apply.constants);
  apply.bindings = {reads_as(form.texel, 0, OperandKind::input, 0), reads(1, OperandKind::scratch, 0),
                    reads_as(form.texel, 2, fused && aux_count(launch.program) == 1 ? OperandKind::input : OperandKind::none, 3),
                    writes(3, OperandKind::output, 0)};
  kernel.dispatches = {std::move(sums), std::move(total), std::move(apply)};
  if (!fused) {
    std::optional<Dispatch> program = program_dispatch(launch, 3, {OperandKind::output, 0}, {OperandKind::output, 0}, caps);
    if (!program) return std::nullopt;
    kernel.dispatches.push_back(std::move(*program));
    kernel.row += " + program";
  }
  return kernel;
}

std::vector<Kernel> batch_norm_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* a = std::get_if<CompositeAttributes>(&launch.attributes);
  if (!a || a->parameters.empty() || launch.inputs.size() != 3 + aux_count(launch.program) || launch.outputs.size() != 2) return {};
  if (!all_of_type(launch.inputs, DType::f32) || !all_of_type(launch.outputs, DType::f32) || !operands_fit(launch, caps)) return {};
  const std::int64_t groups = groups_of(launch, *a);
  if (groups == 0 || !channel_vectors(launch, {{&launch.inputs[1], 1}, {&launch.inputs[2], 1}, {&launch.outputs[1], 2 * groups}}))
    return {};
  if (launch.outputs[0].count() != launch.inputs[0].count() || aux_count(launch.program) > 2) return {};
  if (!simple_operands(launch.program, 1, launch.inputs, 3, launch.inputs[0].shape)) return {};
  std::vector<Kernel> kernels;
  for (bool texel : {true, false})
    if (auto kernel = whole_forward(launch, a->parameters[0], groups, texel, caps)) kernels.push_back(std::move(*kernel));
  for (const Form& form : std::span(kForms).first(groups == 1 ? std::size(kForms) : 0))
    if (auto kernel = forward(launch, a->parameters[0], form, caps)) kernels.push_back(std::move(*kernel));
  for (Kernel& kernel : kernels) {
    kernel.flops = forward_flops(launch);
    kernel.bytes = tensor_bytes(launch) + static_cast<double>(launch.inputs[0].bytes());  // x is read twice
  }
  return preferred(std::move(kernels), launch, kLarge);
}

std::optional<Kernel> backward(const Launch& launch, float epsilon, const Form& form, const DeviceCaps& caps) {
  const std::int64_t width = form.width;
  std::optional<Passes> p = passes_of(launch.inputs[0], form, caps);
  if (!p || !reads_aux(launch, 4, form, caps)) return std::nullopt;
  Kernel kernel;
  kernel.row = row_of(*p);
  kernel.scratch = {(p->tail() * width + 5 * p->channels) * 4};
  if (!storage_fits(kernel.scratch[0], caps)) return std::nullopt;
  if (width == 4 && (!texels_fit(kernel.scratch[0], caps) || !texels_fit(launch.inputs[3].bytes(), caps))) return std::nullopt;

  std::size_t aux = aux_count(launch.program);
  bool fused = aux == 0 || (aux == 1 && width == 4);
  Binding dy = reads_as(form.texel, 0, OperandKind::input, 0);
  if (!fused) {
    kernel.scratch.push_back(launch.inputs[0].bytes());
    std::optional<Dispatch> program = program_dispatch(launch, 4, {OperandKind::input, 0}, {OperandKind::scratch, 1}, caps);
    if (!program) return std::nullopt;
    kernel.dispatches.push_back(std::move(*program));
    kernel.row += " + program";
    dy = reads_as(form.texel, 0, OperandKind::scratch, 1);
  }
  const Program none, &program = fused ? launch.program : none;
  Binding second = reads_as(form.texel, 2, fused && aux == 1 ? OperandKind::input : OperandKind::none, 4);

  Dispatch sums = pass("batch_norm_gradient.sums", *p, p->sums, word(epsilon), caps);
  append_program(program, sums.constants);
  sums.bindings = {dy, reads_as(form.texel, 1, OperandKind::input, 1), width == 4 ? second : reads(2, OperandKind::input, 3),
                   writes(3, OperandKind::scratch, 0), width == 4 ? reads_texels(4, OperandKind::input, 3) : unused(4, BindingKind::texel)};
  Dispatch total = join("batch_norm_gradient.total", *p, static_cast<float>(1.0 / static_cast<double>(p->pixels)), caps);
  total.bindings = {updates(0, OperandKind::scratch, 0), reads(1, OperandKind::input, 2), writes(2, OperandKind::output, 1),
                    writes(3, OperandKind::output, 2)};
  Dispatch apply = pass("batch_norm_gradient.apply", *p, p->apply, word(p->tail()), caps);
  append_program(program, apply.constants);
  apply.bindings = {dy, reads_as(form.texel, 1, OperandKind::input, 1), width == 4 ? second : reads(2, OperandKind::scratch, 0),
                    writes(3, OperandKind::output, 0),
                    width == 4 ? reads_texels(4, OperandKind::scratch, 0) : unused(4, BindingKind::texel)};
  for (Dispatch* d : {&sums, &total, &apply}) kernel.dispatches.push_back(std::move(*d));
  return kernel;
}

std::vector<Kernel> batch_norm_gradient_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* a = std::get_if<CompositeAttributes>(&launch.attributes);
  std::size_t aux = aux_count(launch.program);
  if (!a || a->parameters.empty() || launch.inputs.size() != 4 + aux || launch.outputs.size() != 3 || aux > 2) return {};
  if (!all_of_type(launch.inputs, DType::f32) || !all_of_type(launch.outputs, DType::f32) || !operands_fit(launch, caps)) return {};
  const std::int64_t groups = groups_of(launch, *a);
  if (groups == 0 ||
      !channel_vectors(launch, {{&launch.inputs[2], 1}, {&launch.inputs[3], 2 * groups}, {&launch.outputs[1], 1}, {&launch.outputs[2], 1}}))
    return {};
  if (launch.inputs[1].count() != launch.inputs[0].count() || launch.outputs[0].count() != launch.inputs[0].count()) return {};
  if (!simple_operands(launch.program, 1, launch.inputs, 4, launch.inputs[0].shape)) return {};
  std::vector<Kernel> kernels;
  for (bool texel : {true, false})
    if (auto kernel = whole_backward(launch, a->parameters[0], groups, texel, caps)) kernels.push_back(std::move(*kernel));
  for (const Form& form : std::span(kForms).first(groups == 1 ? std::size(kForms) : 0))
    if (auto kernel = backward(launch, a->parameters[0], form, caps)) kernels.push_back(std::move(*kernel));
  for (Kernel& kernel : kernels) {
    kernel.flops = backward_flops(launch);
    kernel.bytes = tensor_bytes(launch) + static_cast<double>(launch.inputs[0].bytes()) * static_cast<double>(2 + aux);  // read twice
  }
  return preferred(std::move(kernels), launch, large_gradient(launch));
}

}  // namespace

const KernelFamily batch_norm_family{"batch_norm", true, true, batch_norm_candidates};
const KernelFamily batch_norm_gradient_family{"batch_norm_gradient", true, true, batch_norm_gradient_candidates};

}  // namespace gouache
