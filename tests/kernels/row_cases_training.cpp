// Which random draws and training steps is every row tried on?
#include "shaders/shared/interface.h"
#include "tests/kernels/row_cases.h"

namespace gouache::testing {
namespace {

Tensor control(Graph& g) { return g.variable("control", {{CONTROL_WORDS}, DType::u32}); }

RowCase draw(Distribution distribution, const Shape& shape, std::int64_t first, std::int64_t count) {
  constexpr const char* kNames[] = {"normal", "uniform", "permutation"};
  std::string name =
      std::string("random/") + kNames[static_cast<int>(distribution)] + "/" + to_text(shape) + "from" + std::to_string(first);
  if (count) name += "of" + std::to_string(count);
  return {name, "random", [=](Graph& g) {
            g.output("r", random(control(g), {.distribution = distribution,
                                              .stream = distribution == Distribution::permutation ? STREAM_DATA + 0u : STREAM_LATENT,
                                              .shape = shape,
                                              .samples_per_step = shape[0],
                                              .first_sample = first,
                                              .count = count}));
          }};
}

/// Parameters whose sizes are no multiples of the alignment: what lies between them must stay zero.
RowCase optimize(OptimizerKind kind, bool averaged, const std::vector<Shape>& shapes) {
  const bool adam = kind == OptimizerKind::adam;
  const std::string name =
      std::string(adam ? "optimizer/adam" : "optimizer/sgd") + (averaged ? "_ema/" : "/") + std::to_string(shapes.size());
  return {name, "optimizer", [=](Graph& g) {
            std::vector<Tensor> inputs{control(g)};
            std::vector<std::string> names;
            const auto add = [&](const std::string& prefix, bool variable) {
              for (std::size_t i = 0; i < shapes.size(); ++i) {
                const std::string tensor = prefix + "G/" + std::to_string(i) + "/weight";
                inputs.push_back(variable ? g.variable(tensor, {shapes[i]}) : square(g.input(tensor, {shapes[i]})));
                if (variable) names.push_back(tensor);
              }
            };
            add("", true);
            add("gradient/", false);
            if (adam) add("adam_m/", true), add("adam_v/", true);
            if (averaged) add("ema/", true);
            OptimizerAttributes attributes;
            attributes.kind = kind;
            attributes.parameters = static_cast<std::int32_t>(shapes.size());
            attributes.rate = 0.01f;
            attributes.ema_decay = averaged ? 0.9f : 0.0f;
            const std::vector<Tensor> updated = optimizer(inputs, attributes);
            for (std::size_t i = 0; i < names.size(); ++i) g.update(g.variable(names[i], updated[i].type()), updated[i]);
          }};
}

RowCase norm_of(const std::vector<Shape>& shapes) {
  std::string name = "gradient_norm/";
  for (const Shape& shape : shapes) name += to_text(shape);
  return {name, "gradient_norm", [=](Graph& g) {
            std::vector<Tensor> gradients;
            for (const Shape& shape : shapes) gradients.push_back(in(g, ("g" + std::to_string(gradients.size())).c_str(), shape));
            const auto [after, norm] = gradient_norm(control(g), gradients);
            g.output("norm", norm);
            g.update(control(g), after);
          }};
}

}  // namespace

std::vector<RowCase> training_cases() {
  std::vector<RowCase> cases;
  for (const Distribution distribution : {Distribution::normal, Distribution::uniform}) {
    for (const Shape& shape : {Shape{9, 25}, Shape{1}, Shape{5, 1}, Shape{3, 2, 3, 3}}) cases.push_back(draw(distribution, shape, 0, 0));
    cases.push_back(draw(distribution, {5, 7}, 1ll << 32, 0));
  }
  for (const auto& [batch, first, count] : {std::tuple{37, 0, 101}, {37, 1000000, 101}, {1, 0, 1}, {5, 3, 2}, {300, 0, 65537}})
    cases.push_back(draw(Distribution::permutation, {batch}, first, count));
  for (const std::vector<Shape>& shapes :
       {std::vector<Shape>{{3, 3, 5, 7}, {7}, {65, 33}}, std::vector<Shape>{{1}}, std::vector<Shape>{{300007}, {50}}})
    for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adam})
      for (const bool averaged : {false, true}) cases.push_back(optimize(kind, averaged, shapes));
  cases.push_back(norm_of({{33, 17}, {5}}));
  cases.push_back(norm_of({{1}}));
  cases.push_back(norm_of({{1000001}, {3}}));
  cases.push_back({"advance_step", "advance_step", [](Graph& g) { g.update(control(g), advance_step(control(g))); }});
  return cases;
}

}  // namespace gouache::testing
