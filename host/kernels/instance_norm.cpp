// Which kernels run instance norm?  A pass of sums over each image, a small join, and a pass that applies, as for batch norm.
#include <algorithm>
#include <optional>

#include "host/kernels/columns.h"
#include "host/kernels/families.h"
#include "host/kernels/streaming.h"

namespace gouache {
namespace {

using namespace streaming;

constexpr std::int64_t kMostPieces = 256;  // partial sums a channel that the join reads one after the other

/// The forms that a pass's module is built in.
struct Form {
  const char* name;
  std::int64_t width;  ///< elements of a value
  bool texel;          ///< whether x is read as texels
};
constexpr Form kForms[] = {{"vec4 texel", 4, true}, {"vec4", 4, false}, {"plain", 1, false}};

struct Instance {
  std::int64_t images = 0, pixels = 0, channels = 0;  ///< channels in elements
};

Dispatch pass(const std::string& module, const Form& form, const Instance& n, const Columns& c, std::int64_t groups, std::uint32_t lanes,
              const DeviceCaps& caps) {
  Dispatch d = dispatch(module + (form.texel ? ".vec4.texel" : form.width == 4 ? ".vec4" : ".plain"), groups, lanes, caps);
  d.push = {dispatch_fold(d), word(c.lane_groups), word(n.images * c.width), word(c.width),
            word(c.rows),     word(c.chunk),       word(c.splits),           word(n.channels / form.width)};
  return d;
}

std::optional<Kernel> kernel_of(const Launch& launch, const Instance& n, float epsilon, const Form& form, const DeviceCaps& caps) {
  if (n.channels % form.width != 0 || launch.band.pitch % form.width != 0 || launch.band.first % form.width != 0) return std::nullopt;
  const std::vector<TensorType> read{launch.inputs[0]}, aux(launch.inputs.begin() + 3, launch.inputs.end());
  if (form.texel && (!all_texels(read, caps) || !all_texels(aux, caps) || has_mode(launch.program, InputMode::scalar))) return std::nullopt;
  const Columns sums = share_columns(n.images, n.pixels, n.channels, form.width, 16, kMostPieces, true, caps);
  const Columns apply = share_columns(n.images, n.pixels, n.channels, form.width, 8, 1 << 20, true, caps);
  const std::int64_t tail = sums.splits * 2 * n.images * sums.width, channel_values = n.images * n.channels / form.width;
  Kernel kernel;
  kernel.row = std::string(form.name) + " fold " + std::to_string(sums.fold_in) + " splits " + std::to_string(sums.splits);
  kernel.scratch = {(tail + 3 * channel_values) * form.width * 4};
  if (!storage_fits(kernel.scratch[0], caps)) return std::nullopt;

  Dispatch first = pass("instance_norm.statistics", form, n, sums, sums.groups(), sums.lanes, caps);
  first.bindings = {reads_as(form.texel, 0, OperandKind::input, 0), writes(1, OperandKind::scratch, 0)};
  const std::uint32_t lanes = lanes_for(channel_values, 1, 64, caps);
  const Form& untexeled = kForms[form.width == 4 ? 1 : 2];
  Dispatch total = pass("instance_norm.total", untexeled, n, sums, ceil_div(channel_values, lanes), lanes, caps);
  total.push.push_back(word(epsilon));
  total.bindings = {updates(0, OperandKind::scratch, 0), reads(1, OperandKind::input, 1), reads(2, OperandKind::input, 2)};
  first.constants.push_back({CONSTANT_COLUMNS, sums.columns});
  Dispatch second = pass("instance_norm.apply", form, n, apply, apply.groups(), apply.lanes, caps);
  second.constants.push_back({CONSTANT_COLUMNS, apply.columns});
  const Band band = launch.band.width > 0 ? launch.band : Band{n.channels, n.channels, 0};
  const std::int64_t pitch = band.pitch / form.width;
  second.push.insert(second.push.end(), {word(tail), word(channel_values), word(band.first / form.width), word(pitch),
                                         word(apply.width * form.width / n.channels * pitch)});
  append_program(launch.program, second.constants);
  second.bindings = {reads_as(form.texel, 0, OperandKind::input, 0), reads(1, OperandKind::scratch, 0),
                     reads_as(form.texel, 2, aux.empty() ? OperandKind::none : OperandKind::input, 3), writes(3, OperandKind::output, 0)};
  for (Dispatch* d : {&first, &total, &second}) kernel.dispatches.push_back(std::move(*d));
  const double count = static_cast<double>(launch.inputs[0].count());
  kernel.flops = 7 * count + program_flops(launch.program, launch.inputs[0].count());
  kernel.bytes = tensor_bytes(launch) + 4 * count;  // x is read twice
  return kernel;
}

std::vector<Kernel> candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* a = std::get_if<CompositeAttributes>(&launch.attributes);
  const std::size_t aux = launch.program.inputs.empty() ? 0 : launch.program.inputs.size() - 1;
  if (!a || a->parameters.empty() || aux > 1 || launch.inputs.size() != 3 + aux || launch.outputs.size() != 1) return {};
  if (!all_of_type(launch.inputs, DType::f32) || !all_of_type(launch.outputs, DType::f32) || !operands_fit(launch, caps)) return {};
  const Shape& x = launch.inputs[0].shape;
  if (x.size() < 3 || launch.outputs[0].count() != launch.inputs[0].count()) return {};
  const Instance n{x[0], launch.inputs[0].count() / (x[0] * x.back()), x.back()};
  if (launch.inputs[1].count() != n.channels || launch.inputs[2].count() != n.channels) return {};
  if (!simple_operands(launch.program, 1, launch.inputs, 3, x)) return {};
  if (launch.band.width > 0 && launch.band.width != n.channels) return {};
  std::vector<Kernel> kernels;
  for (const Form& form : kForms)
    if (auto kernel = kernel_of(launch, n, a->parameters[0], form, caps)) kernels.push_back(std::move(*kernel));
  return kernels;
}

}  // namespace

const KernelFamily instance_norm_family{"instance_norm", true, true, candidates, nullptr, true};

}  // namespace gouache
