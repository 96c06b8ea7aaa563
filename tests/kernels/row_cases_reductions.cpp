// Which reductions and batch norms is every row tried on?  Any axes, fused prologues and epilogues, one channel, a million values.
#include "tests/kernels/row_cases.h"

namespace gouache::testing {
namespace {

struct Axes {
  const char* name;
  Shape shape;
  std::vector<int> axes;
};

std::vector<Axes> axes_cases() {
  return {{"all", {17, 33, 5}, {}},
          {"columns_of_3", {37, 3}, {0}},
          {"rows_of_7", {5, 7}, {1}},
          {"middle", {3, 31, 8}, {1}},
          {"rows_of_20", {9, 20}, {1}},
          {"ends", {3, 5, 4}, {0, 2}},
          {"every_other", {2, 3, 2, 3, 2, 3}, {0, 2, 4}},
          {"pixels", {4, 9, 7, 12}, {0, 1, 2}},
          {"pixels_of_1_channel", {2, 5, 7, 1}, {0, 1, 2}},
          {"many_rows", {300, 8}, {1}},
          {"splits", {2000, 12}, {0}},
          {"splits_of_5", {2048, 5}, {0}},
          {"plain_splits", {3, 40000, 2}, {0, 1}},
          {"a_million", {1000001}, {}},
          {"a_million_pixels", {2, 512, 1024, 3}, {0, 1, 2}}};
}

struct Prologue {
  const char* name;
  Tensor (*apply)(Graph& g, Tensor x);
};
constexpr Prologue kPrologues[] = {
    {"square", [](Graph&, Tensor x) { return square(x); }},
    {"difference", [](Graph& g, Tensor x) { return abs(x - in(g, "other", x.shape())); }},
    {"weighted", [](Graph& g, Tensor x) { return square(x - in(g, "mean", {x.shape().back()})) * in(g, "weight", x.shape()); }},
};

/// y = batch_norm(x) with a program behind it, and what flows back through both.
struct Norm {
  const char* name;
  Tensor (*after)(Graph& g, Tensor y);
};
constexpr Norm kNorms[] = {
    {"", [](Graph&, Tensor y) { return y; }},
    {"/leaky_relu", [](Graph&, Tensor y) { return leaky_relu(y, 0.2f); }},
    {"/residual", [](Graph& g, Tensor y) { return relu(y + in(g, "residual", y.shape())); }},
    {"/one_value", [](Graph& g, Tensor y) { return leaky_relu(y - in(g, "offset", {1}), 0.2f); }},
    {"/biased", [](Graph& g, Tensor y) { return leaky_relu(y + in(g, "bias", {y.shape().back()}), 0.2f); }},
    {"/gated", [](Graph& g, Tensor y) { return tanh(y * in(g, "gate", y.shape()) + in(g, "residual", y.shape())); }},
};

BatchNorm normed(Graph& g, const Shape& x, int groups) {
  return batch_norm(in(g, "x", x), in(g, "gamma", {x.back()}), in(g, "beta", {x.back()}), 1e-5f, groups);
}

void forward(Graph& g, const Shape& x, const Norm& norm, int groups) {
  const BatchNorm y = normed(g, x, groups);
  g.output("y", norm.after(g, y.y));
  g.output("statistics", y.statistics);
}

void backward(Graph& g, const Shape& x, const Norm& norm, int groups) {
  const Tensor loss = sum(norm.after(g, normed(g, x, groups).y) * in(g, "dy", x));
  const std::vector<Tensor> wrt{in(g, "x", x), in(g, "gamma", {x.back()}), in(g, "beta", {x.back()})};
  const std::vector<Tensor> back = gradient(loss, wrt);
  g.output("dx", back[0]);
  g.output("dgamma", back[1]);
  g.output("dbeta", back[2]);
}

/// Of two values a channel hardly any gradient is left: terms of about gamma / deviation cancel. Even exact arithmetic on statistics
/// rounded to fp32 is 1e-3 of the result away, though 1e-7 of the terms.
constexpr Tolerance kOfTwo{3e-6, 1.0};

void add_batch_norms(std::vector<RowCase>& cases) {
  const std::vector<Shape> shapes{{5, 3},           {3, 5, 3, 4},  {2, 3},        {7, 1},         {1, 3, 3, 1},
                                  {3, 3, 5, 7},     {2, 9, 7, 12}, {6, 5, 5, 33}, {37, 2},        {300, 8},
                                  {3, 33, 31, 5},   {1100, 8},     {3, 5, 7, 64}, {2, 7, 3, 128},  // two and four pieces a lane
                                  {2, 17, 19, 128}, {3, 5, 3, 256}};                               // the same in one dispatch
  for (const Shape& x : shapes)
    for (const Norm& norm : kNorms) {
      if (*norm.name && x != shapes[0] && x != shapes[1] && x != shapes[5] && x != shapes[12] && x != shapes[15]) continue;
      cases.push_back({"batch_norm/" + to_text(x) + norm.name, "batch_norm", [x, norm](Graph& g) { forward(g, x, norm, 1); }});
      cases.push_back({"batch_norm_gradient/" + to_text(x) + norm.name, "batch_norm_gradient",
                       [x, norm](Graph& g) { backward(g, x, norm, 1); }, element_count(x) / x.back() > 2 ? kRowTolerance : kOfTwo});
    }
  for (const Shape& x : {Shape{6, 3, 5, 12}, Shape{8, 3, 3, 64}, Shape{9, 8}, Shape{2200, 8}, Shape{4, 3, 5, 128}})
    for (const Norm& norm : std::span(kNorms).first(4)) {
      const int groups = x[0] % 2 == 0 ? 2 : 3;
      const std::string name = "/" + std::to_string(groups) + "groups" + to_text(x) + norm.name;
      const auto add = [&](const char* op, auto build) {
        RowCase& one = cases.emplace_back();
        one = {op + name, op, [=](Graph& g) { build(g, x, norm, groups); }};
        one.software = true;
      };
      add("batch_norm", forward);
      add("batch_norm_gradient", backward);
    }
}

/// One image and several, fewer values than a vector, few channels folded, rows split.
void add_instance_norms(std::vector<RowCase>& cases) {
  const std::vector<Shape> shapes{{3, 5, 3, 4},    {3, 3, 5, 7},  {5, 7, 3},      {1, 1, 2, 8},   {2, 3, 3, 1},
                                  {2, 9, 7, 12},   {7, 4, 4, 64}, {1, 64, 64, 8}, {2, 33, 31, 5}, {4, 32, 32, 3},
                                  {1, 4, 8, 4, 8}, {2, 5, 3, 64}, {1, 3, 3, 128}};  // two and four pieces a lane
  for (const Shape& x : shapes)
    for (const Norm& norm : kNorms) {
      if (*norm.name && x != shapes[0] && x != shapes[1] && x != shapes[11]) continue;
      cases.push_back({"instance_norm/" + to_text(x) + norm.name, "instance_norm", [x, norm](Graph& g) {
                         const Tensor y = instance_norm(in(g, "x", x), in(g, "gamma", {x.back()}), in(g, "beta", {x.back()}), 1e-5f);
                         g.output("y", norm.after(g, y));
                       }});
    }
}

/// One value a row, fewer than a vector, rows that are kept and rows that are read again; values far apart.
void add_softmaxes(std::vector<RowCase>& cases) {
  const std::vector<Shape> shapes{{3, 7}, {5, 1}, {2, 5, 12}, {129, 64}, {3, 3, 68}, {3, 500}, {2, 1001}, {7}, {1, 4000}};
  for (const Shape& x : shapes)
    cases.push_back({"softmax/" + to_text(x), "softmax", [x](Graph& g) { g.output("y", softmax(in(g, "x", x) * 4.0f)); }});
}

}  // namespace

std::vector<RowCase> reduction_cases() {
  std::vector<RowCase> cases;
  const auto add = [&](const Axes& a, const char* kind, Tensor (*reduce)(Tensor, std::vector<int>)) {
    cases.push_back({std::string("reduce/") + kind + "/" + a.name, "reduce",
                     [a, reduce](Graph& g) { g.output("y", reduce(in(g, "x", a.shape), a.axes)); }});
  };
  for (const Axes& a : axes_cases()) {
    add(a, "sum", sum);
    if (element_count(a.shape) < 100000) add(a, "mean", mean), add(a, "max", reduce_max);
    if (a.axes.size() == 1) add(a, "argmax", argmax);
  }
  add({"a_million", {1, 1000001}, {1}}, "argmax", argmax);
  for (const Prologue& p : kPrologues)
    for (const Axes& a : axes_cases())
      if (a.shape.size() > 1 && element_count(a.shape) < 2000)
        cases.push_back({std::string("reduce/") + p.name + "/" + a.name, "reduce",
                         [p, a](Graph& g) { g.output("y", sum(p.apply(g, in(g, "x", a.shape)), a.axes)); }});
  add_batch_norms(cases);
  add_instance_norms(cases);
  add_softmaxes(cases);
  return cases;
}

}  // namespace gouache::testing
