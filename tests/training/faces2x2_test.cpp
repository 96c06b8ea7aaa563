// Are the gradients of the one-layer GAN those that one derives by hand (SYSTEMS.md, "Known errors in lecture material")?
#include <cmath>

#include "host/models/model.h"
#include "host/models/recipe.h"
#include "host/nn/training.h"
#include "host/ops/ops.h"
#include "host/runtime/plans.h"
#include "tests/ops/probe.h"

namespace gouache::probe {
namespace {

constexpr std::int64_t kBatch = 4;  // a power of two: the graph holds 1 / batch as a float
constexpr double kRate = 0.25;

/// The weights before the step: G_i = s(v_i z + c_i), D(x) = s(w . x + b), s the logistic function.
struct Weights {
  std::vector<double> v{0.8, -1.3, 0.4, 2.1}, c{-0.6, 0.2, 1.1, -0.3}, w{1.7, -0.9, 0.5, -2.2};
  double b = 0.35;
};

double logistic(double t) { return 1 / (1 + std::exp(-t)); }

double judge(const Weights& p, const double* x) { return logistic(p.w[0] * x[0] + p.w[1] * x[1] + p.w[2] * x[2] + p.w[3] * x[3] + p.b); }

std::vector<double> paint(const Weights& p, double z) {
  std::vector<double> pixels;
  for (std::size_t i = 0; i < 4; i++) pixels.push_back(logistic(p.v[i] * z + p.c[i]));
  return pixels;
}

/// One traced step of faces2x2 by the definitions: what it drew, and the gradients that autodiff found.
std::map<std::string, std::vector<double>> traced_step(const std::string& loss, const Weights& p) {
  Recipe recipe = Recipe::of_model("faces2x2");
  recipe.set("loss", loss);
  recipe.set("learning_rate", std::to_string(kRate));
  const TensorType images{{7, 2, 2, 1}, DType::u8};
  Graph graph;
  Training training(graph, images, kBatch, true);
  model("faces2x2").train(training, recipe);
  training.finish();
  Feeds feeds{{"G/faces/weight", array_of({1, 4}, p.v)},
              {"G/faces/bias", array_of({4}, p.c)},
              {"D/faces/weight", array_of({4, 1}, p.w)},
              {"D/faces/bias", array_of({1}, {p.b})}};
  std::vector<double> bytes;
  for (int i = 0; i < 28; i++) bytes.push_back(i * 37 % 256);
  feeds[kImages] = {images, bytes};
  const ControlWords control = control_words(3, 0);
  feeds[kControl] = {{{CONTROL_WORDS}, DType::u32}, {control.begin(), control.end()}};
  std::vector<Tensor> wanted;
  for (const auto& [name, tensor] : graph.outputs()) wanted.push_back(tensor);
  const std::vector<Array> values = evaluate(graph, feeds, wanted);
  std::map<std::string, std::vector<double>> step;
  for (std::size_t i = 0; i < values.size(); i++) step[graph.outputs()[i].first] = values[i].values;
  return step;
}

class OneLayerGan : public testing::TestWithParam<const char*> {};

TEST_P(OneLayerGan, GradientsAreThoseDerivedByHand) {
  Weights p;
  const auto step = traced_step(GetParam(), p);
  const std::vector<double>&real = step.at("real/0"), &z = step.at("latents/0");
  ASSERT_EQ(real.size(), 4u * kBatch);
  ASSERT_EQ(z.size(), 1u * kBatch);

  // E = -log D(x) - log(1 - D(G(z))):  dE/dw_i = -(1 - D(x)) x_i + D(G) G_i,  dE/db = -(1 - D(x)) + D(G).
  std::vector<double> dw(4, 0.0), db(1, 0.0);
  for (std::size_t n = 0; n < kBatch; n++) {
    const std::vector<double> fake = paint(p, z[n]);
    double x[4];
    for (std::size_t i = 0; i < 4; i++) x[i] = (real[4 * n + i] + 1) / 2;  // D sees pixels in [0, 1]
    const double on_real = judge(p, x), on_fake = judge(p, fake.data());
    for (std::size_t i = 0; i < 4; i++) dw[i] += (-(1 - on_real) * x[i] + on_fake * fake[i]) / kBatch;
    db[0] += (-(1 - on_real) + on_fake) / kBatch;
  }
  expect_close(step.at("gradient/0/D/faces/weight"), dw);
  expect_close(step.at("gradient/0/D/faces/bias"), db);

  // G meets D after its update.
  for (std::size_t i = 0; i < 4; i++) p.w[i] -= kRate * dw[i];
  p.b -= kRate * db[0];

  // E = -log D(G(z)):      dE/dv_i = -(1 - D) w_i G_i (1 - G_i) z,  dE/dc_i the same without z.
  // E = log(1 - D(G(z))):  dE/dv_i = -D w_i G_i (1 - G_i) z,        dE/dc_i the same without z.
  std::vector<double> dv(4, 0.0), dc(4, 0.0);
  for (std::size_t n = 0; n < kBatch; n++) {
    const std::vector<double> fake = paint(p, z[n]);
    const double on_fake = judge(p, fake.data());
    const double factor = std::string(GetParam()) == "minimax" ? on_fake : 1 - on_fake;
    for (std::size_t i = 0; i < 4; i++) {
      const double slope = -factor * p.w[i] * fake[i] * (1 - fake[i]);
      dv[i] += slope * z[n] / kBatch;
      dc[i] += slope / kBatch;
    }
  }
  expect_close(step.at("gradient/0/G/faces/weight"), dv);
  expect_close(step.at("gradient/0/G/faces/bias"), dc);
}

INSTANTIATE_TEST_SUITE_P(Losses, OneLayerGan, testing::Values("non_saturating", "minimax"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace gouache::probe
