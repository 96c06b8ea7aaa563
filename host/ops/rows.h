// Which rows does the op table have?  Each is defined in the file of its family.
#pragma once

#include "host/graph/graph.h"

namespace gouache {

extern const OpRow kVariableRow, kInputRow, kConstantRow;                                    // table.cpp
extern const OpRow kElementwiseRow;                                                          // elementwise.cpp
extern const OpRow kReduceRow;                                                               // reduce.cpp
extern const OpRow kMatmulRow;                                                               // matmul.cpp
extern const OpRow kConv2dRow, kConv2dTransposeRow, kConv2dWeightGradRow;                    // conv2d.cpp
extern const OpRow kResampleRow;                                                             // resample.cpp
extern const OpRow kTranslateRow;                                                            // translate.cpp
extern const OpRow kReshapeRow, kBroadcastRow, kPermuteRow, kSliceRow, kPadRow, kConcatRow;  // shape.cpp
extern const OpRow kGatherRow, kScatterAddRow;                                               // gather.cpp
extern const OpRow kRandomRow;                                                               // random.cpp
extern const OpRow kGradientNormRow, kOptimizerRow, kAdvanceStepRow;                         // training.cpp
extern const OpRow kCompositeRow;                                                            // composite.cpp

extern const CompositeRow kBatchNormRow, kBatchNormGradientRow;  // batch_norm.cpp
extern const CompositeRow kInstanceNormRow;                      // instance_norm.cpp
extern const CompositeRow kSoftmaxRow;                           // softmax.cpp

/// A composite's gradients by way of its body, whose nodes are added to `graph`.
Gradients body_gradient(Graph& graph, Tensor self, std::span<const Tensor> d_outputs);

/// The value that fills constant `t`, or null when `t` is not a constant of one value.
const float* uniform_value(Tensor t);

}  // namespace gouache
