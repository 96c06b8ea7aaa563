// Does the smallest engine paint what the command paints?
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "demo/data/picture.h"

namespace gouache {
namespace {

constexpr std::uint32_t kSide = 32;

int run(const std::string& line) { return std::system(line.c_str()); }

TEST(Minimal, PaintsATextureWithMips) {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "gouache_minimal_test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const std::string model = GOUACHE_SOURCE_DIR "/demo/models/sprites.safetensors", sheet = (folder / "sheet.png").string();
  ASSERT_EQ(run(std::string(GOUACHE_MINIMAL) + " " + model + " " + sheet + " 7"), 0);
  ASSERT_EQ(run(std::string(GOUACHE_COMMAND) + " generate " + model + " --count 1 --seed 7 --out " + (folder / "x.png").string() +
                " --separate " + (folder / "images").string()),
            0);
  const data::Picture mips = data::read_image(sheet);
  ASSERT_EQ(mips.width, kSide + kSide / 2);
  ASSERT_EQ(mips.height, kSide);
  std::filesystem::path single;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "images")) single = entry.path();
  const data::Picture image = data::read_image(single.string());
  ASSERT_EQ(image.width, kSide);
  const auto texel = [](const data::Picture& of, std::uint32_t x, std::uint32_t y) { return of.pixels.data() + 4 * (y * of.width + x); };
  // Another batch may change a value by 1/255; straight colour is that over alpha, so it is compared times alpha.
  double alpha = 0, alpha_of_mips[5] = {};
  for (std::uint32_t y = 0; y < kSide; ++y)
    for (std::uint32_t x = 0; x < kSide; ++x) {
      const std::uint8_t *got = texel(mips, x, y), *wanted = texel(image, x, y);
      EXPECT_NEAR(got[3], wanted[3], 1) << x << ", " << y;
      for (int c = 0; c < 3; ++c) EXPECT_NEAR(got[c] * got[3] / 255.0, wanted[c] * wanted[3] / 255.0, 2) << x << ", " << y;
      alpha += got[3] / double(kSide * kSide);
    }
  EXPECT_GT(alpha, 20) << "there is a sprite";
  for (std::uint32_t level = 1, row = 0; level <= 5; ++level) {  // beside it, one below the other: coverage is that of the picture
    const std::uint32_t side = kSide >> level;
    for (std::uint32_t y = 0; y < side; ++y)
      for (std::uint32_t x = 0; x < side; ++x) alpha_of_mips[level - 1] += texel(mips, kSide + x, row + y)[3] / double(side * side);
    EXPECT_NEAR(alpha_of_mips[level - 1], alpha, 1) << "level " << level;
    row += side;
  }
  EXPECT_NE(run(std::string(GOUACHE_MINIMAL) + " nothing.safetensors " + sheet + " 2>" + (folder / "said").string()), 0);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace gouache
