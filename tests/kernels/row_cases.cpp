// Which launches is every kernel row tried on?  All tables together, and the programs that are fused behind products.
#include "tests/kernels/row_cases.h"

namespace gouache::testing {
namespace {

Tensor channel(Graph& g, const char* name, Tensor y) { return in(g, name, {y.shape().back()}); }

}  // namespace

std::vector<Epilogue> epilogues() {
  return {{"relu", [](Graph&, Tensor y) { return relu(y); }, 0},
          {"bias_leaky_relu", [](Graph& g, Tensor y) { return leaky_relu(y + channel(g, "bias", y), 0.2f); }, 1},
          {"residual", [](Graph& g, Tensor y) { return y + in(g, "residual", y.shape()); }, 2},
          {"five_steps",
           [](Graph& g, Tensor y) {
             return relu((y * 0.25f + in(g, "residual", y.shape())) * channel(g, "scale", y) + channel(g, "shift", y));
           },
           3}};
}

std::vector<RowCase> row_cases() {
  std::vector<RowCase> all;
  for (const auto table : {matmul_cases, convolution_cases, elementwise_cases, reduction_cases, rearranging_cases, training_cases})
    for (RowCase& one : table()) all.push_back(std::move(one));
  return all;
}

}  // namespace gouache::testing
