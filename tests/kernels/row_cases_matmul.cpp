// Which matrix products is every row tried on?  Extents that divide no tile, vectors, batches, transposes, and long sums.
#include "tests/kernels/row_cases.h"

namespace gouache::testing {
namespace {

struct Product {
  std::int64_t batch, m, k, n;  ///< batch 0: matrices without a batch axis
  bool transpose_a = false, transpose_b = false;
};

constexpr Product kProducts[] = {
    {0, 5, 7, 3},
    {0, 33, 52, 36},
    {0, 1, 1, 1},
    {0, 1, 4, 4},
    {0, 1, 300, 1},
    {0, 1, 37, 20},
    {0, 13, 36, 1},
    {0, 6, 1, 12},
    {0, 9, 4, 4},
    {0, 3, 64, 132},
    {0, 65, 12, 68},
    {0, 41, 20, 8, true},
    {0, 44, 21, 12, true},
    {0, 7, 44, 5, false, true},
    {0, 35, 12, 40, false, true},
    {0, 8, 12, 16, true, true},
    {0, 13, 11, 9, true, true},
    {3, 17, 20, 24},
    {2, 4, 33, 4, true},
    {2, 36, 20, 12, true},
    {2, 5, 24, 28, false, true},
    {2, 3, 24, 3, false, true},
    {2, 13, 11, 9, true, true},
    {3, 5, 8, 12},
    {0, 19, 12, 524},   // two and a part of a wide tile
    {0, 48, 512, 768},  // more columns than a cache holds: tiles are numbered along the rows
};

std::string name_of(const Product& p) {
  std::string name = "matmul/" + (p.batch ? "b" + std::to_string(p.batch) + "/" : "") + std::to_string(p.m) + "x" + std::to_string(p.k) +
                     "x" + std::to_string(p.n);
  if (p.transpose_a) name += "/transposed_a";
  if (p.transpose_b) name += "/transposed_b";
  return name;
}

Tensor product(Graph& g, const Product& p) {
  const auto shape = [&](std::int64_t rows, std::int64_t columns, bool transposed) {
    Shape s = transposed ? Shape{columns, rows} : Shape{rows, columns};
    if (p.batch) s.insert(s.begin(), p.batch);
    return s;
  };
  return matmul(in(g, "a", shape(p.m, p.k, p.transpose_a)), in(g, "b", shape(p.k, p.n, p.transpose_b)), p.transpose_a, p.transpose_b);
}

constexpr Product kLong[] = {
    {0, 3, 70000, 4}, {0, 5, 70001, 3}, {0, 1, 300000, 1}, {0, 2, 300000, 4, false, true}, {0, 4, 300000, 4, true}, {0, 2, 300001, 3},
};

/// Few k values and long lines: a team of the resident rows takes several tiles, the last one fewer.
constexpr Product kLines[] = {{0, 24, 10, 1300, true}, {0, 23, 12, 1300}, {2, 12, 14, 1044, true}};

}  // namespace

std::vector<RowCase> matmul_cases() {
  std::vector<RowCase> cases;
  const auto add = [&](const Product& p, const Tolerance& tolerance) {
    cases.push_back({name_of(p), "matmul", [p](Graph& g) { g.output("c", product(g, p)); }, tolerance});
  };
  for (const Product& p : {Product{0, 9, 12, 20}, Product{0, 5, 7, 3}, Product{2, 5, 12, 12}, Product{0, 1, 44, 1}, Product{0, 7, 16, 1}})
    for (const Epilogue& e : epilogues())
      cases.push_back(
          {name_of(p) + "/" + e.name, "matmul", [p, e](Graph& g) { g.output("c", e.apply(g, product(g, p))); }, kRowTolerance, e.turn});
  for (const Product& p : kProducts) add(p, kRowTolerance);
  for (const Product& p : kLong) add(p, kLongTolerance);
  for (const Product& p : kLines) {
    // One with a program: those are dear to compile.
    const Epilogue most_inputs = epilogues().back();
    cases.push_back({name_of(p) + "/lines", "matmul", [p, most_inputs](Graph& g) {
                       const Tensor c = product(g, p);
                       g.output("c", p.transpose_a ? c : most_inputs.apply(g, c));
                     }});
    cases.back().rows = "resident";
    cases.back().always = true;
  }
  return cases;
}

}  // namespace gouache::testing
