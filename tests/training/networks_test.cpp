// Are the networks without a training those of their papers?  Parameter counts, shapes, and what is refused.
#include <gtest/gtest.h>

#include "host/kernels/family.h"
#include "host/runtime/plans.h"
#include "tests/ops/probe.h"

namespace gouache::testing {
namespace {

std::int64_t parameters_of(const Recipe& recipe) {
  std::int64_t count = 0;
  for (const ParameterSpec& spec : plan_sampling(recipe, 1, LatentSource::input, Catalog(DeviceCaps{})).parameters)
    if (spec.trained) count += spec.type.count();
  return count;
}

TEST(Networks, HaveAsManyParametersAsTheirPapersSay) {
  // 4x4 kernels: 3-64-128-256-512, 512-512 four times; 512-512, 1024-512 three times, 1024-256, 512-128, 256-64, 128-3; two a channel of
  // each norm; biases of the first, innermost and last layer. The authors' own code counts 54.414 million.
  EXPECT_EQ(parameters_of(Recipe::of_model("pix2pix")), 54414531);
  // 9x9x3x64, 33 of 3x3x64x64, two of 3x3x64x256, 9x9x64x3; biases; 33 norms; slopes of 17 + 2 PReLUs.
  EXPECT_EQ(parameters_of(Recipe::of_model("srresnet")), 15616 + 33 * 36864 + 2 * 147712 + 15555 + 33 * 128 + 19 * 64);
}

TEST(Networks, ImagesKeepOrGrowTheirSize) {
  for (const auto& [name, input, output] :
       {std::tuple{"pix2pix", Shape{5, 256, 256, 3}, Shape{5, 256, 256, 3}}, {"srresnet", Shape{5, 64, 64, 3}, Shape{5, 256, 256, 3}}}) {
    const Plan plan = plan_sampling(Recipe::of_model(name), 5, LatentSource::input, Catalog(DeviceCaps{})).plan;
    ASSERT_EQ(plan.inputs.size(), 1u);
    EXPECT_EQ(plan.inputs[0].name, "source");
    EXPECT_EQ(plan.inputs[0].type.shape, input);
    EXPECT_EQ(plan.outputs.at(0).type.shape, output);
    EXPECT_EQ(verify(plan), std::vector<std::string>{});
  }
}

TEST(Networks, WithoutATrainingAreRefusedByName) {
  const Catalog catalog(DeviceCaps{});
  const Recipe recipe = Recipe::of_model("pix2pix");
  const TensorType images{{8, 256, 256, 3}, DType::u8};
  EXPECT_EQ(probe::error_of([&] { plan_training(recipe, images, 4, catalog); }),
            "pix2pix: there is no training for this model yet; it can be planned and measured");
  EXPECT_EQ(probe::error_of([&] { plan_sampling(recipe, 4, LatentSource::seed, catalog); }),
            "pix2pix: paints from an image, not from latents; there is no painting from a seed");
}

}  // namespace
}  // namespace gouache::testing
