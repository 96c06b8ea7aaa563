// Which ops are there?  The op table in order of family, and the leaves that have no family.
#include "host/ops/rows.h"

namespace gouache {
namespace {

std::vector<TensorType> given_type(const Node& node) {
  if (node.outputs.size() != 1) throw Error(ErrorCode::internal, std::string(node.op->name) + ": leaves are made by Graph's own functions");
  return node.outputs;
}

void evaluate_constant(const Node& node, std::span<const Array* const>, std::span<Array> outputs) {
  const std::vector<float>& values = node.as<ConstantAttributes>().values;
  std::vector<double>& result = outputs[0].values;
  for (std::size_t i = 0; i < result.size(); i++) result[i] = static_cast<double>(values[values.size() == 1 ? 0 : i]);
}

}  // namespace

const OpRow kVariableRow{"variable", given_type, nullptr, nullptr};
const OpRow kInputRow{"input", given_type, nullptr, nullptr};
const OpRow kConstantRow{"constant", given_type, nullptr, evaluate_constant};

std::span<const OpRow* const> op_table() {
  static const OpRow* const table[] = {
      &kVariableRow,     &kInputRow,     &kConstantRow,        &kElementwiseRow,      &kReduceRow,
      &kMatmulRow,       &kConv2dRow,    &kConv2dTransposeRow, &kConv2dWeightGradRow, &kResampleRow,
      &kTranslateRow,    &kReshapeRow,   &kBroadcastRow,       &kPermuteRow,          &kSliceRow,
      &kPadRow,          &kConcatRow,    &kGatherRow,          &kScatterAddRow,       &kRandomRow,
      &kGradientNormRow, &kOptimizerRow, &kAdvanceStepRow,     &kCompositeRow,
  };
  return table;
}

const OpRow& op(std::string_view name) {
  for (const OpRow* row : op_table())
    if (row->name == name) return *row;
  throw Error("there is no op '" + std::string(name) + "'");
}

}  // namespace gouache
