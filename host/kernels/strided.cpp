// Which kernels rearrange a tensor?  permute, slice, concat, broadcast and copy are one strided copy; pad has zeros around it.
#include <algorithm>
#include <optional>

#include "host/kernels/box.h"
#include "host/kernels/families.h"
#include "host/kernels/streaming.h"

namespace gouache {
namespace {

using namespace streaming;

/// One strided copy: box.strides[0] walks input `input` from element `from`, box.strides[1] the output from element `to`.
struct Copy {
  int input = 0;
  Box box;
  std::int64_t from = 0, to = 0;
};

bool four_byte(const Launch& launch, const DeviceCaps& caps) {
  if (launch.inputs.empty() || launch.outputs.size() != 1 || !operands_fit(launch, caps)) return false;
  DType type = launch.outputs[0].dtype;
  return size_of(type) == 4 && all_of_type(launch.inputs, type);
}

/// How values are read and written.
struct Form {
  const char *row, *module;
  bool vec4, texel;
};
constexpr Form kForms[] = {{"vec4 texel", "strided_copy.vec4.texel", true, true},
                           {"vec4", "strided_copy.vec4", true, false},
                           {"plain", "strided_copy.plain", false, false}};

std::optional<Dispatch> dispatch_copy(Copy copy, const Launch& launch, const Form& form, const DeviceCaps& caps) {
  const TensorType& source = launch.inputs[static_cast<std::size_t>(copy.input)];
  if (form.texel && (source.dtype != DType::f32 || !all_texels({source}, caps))) return std::nullopt;
  copy.box.collapse();
  if (copy.box.rank() > kBoxRank) return std::nullopt;
  if (form.vec4) {
    if (!copy.box.takes_vec4(false) || copy.from % 4 != 0 || copy.to % 4 != 0) return std::nullopt;
    const bool repeats = std::ranges::find(copy.box.strides[0], 0) != copy.box.strides[0].end();
    if (!repeats) copy.box.walk_along(0);  // gaps cost less where it writes than where it reads: NOTES.md
    copy.box.divide_by_4();
    copy.from /= 4;
    copy.to /= 4;
  }
  std::int64_t values = element_count(copy.box.extent);
  std::uint32_t lanes = lanes_for(values, 4, 256, caps);
  Dispatch d = dispatch(form.module, ceil_div(values, 4 * lanes), lanes, caps);
  d.constants.push_back({CONSTANT_SWITCH_0, static_cast<std::uint32_t>(copy.box.rank())});
  d.constants.push_back({CONSTANT_SWITCH_0 + 1, form.vec4 ? step_along(copy.box.extent.back(), caps) : 0u});
  push_box(d, copy.box);
  d.push.insert(d.push.end(), {word(copy.from), word(copy.to)});
  push_axes(d, copy.box.strides[0]);
  push_axes(d, copy.box.strides[1]);
  d.bindings = {reads_as(form.texel, 0, OperandKind::input, copy.input), writes(1, OperandKind::output, 0)};
  return d;
}

/// A row for each form: every copy by the best form from that one on that fits; named "mixed" where they differ.
std::vector<Kernel> copy_kernels(const Launch& launch, const DeviceCaps& caps, const std::vector<Copy>& copies) {
  std::vector<Kernel> kernels;
  for (std::size_t first = 0; first < std::size(kForms); first++) {
    Kernel kernel;
    std::size_t alike = 0;
    for (const Copy& copy : copies) {
      std::optional<Dispatch> d;
      std::size_t form = first;
      while (form < std::size(kForms) && !(d = dispatch_copy(copy, launch, kForms[form], caps))) form++;
      if (!d) return {};
      alike += form == first ? 1 : 0;
      kernel.dispatches.push_back(std::move(*d));
    }
    if (alike == 0) continue;  // the next row is the same
    kernel.row = (alike == copies.size() ? "" : "mixed ") + std::string(kForms[first].row);
    kernel.bytes = 2 * static_cast<double>(launch.outputs[0].bytes());
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

std::vector<Kernel> permute_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* attributes = std::get_if<PermuteAttributes>(&launch.attributes);
  if (!attributes || !four_byte(launch, caps) || launch.inputs.size() != 1) return {};
  const Shape &in = launch.inputs[0].shape, &out = launch.outputs[0].shape;
  if (attributes->order.size() != in.size() || out.size() != in.size()) return {};
  Shape in_strides = strides_of(in), walked;
  for (int axis : attributes->order) walked.push_back(in_strides[static_cast<std::size_t>(axis)]);
  Copy copy{0, Box{out, {walked, strides_of(out)}, {}}};
  std::vector<Kernel> kernels = copy_kernels(launch, caps, {copy});

  Box box = copy.box;  // [B, N, M] out of [B, M, N]?
  box.collapse();
  if (box.rank() == 2) {
    box.extent.insert(box.extent.begin(), 1);
    box.strides[0].insert(box.strides[0].begin(), box.extent[1] * box.extent[2]);
  }
  if (box.rank() == 3 && box.extent[1] % 4 == 0 && box.extent[2] % 4 == 0 &&
      box.strides[0] == Shape{box.extent[1] * box.extent[2], 1, box.extent[1]}) {
    std::int64_t n4 = box.extent[1] / 4, m4 = box.extent[2] / 4, blocks = box.extent[0] * n4 * m4;
    std::uint32_t lanes = lanes_for(blocks, 1, 64, caps);
    Dispatch d = dispatch("permute.blocks", ceil_div(blocks, lanes), lanes, caps);
    Divisor by_m(word(m4)), by_n(word(n4));
    d.push = {word(blocks), dispatch_fold(d), word(m4), word(n4), by_m.multiplier, by_m.shift, by_n.multiplier, by_n.shift};
    d.bindings = {reads(0, OperandKind::input, 0), writes(1, OperandKind::output, 0)};
    Kernel kernel;
    kernel.row = "blocks 4x4";
    kernel.bytes = tensor_bytes(launch);
    kernel.dispatches.push_back(std::move(d));
    kernels.insert(kernels.begin(), std::move(kernel));
  }
  return kernels;
}

std::vector<Kernel> slice_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* attributes = std::get_if<SliceAttributes>(&launch.attributes);
  if (!attributes || !four_byte(launch, caps) || launch.inputs.size() != 1) return {};
  const Shape &in = launch.inputs[0].shape, &out = launch.outputs[0].shape;
  if (attributes->begin.size() != in.size() || out.size() != in.size()) return {};
  Shape strides = strides_of(in);
  std::int64_t from = 0;
  for (std::size_t i = 0; i < in.size(); i++) from += attributes->begin[i] * strides[i];
  return copy_kernels(launch, caps, {Copy{0, Box{out, {strides, strides_of(out)}, {}}, from}});
}

std::vector<Kernel> concat_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* attributes = std::get_if<ConcatAttributes>(&launch.attributes);
  if (!attributes || !four_byte(launch, caps)) return {};
  const Shape& out = launch.outputs[0].shape;
  if (attributes->axis < 0 || static_cast<std::size_t>(attributes->axis) >= out.size()) return {};
  std::size_t axis = static_cast<std::size_t>(attributes->axis);
  std::vector<Copy> copies;
  std::int64_t to = 0;
  for (std::size_t i = 0; i < launch.inputs.size(); i++) {
    const Shape& in = launch.inputs[i].shape;
    if (in.size() != out.size()) return {};
    copies.push_back({static_cast<int>(i), Box{in, {strides_of(in), strides_of(out)}, {}}, 0, to});
    to += in[axis] * strides_of(out)[axis];
  }
  return copy_kernels(launch, caps, copies);
}

std::vector<Kernel> broadcast_candidates(const Launch& launch, const DeviceCaps& caps) {
  if (!four_byte(launch, caps) || launch.inputs.size() != 1) return {};
  const Shape& out = launch.outputs[0].shape;
  Shape strides = broadcast_strides(launch.inputs[0].shape, out);
  if (strides.size() != out.size()) return {};
  return copy_kernels(launch, caps, {Copy{0, Box{out, {strides, strides_of(out)}, {}}}});
}

std::vector<Kernel> copy_candidates(const Launch& launch, const DeviceCaps& caps) {
  if (!four_byte(launch, caps) || launch.inputs.size() != 1 || launch.inputs[0].count() != launch.outputs[0].count()) return {};
  const std::int64_t count = launch.outputs[0].count();
  const Band band = launch.band.width > 0 ? launch.band : Band{count, count, 0};
  return copy_kernels(launch, caps,
                      {Copy{0, Box{{count / band.width, band.width}, {{band.width, 1}, {band.pitch, 1}}, {}}, 0, band.first}});
}

std::vector<Kernel> pad_candidates(const Launch& launch, const DeviceCaps& caps) {
  const auto* attributes = std::get_if<PadAttributes>(&launch.attributes);
  if (!attributes || !four_byte(launch, caps) || launch.inputs.size() != 1) return {};
  const Shape &in = launch.inputs[0].shape, &out = launch.outputs[0].shape;
  if (attributes->before.size() != in.size() || out.size() != in.size()) return {};
  // An axis merges into the one outside it when nothing is added along it.
  Shape extent, inside, before;
  for (std::size_t i = 0; i < out.size(); i++) {
    if (!extent.empty() && out[i] == in[i]) {
      extent.back() *= out[i];
      inside.back() *= out[i];
      before.back() *= out[i];
    } else {
      extent.push_back(out[i]);
      inside.push_back(in[i]);
      before.push_back(attributes->before[i]);
    }
  }
  if (extent.empty()) extent = inside = {1}, before = {0};
  if (extent.size() > kBoxRank) return {};
  std::vector<Kernel> kernels;
  for (bool vec4 : {true, false}) {
    Shape e = extent, n = inside, b = before;
    if (vec4) {
      if (e.back() % 4 != 0 || n.back() % 4 != 0 || b.back() % 4 != 0) continue;
      e.back() /= 4, n.back() /= 4, b.back() /= 4;
    }
    std::int64_t values = element_count(e);
    std::uint32_t lanes = lanes_for(values, 4, 256, caps);
    Dispatch d = dispatch(vec4 ? "pad.vec4" : "pad.plain", ceil_div(values, 4 * lanes), lanes, caps);
    d.constants.push_back({CONSTANT_SWITCH_0, static_cast<std::uint32_t>(e.size())});
    push_box(d, Box{e, {}, {}});
    push_axes(d, strides_of(n));
    push_axes(d, b);
    push_axes(d, n);
    d.bindings = {reads(0, OperandKind::input, 0), writes(1, OperandKind::output, 0)};
    Kernel kernel;
    kernel.row = vec4 ? "vec4" : "plain";
    kernel.bytes = tensor_bytes(launch);
    kernel.dispatches.push_back(std::move(d));
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

}  // namespace

const KernelFamily permute_family{"permute", false, false, permute_candidates};
const KernelFamily slice_family{"slice", false, false, slice_candidates};
const KernelFamily pad_family{"pad", false, false, pad_candidates};
const KernelFamily concat_family{"concat", false, false, concat_candidates};
const KernelFamily broadcast_family{"broadcast", false, false, broadcast_candidates};
const KernelFamily copy_family{"copy", false, false, copy_candidates, nullptr, true};

}  // namespace gouache
