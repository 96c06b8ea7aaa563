// Which rearrangements is every row tried on?  permute, slice, pad, concat, broadcast, copy, resample, translate, gather and scatter_add.
#include "tests/kernels/row_cases.h"

namespace gouache::testing {
namespace {

template <class Build>
RowCase one(const std::string& op, const std::string& name, Build build) {
  return {op + "/" + name, op, [build](Graph& g) { g.output("y", build(g)); }};
}

Tensor rows_of(Graph& g, std::int64_t rows, std::int64_t batch) {
  return in(g, ("indices/" + std::to_string(rows)).c_str(), {batch}, DType::u32);
}

void add_strided(std::vector<RowCase>& cases) {
  struct Permutation {
    Shape shape;
    std::vector<int> order;
  };
  const Permutation permutations[] = {{{3, 5, 4, 7}, {0, 3, 1, 2}},
                                      {{8, 12}, {1, 0}},
                                      {{3, 8, 12}, {0, 2, 1}},
                                      {{5, 7}, {1, 0}},
                                      {{3, 5, 8}, {1, 0, 2}},
                                      {{1, 1}, {1, 0}},
                                      {{2, 3, 4, 5, 3}, {4, 2, 0, 3, 1}},
                                      {{4, 3, 2, 3, 2, 3}, {5, 3, 1, 4, 2, 0}}};
  for (const Permutation& p : permutations)
    cases.push_back(one("permute", to_text(p.shape) + to_text(Shape(p.order.begin(), p.order.end())),
                        [p](Graph& g) { return permute(in(g, "x", p.shape), p.order); }));
  for (const Shape& x : {Shape{2, 3, 5, 16}, Shape{1, 4, 3, 12}, Shape{3, 2, 2, 36}, Shape{2, 3, 5, 64}})
    cases.push_back(one("permute", "pixel_shuffle" + to_text(x), [x](Graph& g) { return pixel_shuffle(in(g, "x", x), 2); }));
  struct Part {
    Shape shape, begin, extent;
  };
  const Part parts[] = {{{7, 9, 5}, {2, 1, 1}, {4, 6, 3}},
                        {{7, 8}, {1, 4}, {5, 4}},
                        {{9}, {8}, {1}},
                        {{3, 5, 4}, {1, 0, 0}, {1, 5, 4}},
                        {{5, 64}, {1, 20}, {3, 32}},
                        {{5, 4}, {1, 1}, {3, 3}},
                        {{2, 3, 2, 3, 2, 3}, {1, 1, 0, 1, 0, 1}, {1, 2, 2, 2, 1, 2}}};
  for (const Part& p : parts) {
    cases.push_back(one("slice", to_text(p.shape) + to_text(p.begin) + to_text(p.extent),
                        [p](Graph& g) { return slice(in(g, "x", p.shape), p.begin, p.extent); }));
    Shape after = p.shape;
    for (std::size_t i = 0; i < after.size(); ++i) after[i] -= p.begin[i] + p.extent[i];
    cases.push_back(one("pad", to_text(p.extent) + to_text(p.begin) + to_text(after),
                        [p, after](Graph& g) { return pad(in(g, "x", p.extent), p.begin, after); }));
  }
  cases.push_back(one("concat", "axis1", [](Graph& g) { return concat({in(g, "a", {3, 4, 5}), in(g, "b", {3, 2, 5})}, 1); }));
  cases.push_back(one("concat", "mixed", [](Graph& g) { return concat({in(g, "a", {4, 2}), in(g, "b", {3, 2})}, 0); }));
  cases.push_back(one("concat", "vec4", [](Graph& g) { return concat({in(g, "a", {3, 8}), in(g, "b", {3, 4}), in(g, "c", {3, 4})}, 1); }));
  cases.push_back(one("concat", "channels", [](Graph& g) { return concat({in(g, "a", {3, 5}), in(g, "b", {3, 1})}, 1); }));
  cases.push_back(one("broadcast", "inner", [](Graph& g) { return broadcast(in(g, "x", {1, 6, 1, 5}), {3, 6, 4, 5}); }));
  cases.push_back(one("broadcast", "vec4", [](Graph& g) { return broadcast(in(g, "x", {8}), {3, 5, 8}); }));
  cases.push_back(one("broadcast", "scalar", [](Graph& g) { return broadcast(in(g, "x", {}), {3, 5}); }));
  cases.push_back(one("copy", "7", [](Graph& g) { return in(g, "x", {7}); }));
  cases.push_back(one("copy", "12", [](Graph& g) { return in(g, "x", {3, 4}); }));
  cases.push_back(one("copy", "u32", [](Graph& g) { return in(g, "x", {13}, DType::u32); }));
}

/// Parts of a concat that lie side by side: what computes them writes columns of the joint tensor; an input is copied there.
void add_bands(std::vector<RowCase>& cases) {
  struct Widths {
    std::int64_t computed, copied;
  };
  for (const Widths& w : {Widths{8, 4}, {5, 3}, {4, 6}, {16, 32}}) {
    const std::int64_t computed = w.computed, copied = w.copied;
    const std::string name = "band_" + std::to_string(computed) + "_of_" + std::to_string(computed + copied);
    const auto joined = [computed, copied](Graph& g) {
      return concat({in(g, "a", {2, 3, 7, copied}), tanh(in(g, "b", {2, 3, 7, computed}))}, 3);
    };
    const auto normed = [computed, copied](Graph& g) {
      const Tensor y = instance_norm(in(g, "b", {2, 3, 7, computed}), in(g, "gamma", {computed}), in(g, "beta", {computed}), 1e-5f);
      return concat({sigmoid(in(g, "a", {2, 3, 7, copied})), relu(y)}, 3);
    };
    cases.push_back(one("elementwise", name, joined));
    cases.push_back(one("copy", name, joined));
    cases.push_back(one("instance_norm", name, normed));
  }
  cases.push_back(one("instance_norm", "band_folded", [](Graph& g) {  // several pixels a row of the kernel's
    return concat({instance_norm(in(g, "x", {1, 32, 32, 4}), in(g, "gamma", {4}), in(g, "beta", {4}), 1e-5f), in(g, "a", {1, 32, 32, 4})},
                  3);
  }));
  cases.push_back(one("elementwise", "band_of_whole_rows", [](Graph& g) {
    return concat({tanh(in(g, "a", {5, 3, 4, 2})), sigmoid(in(g, "b", {5, 1, 4, 2}))}, 1);
  }));
}

void add_resampling(std::vector<RowCase>& cases) {
  struct Scaling {
    Shape small;
    int factor;
  };
  const Scaling scalings[] = {{{2, 5, 3, 3}, 2},    {{1, 1, 1, 1}, 3}, {{2, 3, 2, 8}, 3},  {{3, 7, 5}, 2},
                              {{1, 2, 3, 2, 4}, 2}, {{2, 3, 5, 7}, 1}, {{2, 3, 5, 16}, 2}, {{1, 2, 3, 48}, 3}};
  for (const Scaling& s : scalings) {
    Shape large = s.small;
    for (std::size_t i = 1; i + 1 < large.size(); ++i) large[i] *= s.factor;
    const std::string name = to_text(s.small) + "x" + std::to_string(s.factor);
    if (s.factor == 1) continue;  // simplified away
    cases.push_back(one("resample", "up/" + name, [s](Graph& g) { return upsample_nearest(in(g, "x", s.small), s.factor); }));
    cases.push_back(
        one("resample", "down/" + name, [s, large](Graph& g) { return resample(in(g, "x", large), ResampleKind::sum_down, s.factor); }));
  }
}

void add_translations(std::vector<RowCase>& cases) {
  for (const Shape& shape : {Shape{5, 6, 7, 4}, Shape{3, 5, 9, 3}, Shape{1, 1, 1, 1}, Shape{2, 13, 1, 8}})
    cases.push_back(one("translate", to_text(shape), [shape](Graph& g) {
      return translate(in(g, "x", shape), in(g, "offsets", {shape[0], 2}) * 3.0f);
    }));
}

void add_gathering(std::vector<RowCase>& cases) {
  for (const Shape& row : {Shape{3, 5, 3}, Shape{6, 6, 3}, Shape{1}, Shape{7}, Shape{12}}) {
    Shape data = row;
    data.insert(data.begin(), 19);
    for (const std::int64_t batch : {11, 1}) {
      const std::string name = to_text(data) + "x" + std::to_string(batch);
      cases.push_back(one("gather", "u8/" + name, [data, batch](Graph& g) {
        return gather(in(g, "data", data, DType::u8), rows_of(g, 19, batch), 2.0f / 255.0f, -1.0f);
      }));
      cases.push_back(one("gather", "f32/" + name, [data, batch](Graph& g) { return gather(in(g, "data", data), rows_of(g, 19, batch)); }));
    }
    Shape drawn = row;
    drawn.insert(drawn.begin(), 11);
    for (const std::int64_t rows : {7, 1, 31})
      cases.push_back(one("scatter_add", to_text(drawn) + "to" + std::to_string(rows),
                          [drawn, rows](Graph& g) { return scatter_add(in(g, "dy", drawn), rows_of(g, rows, 11), rows); }));
  }
  RowCase longest = one("scatter_add", "65000", [](Graph& g) { return scatter_add(in(g, "dy", {65000, 1}), rows_of(g, 3, 65000), 3); });
  longest.tolerance = kLongTolerance;
  cases.push_back(longest);
}

}  // namespace

std::vector<RowCase> rearranging_cases() {
  std::vector<RowCase> cases;
  add_strided(cases);
  add_bands(cases);
  add_resampling(cases);
  add_translations(cases);
  add_gathering(cases);
  return cases;
}

}  // namespace gouache::testing
