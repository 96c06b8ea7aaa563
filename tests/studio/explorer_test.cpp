// Does the Explore page do what its buttons say, and can all of it be taken back?
#include "demo/studio/explorer.h"

#include <array>
#include <cmath>
#include <functional>
#include <stdexcept>

namespace gouache::studio {
namespace {

constexpr std::uint32_t kLatent = 8;

std::vector<float> axes(std::uint32_t count, std::uint32_t latent, float scale = 1) {
  std::vector<float> rows(count * latent);
  for (std::uint32_t k = 0; k < count; ++k) rows[k * latent + k] = scale;
  return rows;
}

class ExplorerPage : public testing::Test {
 protected:
  ExplorerPage() {
    page.set_model(kLatent, 3, axes(4, kLatent));
    page.set_grid(6, 4);
    while (page.undo()) {}
    page.set_grid(6, 4);
  }

  /// Three pins A, B, C of cells 0, 1, 2.
  void pin_three() {
    for (std::uint32_t cell = 0; cell < 3; ++cell) page.pin(page.cell(cell));
  }

  Explorer page;
};

TEST_F(ExplorerPage, GridIsOfTheSeedAndOfAllClassesInTurn) {
  const std::vector<Specimen> grid = page.grid();
  ASSERT_EQ(grid.size(), 24u);
  for (std::uint32_t i = 0; i < grid.size(); ++i) {
    EXPECT_EQ(grid[i].label, i % 3);
    EXPECT_EQ(grid[i].latent, drawn_latent(page.state().seed, i, kNoTruncation, kLatent));
  }
  page.set_class(2);
  for (const Specimen& specimen : page.grid()) EXPECT_EQ(specimen.label, 2u);
  page.set_class(3);  // there is none
  EXPECT_EQ(page.state().class_choice, 2);
}

TEST_F(ExplorerPage, RollsAllOrOne) {
  const std::vector<Specimen> before = page.grid();
  page.roll(5);
  page.roll(5);
  std::vector<Specimen> after = page.grid();
  for (std::uint32_t i = 0; i < 24; ++i) EXPECT_EQ(after[i] == before[i], i != 5) << i;
  page.roll(24);  // beyond the grid: no step either
  EXPECT_TRUE(page.undo());
  EXPECT_TRUE(page.undo());
  EXPECT_EQ(page.grid(), before);

  page.roll(5);
  page.roll_all();
  after = page.grid();
  for (std::uint32_t i = 0; i < 24; ++i) EXPECT_NE(after[i].latent, before[i].latent) << i;
  page.set_seed(1);
  EXPECT_EQ(page.grid(), before);  // a seed says it all: rolls of single cells are gone
}

TEST_F(ExplorerPage, TruncationIsBroughtIntoItsRange) {
  page.set_truncation(0.5f);
  for (const Specimen& specimen : page.grid())
    for (const float value : specimen.latent) EXPECT_LE(std::abs(value), 0.5f);
  page.set_truncation(-1);
  EXPECT_EQ(page.state().truncation, kLeastTruncation);
  page.set_truncation(9);
  EXPECT_EQ(page.state().truncation, kNoTruncation);
  page.set_truncation(NAN);
  EXPECT_EQ(page.state().truncation, kNoTruncation);
}

TEST_F(ExplorerPage, ArrowsStayInTheGrid) {
  page.step(-1, -1);
  EXPECT_EQ(page.state().choice.number, 0u);
  page.step(1, 2);
  EXPECT_EQ(page.state().choice.number, 13u);
  page.step(9, 9);
  EXPECT_EQ(page.state().choice.number, 23u);
  page.set_grid(2, 2);  // the cell is gone
  EXPECT_EQ(page.state().choice, Choice{});
}

TEST_F(ExplorerPage, SlidersMoveTheChosenOneAlongUnitDirections) {
  page.set_model(kLatent, 3, axes(4, kLatent, 10));  // length 10 as length 1
  page.choose({Origin::kCell, 4});
  page.set_offset(2, 1.5f);
  page.set_offset(0, 7);
  page.set_offset(4, 1);  // there are 4 directions
  std::vector<float> expected = page.cell(4).latent;
  expected[2] += 1.5f;
  expected[0] += kFarthestOffset;
  EXPECT_EQ(page.current().latent, expected);
  EXPECT_EQ(page.current().label, 1u);
  EXPECT_EQ(page.name(), "picture 5, changed");

  page.choose({Origin::kCell, 4});  // the same again: nothing
  EXPECT_EQ(page.current().latent, expected);
  page.choose({Origin::kCell, 6});
  EXPECT_EQ(page.current(), page.cell(6));
  EXPECT_TRUE(page.undo());
  EXPECT_EQ(page.current().latent, expected);
  page.roll(5);  // another one
  EXPECT_EQ(page.current().latent, expected);
  page.roll(4);  // this one
  EXPECT_EQ(page.current(), page.cell(4));
  page.set_offset(1, -2);
  page.reset_offsets();
  EXPECT_EQ(page.current(), page.cell(4));
}

TEST_F(ExplorerPage, PinsStayWhateverTheGridDoes) {
  page.choose({Origin::kCell, 7});
  page.set_offset(0, 1);
  const Specimen kept = page.current();
  EXPECT_EQ(page.pin(kept), 0);
  page.roll_all();
  page.choose({Origin::kPin, 0});
  EXPECT_EQ(page.current(), kept);
  EXPECT_EQ(page.name(), "pin A");

  EXPECT_EQ(page.pin(page.cell(1)), 1);
  EXPECT_EQ(page.pin(page.cell(2)), 2);
  page.unpin(1);
  EXPECT_EQ(page.pin(page.cell(3)), 1);  // the letter that was free, at the end of the row
  EXPECT_EQ(page.state().pins.back().id, 1);
  page.unpin(0);
  EXPECT_EQ(page.state().choice, Choice{});  // what was chosen is gone
  EXPECT_TRUE(page.undo());
  EXPECT_EQ(page.current(), kept);

  while (page.state().pins.size() < kMostPins) EXPECT_NE(page.pin(kept), kNoPin);
  EXPECT_EQ(page.pin(kept), kNoPin);
  EXPECT_EQ(page.pin({{1, 2}, 0}), kNoPin);  // of another model
}

TEST(Explorer, PinsAreNamedByLetters) {
  EXPECT_EQ(pin_name(0), "A");
  EXPECT_EQ(pin_name(25), "Z");
  EXPECT_EQ(pin_name(26), "AA");
  EXPECT_EQ(pin_name(52), "BA");
}

TEST_F(ExplorerPage, FirstPinsBlendAndAdd) {
  EXPECT_TRUE(page.blend().empty());
  page.pin(page.cell(0));
  EXPECT_TRUE(page.blend().empty());
  EXPECT_FALSE(page.sum());
  page.pin(page.cell(1));
  page.set_frames(5);
  std::vector<Specimen> blend = page.blend();
  ASSERT_EQ(blend.size(), 5u);
  EXPECT_EQ(blend.front(), page.cell(0));
  EXPECT_EQ(blend.back(), page.cell(1));
  EXPECT_EQ(blend[1].latent, blended(page.cell(0).latent, page.cell(1).latent, 0.25f));
  EXPECT_EQ(blend[1].label, 0u);
  EXPECT_EQ(blend[2].label, 1u);

  page.pin(page.cell(5));
  ASSERT_TRUE(page.sum());
  EXPECT_EQ(page.sum()->latent, summed(page.cell(0).latent, page.cell(1).latent, page.cell(5).latent));
  page.set_term(0, 2);
  EXPECT_EQ(page.sum()->label, page.cell(5).label);
  page.set_blend(2, 0);
  EXPECT_EQ(page.blend().front(), page.cell(5));

  page.choose({Origin::kFrame, 3});
  EXPECT_EQ(page.name(), "frame 4 from C to A");
  EXPECT_EQ(page.current(), page.blend()[3]);
  page.choose({Origin::kFrame, 5});  // there are 5
  EXPECT_EQ(page.state().choice.number, 3u);
  page.set_frames(2);
  EXPECT_EQ(page.state().choice, Choice{});
  page.choose({Origin::kSum, 0});
  EXPECT_EQ(page.current(), *page.sum());
  EXPECT_EQ(page.name(), "C - B + C");

  page.unpin(2);
  EXPECT_EQ(page.state().from, kNoPin);
  EXPECT_FALSE(page.sum());
  EXPECT_EQ(page.state().choice, Choice{});
  page.set_blend(9, 1);  // no such pin
  EXPECT_EQ(page.state().from, kNoPin);
  page.pin(page.cell(6));  // takes the places that are free
  EXPECT_EQ(page.state().from, 2);
  EXPECT_EQ(page.state().terms, (std::array<std::int32_t, 3>{2, 1, kNoPin}));
  EXPECT_FALSE(page.sum());
}

TEST_F(ExplorerPage, EveryChangeIsUndoneAndDoneAgain) {
  pin_three();
  const std::function<void()> changes[] = {
      [&] { page.set_seed(9); },
      [&] { page.roll_all(); },
      [&] { page.roll(3); },
      [&] { page.set_grid(5, 5); },
      [&] { page.set_truncation(1); },
      [&] { page.set_class(1); },
      [&] {
        page.choose({Origin::kSum, 0});
      },
      [&] { page.set_offset(1, 0.5f); },
      [&] { page.reset_offsets(); },
      [&] { page.step(1, 0); },
      [&] { page.step(1, 0); },
      [&] { page.pin(page.current()); },
      [&] { page.set_blend(1, 3); },
      [&] { page.set_frames(12); },
      [&] { page.set_term(1, 3); },
      [&] { page.unpin(0); },
  };
  std::vector<ExplorerState> states{page.state()};
  for (const auto& change : changes) {
    const std::uint64_t revision = page.revision();
    change();
    page.settle();
    EXPECT_GT(page.revision(), revision);
    EXPECT_NE(page.state(), states.back()) << states.size();
    EXPECT_FALSE(page.undo_name().empty());
    states.push_back(page.state());
  }
  for (std::size_t i = states.size() - 1; i > 0; --i) {
    EXPECT_TRUE(page.undo());
    EXPECT_EQ(page.state(), states[i - 1]) << page.redo_name();
  }
  for (std::size_t i = 1; i < states.size(); ++i) {
    EXPECT_TRUE(page.redo());
    EXPECT_EQ(page.state(), states[i]) << page.undo_name();
  }
  EXPECT_FALSE(page.redo());
}

TEST_F(ExplorerPage, ADragIsOneStep) {
  const ExplorerState before = page.state();
  for (int i = 1; i <= 10; ++i) page.set_offset(0, 0.1f * static_cast<float>(i));
  page.settle();
  for (int i = 1; i <= 10; ++i) page.set_offset(0, 1 + 0.1f * static_cast<float>(i));
  page.set_offset(1, 1);  // another slider: another step, settled or not
  page.settle();
  EXPECT_EQ(page.undo_name(), "direction 2");
  EXPECT_TRUE(page.undo());
  EXPECT_FLOAT_EQ(page.state().offsets[0], 2);
  EXPECT_TRUE(page.undo());
  EXPECT_FLOAT_EQ(page.state().offsets[0], 1);
  EXPECT_TRUE(page.undo());
  EXPECT_EQ(page.state(), before);

  page.set_offset(0, 1);
  page.set_offset(0, 0);  // and back within one drag
  page.settle();
  EXPECT_EQ(page.undo_name(), "grid");
}

TEST_F(ExplorerPage, TellsWhetherTheGridChanged) {
  const std::function<void()> of_grid[] = {[&] { page.roll_all(); },   [&] { page.roll(1); },        [&] { page.set_truncation(1); },
                                           [&] { page.set_class(1); }, [&] { page.set_grid(2, 2); }, [&] { page.undo(); }};
  for (const auto& change : of_grid) {
    const std::uint64_t before = page.grid_revision();
    change();
    EXPECT_GT(page.grid_revision(), before);
  }
  const std::uint64_t before = page.grid_revision(), all = page.revision();
  page.step(1, 0);
  page.set_offset(0, 1);
  pin_three();
  page.undo();
  page.redo();
  EXPECT_EQ(page.grid_revision(), before);
  EXPECT_EQ(page.revision(), all + 7);
}

TEST_F(ExplorerPage, ANewStepForgetsWhatWasTakenBack) {
  page.roll_all();
  EXPECT_TRUE(page.undo());
  EXPECT_EQ(page.redo_name(), "re-roll");
  page.set_truncation(2);
  EXPECT_EQ(page.redo_name(), "");
  EXPECT_FALSE(page.redo());
}

TEST(Undo, RemembersSoManySteps) {
  History<int> history(3);
  int now = 0;
  for (; now < 5; ++now) history.keep(now, "step", false);
  EXPECT_EQ(history.depth(), 3u);
  while (history.undo(now)) {}
  EXPECT_EQ(now, 2);
}

TEST_F(ExplorerPage, AnotherModelKeepsWhatItCan) {
  pin_three();
  page.set_offset(1, 1);
  page.set_class(2);
  const ExplorerState before = page.state();
  const std::uint64_t revision = page.revision();
  page.set_model(kLatent, 3, axes(2, kLatent));  // trained further: all stays, steps included
  EXPECT_EQ(page.state(), before);
  EXPECT_EQ(page.directions(), 2u);
  EXPECT_GT(page.revision(), revision);
  EXPECT_EQ(page.undo_name(), "class");

  page.set_model(kLatent, 0, {});  // without classes
  EXPECT_EQ(page.state().class_choice, kAllClasses);
  EXPECT_EQ(page.state().pins, before.pins);
  for (const Specimen& specimen : page.pinned()) EXPECT_EQ(specimen.label, 0u);
  EXPECT_EQ(page.current().label, 0u);
  EXPECT_FALSE(page.undo());

  page.set_model(2 * kLatent, 0, {});
  EXPECT_TRUE(page.state().pins.empty());
  EXPECT_TRUE(page.blend().empty());
  EXPECT_EQ(page.current().latent.size(), 2 * kLatent);
  page.pin(page.current());

  page.set_model(kLatent, 3, axes(4, kLatent));  // and back: its pins are there again
  EXPECT_EQ(page.state().pins, before.pins);
  EXPECT_EQ(page.pinned()[1].label, 1u);
  EXPECT_EQ(page.blend().size(), before.frames);
  EXPECT_TRUE(page.sum());
}

TEST_F(ExplorerPage, RefusesModelsThatCannotBe) {
  const ExplorerState before = page.state();
  EXPECT_THROW(page.set_model(0, 3, {}), std::invalid_argument);
  EXPECT_THROW(page.set_model(kLatent, 3, std::vector<float>(kLatent + 1, 1.0f)), std::invalid_argument);
  EXPECT_THROW(page.set_model(kLatent, 3, std::vector<float>(kLatent)), std::invalid_argument);
  EXPECT_THROW(page.set_model(kLatent, 3, std::vector<float>(kLatent, NAN)), std::invalid_argument);
  EXPECT_EQ(page.state(), before);
  EXPECT_EQ(page.directions(), 4u);
  page.set_model(16, 0, axes(16, 16));
  EXPECT_EQ(page.directions(), kMostDirections);
}

TEST(Explorer, IsEmptyBeforeThereIsAModel) {
  Explorer page;
  EXPECT_TRUE(page.grid().empty());
  EXPECT_TRUE(page.blend().empty());
  EXPECT_FALSE(page.sum());
  EXPECT_EQ(page.directions(), 0u);
  EXPECT_TRUE(page.current().latent.empty());
  EXPECT_EQ(page.pin(page.current()), kNoPin);
  EXPECT_FALSE(page.undo());
}

TEST_F(ExplorerPage, PinsAreRememberedWhole) {
  pin_three();
  page.unpin(1);
  const std::vector<Pin> pins = page.state().pins;
  page.set_model(4, 0, {});
  page.pin(page.cell(0));
  const std::string saved = page.save_pins();

  Explorer later;
  later.load_pins(saved);  // before there is a model
  EXPECT_EQ(later.save_pins(), saved);
  later.set_model(kLatent, 3, {});
  EXPECT_EQ(later.state().pins, pins);  // every bit of every number
  EXPECT_EQ(later.state().from, 0);
  EXPECT_EQ(later.state().to, 2);
  EXPECT_FALSE(later.undo());
  later.set_model(4, 0, {});
  EXPECT_EQ(later.state().pins, page.state().pins);
  EXPECT_EQ(Explorer().save_pins(), R"({"sets":[]})");
}

TEST_F(ExplorerPage, DamagedPinsAreRefusedAndNamed) {
  pin_three();
  const ExplorerState before = page.state();
  const auto message = [&](const char* json) {
    try {
      page.load_pins(json);
    } catch (const std::runtime_error& error) { return std::string(error.what()); }
    return std::string("accepted");
  };
  EXPECT_EQ(message("{"), "pins: this is not JSON");
  EXPECT_EQ(message("[]"), "pins: expected an object with 'sets', a list");
  EXPECT_EQ(message(R"({"sets": [{"latent": 0, "pins": []}]})"), "pins: latent is 0, expected 1..1048576");
  EXPECT_EQ(message(R"({"sets": [{"latent": 1, "pins": []}, {"latent": 1, "pins": []}]})"), "pins: two sets are for models of 1 numbers");
  const auto of_pin = [&](const std::string& pin) { return message((R"({"sets": [{"latent": 2, "pins": [)" + pin + "]}]}").c_str()); };
  EXPECT_EQ(of_pin(R"({"name": "a", "label": 0, "latent": [1, 2]})"), "pins: 'a' is no pin's name: those are A to AF");
  EXPECT_EQ(of_pin(R"({"name": "A", "label": -1, "latent": [1, 2]})"), "pins: expected an object with 'label', a whole number");
  EXPECT_EQ(of_pin(R"({"name": "A", "label": 0, "latent": [1]})"), "pins: A has 1 numbers, expected 2");
  EXPECT_EQ(of_pin(R"({"name": "B", "label": 0, "latent": [1, 1e99]})"), "pins: B has a value that is not a finite number");
  EXPECT_EQ(of_pin(R"({"name": "B", "label": 0, "latent": [1, null]})"), "pins: B has a value that is not a finite number");
  const std::string good = R"({"name": "A", "label": 0, "latent": [1, 2]})";
  EXPECT_EQ(of_pin(good + "," + good), "pins: two pins are named A");
  EXPECT_EQ(page.state(), before);
}

}  // namespace
}  // namespace gouache::studio
