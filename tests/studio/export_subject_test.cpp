// Are the pictures exported that were chosen?
#include "demo/studio/export_subject.h"

#include <gtest/gtest.h>

namespace gouache::studio {
namespace {

constexpr std::uint32_t kLatent = 8;

std::vector<float> axes(std::uint32_t count) {
  std::vector<float> all(std::size_t{count} * kLatent);
  for (std::uint32_t i = 0; i < count; ++i) all[i * kLatent + i] = 1;
  return all;
}

Explorer explorer_of(std::uint32_t classes) {
  Explorer explorer;
  explorer.set_model(kLatent, classes, axes(3));
  return explorer;
}

TEST(ExportSubject, WithoutAModelThereIsNothing) { EXPECT_FALSE(subject_of(Explorer(), {}, {}).missing.empty()); }

TEST(ExportSubject, TheCurrentPictureIsThatOfExplore) {
  Explorer explorer = explorer_of(0);
  explorer.choose({Origin::kCell, 3});
  explorer.set_offset(1, 2.0f);
  const Subject subject = subject_of(explorer, {}, {});
  ASSERT_EQ(subject.specimens.size(), 1u);
  EXPECT_EQ(subject.specimens[0], explorer.current());
  EXPECT_NE(subject.specimens[0], explorer.cell(3));
}

TEST(ExportSubject, TheGridAndThePinsAreThoseOfExplore) {
  Explorer explorer = explorer_of(4);
  SubjectWish wish{.source = ExportSource::grid};
  Subject grid = subject_of(explorer, wish, {});
  EXPECT_EQ(grid.specimens, explorer.grid());
  EXPECT_EQ(grid.numbers.size(), grid.specimens.size());
  EXPECT_EQ(grid.numbers[0], "001");
  wish.source = ExportSource::pins;
  EXPECT_FALSE(subject_of(explorer, wish, {}).missing.empty());
  explorer.pin(explorer.cell(5));
  explorer.pin(explorer.cell(6));
  const Subject pins = subject_of(explorer, wish, {});
  EXPECT_TRUE(pins.missing.empty());
  EXPECT_EQ(pins.specimens, (std::vector<Specimen>{explorer.cell(5), explorer.cell(6)}));
  EXPECT_EQ(pins.numbers, (std::vector<std::string>{"A", "B"}));
}

TEST(ExportSubject, NewPicturesDependOnTheirSeedAlone) {
  Explorer explorer = explorer_of(3);
  SubjectWish wish{.kind = ExportKind::sheet, .source = ExportSource::fresh, .seed = 9, .count = 7};
  const Subject first = subject_of(explorer, wish, {});
  ASSERT_EQ(first.specimens.size(), 7u);
  EXPECT_EQ(first.specimens[4].label, 1u) << "classes take turns";
  explorer.roll_all();
  EXPECT_EQ(subject_of(explorer, wish, {}).specimens, first.specimens);
  explorer.set_class(2);
  EXPECT_EQ(subject_of(explorer, wish, {}).specimens[4].label, 2u);
  wish.seed = 10;
  EXPECT_NE(subject_of(explorer, wish, {}).specimens[0].latent, first.specimens[0].latent);
}

TEST(ExportSubject, AnAnimationGoesFromPinToPin) {
  Explorer explorer = explorer_of(0);
  SubjectWish wish{.kind = ExportKind::strip, .frames = 5};
  EXPECT_NE(subject_of(explorer, wish, {}).missing.find("pin"), std::string::npos);
  const std::int32_t a = explorer.pin(explorer.cell(1)), b = explorer.pin(explorer.cell(2)), c = explorer.pin(explorer.cell(3));
  EXPECT_EQ(pins_between(explorer, wish).from, explorer.state().from);
  EXPECT_EQ(pins_between(explorer, wish).to, explorer.state().to);
  wish.from = c;
  wish.to = a;
  const Subject subject = subject_of(explorer, wish, {});
  ASSERT_EQ(subject.specimens.size(), 5u);
  for (std::uint32_t i = 0; i < kLatent; ++i) {
    EXPECT_NEAR(subject.specimens.front().latent[i], explorer.cell(3).latent[i], 1e-5);
    EXPECT_NEAR(subject.specimens.back().latent[i], explorer.cell(1).latent[i], 1e-5);
  }
  explorer.unpin(c);
  EXPECT_TRUE(explorer.find_pin(pins_between(explorer, wish).from)) << "a pin that is gone is not blended";
  EXPECT_NE(pins_between(explorer, wish).from, c);
  (void)b;
}

TEST(ExportSubject, AnAnimationGoesAlongADirection) {
  Explorer explorer = explorer_of(0);
  const SubjectWish wish{.kind = ExportKind::strip, .motion = ExportMotion::along, .direction = 1, .reach = 3, .frames = 7};
  const Subject subject = subject_of(explorer, wish, axes(3));
  ASSERT_EQ(subject.specimens.size(), 7u);
  const std::vector<float> middle = explorer.current().latent;
  EXPECT_EQ(subject.specimens[3].latent, middle);
  EXPECT_NEAR(subject.specimens[0].latent[1], middle[1] - 3, 1e-5);
  EXPECT_NEAR(subject.specimens[6].latent[1], middle[1] + 3, 1e-5);
  EXPECT_EQ(subject.specimens[6].latent[0], middle[0]);
  EXPECT_FALSE(subject_of(explorer, wish, axes(1)).missing.empty()) << "there is no second direction";
}

}  // namespace
}  // namespace gouache::studio
