// Does a tuning come in and go out through gouache.h, decide what runs from then on, and is one that does not belong here refused by name?
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/kernels/one_row.h"
#include "host/ops/ops.h"
#include "host/runtime/plans.h"
#include "host/runtime/tuning_text.h"
#include "tests/abi/borrowed.h"

namespace gouache::testing {
namespace {

std::string tuning_of(GouContext context) {
  std::size_t size = 0;
  EXPECT_OK(gouGetTuning(context, &size, nullptr));
  std::string data(size, '\0');
  std::size_t less = size - 1;
  expect_error(GOU_ERROR_TOO_SMALL, "the tuning needs " + std::to_string(size) + " bytes", gouGetTuning(context, &less, data.data()));
  EXPECT_EQ(less, size);
  EXPECT_OK(gouGetTuning(context, &size, data.data()));
  return data;
}

nlohmann::json described(GouContext context) { return nlohmann::json::parse(description(context).c_str()); }

class TuningBlob : public OnBorrowed {
 protected:
  TuningBlob() : device(engine().lend()) {}
  void TearDown() override {
    EXPECT_OK(gouSetTuning(context(), nullptr, 0));
    OnBorrowed::TearDown();
  }
  /// The product that gouDescribeContext names a row for.
  Launch typical() const {
    Graph graph;
    graph.output("c", matmul(graph.input("a", {{64, 128}, DType::f32}), graph.input("b", {{128, 2048}, DType::f32})));
    return launch_of(graph, {}, device.catalog(), "matmul");
  }
  GouResult set(const std::string& text) const { return gouSetTuning(context(), text.data(), text.size()); }

  Device device;
};

TEST_F(TuningBlob, DecidesFromThenOn) {
  const std::vector<Kernel> rows = device.catalog().candidates(typical());
  ASSERT_GE(rows.size(), 2u);
  EXPECT_EQ(described(context())["kernels"]["matmul"], rows.front().row);
  EXPECT_EQ(described(context())["tuning_key"], tuning_key(device.facts()));
  for (const Kernel& kernel : rows) {
    Tuning tuning;
    tuning.rows[signature_of(typical())] = {kernel.row, 10, 20};
    std::string text = tuning_text(device.facts(), tuning);
    ASSERT_OK(set(text));
    EXPECT_EQ(described(context())["kernels"]["matmul"], kernel.row);
    EXPECT_EQ(tuning_of(context()), text);
  }
  ASSERT_OK(gouSetTuning(context(), nullptr, 0));
  EXPECT_EQ(described(context())["kernels"]["matmul"], rows.front().row);
  EXPECT_EQ(tuning_of(context()), tuning_text(device.facts(), {}));
  ASSERT_OK(set(tuning_of(context()))) << "one without choices is a tuning too";
}

TEST_F(TuningBlob, ModelsPaintTheSamePictureWithOtherRows) {
  Folder folder;
  const std::string path = folder / "faces.safetensors";
  write_faces_model(context(), path);
  const auto paint = [&] {
    const GouModel model = load(context(), path, 4);
    const std::vector<float> images = generate(model, 7, 0, 4, 4);
    EXPECT_OK(gouDestroyModel(model));
    return images;
  };
  const std::vector<float> before = paint();
  const Recipe recipe = Recipe::of_model("faces2x2");
  Tuning tuning;
  for (const Step& step : plan_sampling(recipe, 4, LatentSource::seed, device.catalog()).plan.steps)
    if (const auto rows = device.catalog().candidates(step.launch); rows.size() > 1)
      tuning.rows[signature_of(step.launch)] = {rows.back().row, 1, 1};
  ASSERT_FALSE(tuning.rows.empty());
  ASSERT_OK(set(tuning_text(device.facts(), tuning)));
  const std::vector<float> after = paint();
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(before[i], after[i], 2.0f / 255) << i;
}

TEST_F(TuningBlob, WhatDoesNotBelongHereIsRefusedAndChangesNothing) {
  Tuning tuning;
  tuning.rows["matmul"] = {"plain", 1, 2};
  const std::string whole = tuning_text(device.facts(), tuning);
  ASSERT_OK(set(whole));
  DeviceFacts other = device.facts();
  other.name = "Other GPU";
  expect_error(GOU_ERROR_UNSUPPORTED, "gouSetTuning: the tuning: of another device (device 'Other GPU'; here it is '" + device.facts().name,
               set(tuning_text(other, tuning)));
  other = device.facts();
  ++other.driver_version;
  expect_error(GOU_ERROR_UNSUPPORTED, "of another driver version", set(tuning_text(other, tuning)));
  expect_error(GOU_ERROR_BAD_FILE, "gouSetTuning: the tuning: not the JSON text", set(whole.substr(0, whole.size() / 2)));
  expect_error(GOU_ERROR_BAD_FILE, "not the JSON text", set(std::string(1000, 'x')));
  expect_error(GOU_ERROR_BAD_FILE, "not written by gouache tune", set("{}"));
  std::string flipped = whole;
  flipped[flipped.find("plain")] = 'q';
  expect_error(GOU_ERROR_BAD_FILE, "its checksum does not match", set(flipped));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouSetTuning: data is NULL", gouSetTuning(context(), nullptr, 5));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouSetTuning: context is NULL", gouSetTuning(nullptr, whole.data(), whole.size()));
  std::size_t size = 0;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouGetTuning: context is NULL", gouGetTuning(nullptr, &size, nullptr));
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouGetTuning: size is NULL", gouGetTuning(context(), nullptr, nullptr));
  EXPECT_EQ(tuning_of(context()), whole);
}

}  // namespace
}  // namespace gouache::testing
