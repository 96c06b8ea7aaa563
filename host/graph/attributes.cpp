// How do a node's settings read in a plan or an error?
#include "host/graph/attributes.h"

#include <cstdio>

#include "host/graph/graph.h"
#include "host/graph/scalar_function.h"

namespace gouache {
namespace {

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

template <class List>
std::string join(const List& list, const char* separator, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; i++) {
    if (i) text += separator;
    text += std::to_string(list[i]);
  }
  return text;
}

struct Printer {
  std::string operator()(const std::monostate&) const { return ""; }
  std::string operator()(const LeafAttributes& a) const { return std::string(" '").append(a.name).append("'"); }
  std::string operator()(const ConstantAttributes& a) const {
    return a.values.size() == 1 ? std::string(" ").append(number(a.values[0]))
                                : std::string(" of ").append(std::to_string(a.values.size())).append(" values");
  }
  std::string operator()(const ElementwiseAttributes& a) const { return std::string(" ") + scalar_function(a.function).name; }
  std::string operator()(const ReduceAttributes& a) const {
    const char* kinds[] = {"sum", "mean", "max", "argmax"};
    return std::string(" ") + kinds[static_cast<int>(a.kind)] + " axes " + join(a.axes, ",", a.axes.size());
  }
  std::string operator()(const MatmulAttributes& a) const {
    return a.transpose_a || a.transpose_b ? std::string(" ") + (a.transpose_a ? "T" : "N") + (a.transpose_b ? "T" : "N") : "";
  }
  std::string operator()(const ConvAttributes& a) const {
    const bool third = a.stride[2] != 1 || a.pad_before[2] || a.pad_after[2] || a.dilation[2] != 1;
    const std::size_t rank = third ? 3 : 2;
    std::string text = " stride " + join(a.stride, "x", rank);
    if (a.pad_before != std::array<std::int32_t, 3>{} || a.pad_after != a.pad_before) {
      text += " pad ";
      for (std::size_t i = 0; i < rank; i++) {
        if (i) text += ",";
        text += std::to_string(a.pad_before[i]);
        if (a.pad_after[i] != a.pad_before[i]) text.append(":").append(std::to_string(a.pad_after[i]));
      }
    }
    if (a.dilation != std::array<std::int32_t, 3>{1, 1, 1}) text += " dilation " + join(a.dilation, "x", rank);
    if (a.groups != 1) text += " groups " + std::to_string(a.groups);
    if (a.padding != Padding::zero) text += a.padding == Padding::circular ? " circular" : " reflect";
    return text;
  }
  std::string operator()(const ResampleAttributes& a) const {
    return std::string(a.kind == ResampleKind::nearest_up ? " nearest_up " : " sum_down ") + std::to_string(a.factor);
  }
  std::string operator()(const ShapeAttributes&) const { return {}; }  // the result's shape says it
  std::string operator()(const PermuteAttributes& a) const { return std::string(" ").append(join(a.order, ",", a.order.size())); }
  std::string operator()(const SliceAttributes& a) const { return " from " + to_text(a.begin); }
  std::string operator()(const PadAttributes& a) const { return " before " + to_text(a.before) + " after " + to_text(a.after); }
  std::string operator()(const ConcatAttributes& a) const { return " axis " + std::to_string(a.axis); }
  std::string operator()(const GatherAttributes& a) const {
    return a.scale == 1.0f && a.offset == 0.0f ? "" : " scale " + number(a.scale) + " offset " + number(a.offset);
  }
  std::string operator()(const RandomAttributes& a) const {
    const char* distributions[] = {"normal", "uniform", "permutation"};
    std::string text = std::string(" ") + distributions[static_cast<int>(a.distribution)] + " stream " + std::to_string(a.stream);
    return a.distribution == Distribution::permutation ? text + " of " + std::to_string(a.count) : text;
  }
  std::string operator()(const OptimizerAttributes& a) const {
    std::string text = std::string(a.kind == OptimizerKind::adam ? " adam" : " sgd") + " rate " + number(a.rate);
    if (a.kind == OptimizerKind::adam) text += " betas " + number(a.beta1) + "," + number(a.beta2) + " epsilon " + number(a.epsilon);
    if (a.ema_decay > 0) text += " ema " + number(a.ema_decay);
    return text + " parameters " + std::to_string(a.parameters);
  }
  std::string operator()(const CompositeAttributes& a) const {
    std::string text;
    for (std::size_t i = 0; i < a.parameters.size(); i++) text.append(i ? "," : " ").append(number(a.parameters[i]));
    return text;
  }
};

}  // namespace

std::string to_text(const Attributes& attributes) { return std::visit(Printer{}, attributes); }

}  // namespace gouache
