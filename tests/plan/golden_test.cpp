// Has the planner changed its mind?  What `gouache plan` prints for a small DCGAN, on the smallest device that Vulkan allows, is committed.
#include "tests/support/golden.h"

#include <sstream>

#include "host/kernels/family.h"
#include "host/runtime/plans.h"

namespace gouache::testing {
namespace {

constexpr const char* kGoldenPlan = "plan/golden/dcgan.txt";

std::vector<std::string> planned() {
  Recipe recipe = Recipe::of_model("dcgan");
  for (const auto& [key, value] : {std::pair{"size", "16"}, {"channels", "8"}, {"latent", "6"}, {"image_channels", "4"}})
    recipe.set(key, value);
  const Catalog catalog(DeviceCaps{});
  std::istringstream text(to_text(plan_training(recipe, {{100, 16, 16, 4}, DType::u8}, 8, catalog).plan) +
                          to_text(plan_sampling(recipe, 8, LatentSource::seed, catalog).plan));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

TEST(GoldenPlan, IsWhatIsPlanned) {
  const std::vector<std::string> lines = planned();
  if (rewrites_golden()) {
    write_golden(kGoldenPlan, "What is planned for a small DCGAN, training and painting, on the guaranteed minimum?", "GoldenPlan.*",
                 lines);
    GTEST_SKIP() << golden_path(kGoldenPlan) << " is written anew";
  }
  const std::vector<std::string> golden = golden_lines(kGoldenPlan);
  for (std::size_t i = 0; i < std::min(lines.size(), golden.size()); ++i)
    EXPECT_EQ(lines[i], golden[i]) << "line " << i + 1 << "; if the change is meant, write the file anew as its second line says";
  EXPECT_EQ(lines.size(), golden.size());
}

}  // namespace
}  // namespace gouache::testing
