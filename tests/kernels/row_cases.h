// Which launches is every kernel row tried on?  Odd shapes, as a table: a name, the op whose rows are meant, and a small graph.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/kernels/one_row.h"
#include "host/ops/ops.h"

namespace gouache::testing {

/// Sums of some hundred products in another order, multiply and add fused or apart.
constexpr Tolerance kRowTolerance{3e-6, 0.03};
/// Sums of some 100,000 terms, one after the other: rounding grows with the square root of their number.
constexpr Tolerance kLongTolerance{5e-5, 0.03};

struct RowCase {
  std::string name;  ///< "matmul/5x7x3": names the test
  std::string op;
  std::function<void(Graph&)> build;  ///< marks outputs or updates; feeds() fills inputs and variables
  Tolerance tolerance = kRowTolerance;
  int turn = -1;          ///< 0..3: only every fourth row takes part, so that four cases cover all: programs are dear to compile
  bool software = false;  ///< rows of software drivers alone run it
  bool swapped = false;   ///< the weights lie in the graph as Kernel::dispatches read them: no row needs its Kernel::natural
  std::string rows = {};  ///< only those whose names begin with this
  bool always = false;    ///< all of those take part, whatever they have had before
};

/// One function a file; `row_cases` joins them. A row runs only the first few cases that need another pipeline: the oddest come first.
std::vector<RowCase> matmul_cases();
std::vector<RowCase> convolution_cases();
std::vector<RowCase> elementwise_cases();
std::vector<RowCase> reduction_cases();
std::vector<RowCase> rearranging_cases();
std::vector<RowCase> training_cases();
std::vector<RowCase> row_cases();

inline Tensor in(Graph& g, const char* name, Shape shape, DType type = DType::f32) { return g.input(name, {std::move(shape), type}); }

/// What is fused behind a matmul or a convolution, as a function of its result.
struct Epilogue {
  const char* name;
  Tensor (*apply)(Graph& g, Tensor y);
  int turn;  ///< RowCase::turn
};
/// An activation alone, a bias with one, a residual, and the most inputs that fit: a full one and two channel vectors.
std::vector<Epilogue> epilogues();

}  // namespace gouache::testing
