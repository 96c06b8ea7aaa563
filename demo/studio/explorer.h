// What is on the Explore page: which specimens are in the grid, which are pinned, and what is being made of them?
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demo/studio/latents.h"
#include "demo/studio/undo.h"

namespace gouache::studio {

inline constexpr std::uint32_t kMostDirections = 10;  // sliders
inline constexpr float kFarthestOffset = 3;           // standard deviations either way: 99.7 % of what training drew
inline constexpr std::uint32_t kMostCells = 256;
inline constexpr std::uint32_t kMostPins = 32;
inline constexpr std::uint32_t kFewestFrames = 2, kMostFrames = 64;
inline constexpr std::int32_t kAllClasses = -1;
inline constexpr std::int32_t kNoPin = -1;

/// A specimen that is kept. Its number is the lowest that was free, and stays.
struct Pin {
  std::int32_t id = 0;
  Specimen specimen;

  bool operator==(const Pin&) const = default;
};

/// "A" to "Z" for 0 to 25, then "AA", "AB" and so on.
std::string pin_name(std::int32_t id);

/// What the sliders start from.
enum class Origin : std::uint8_t { kCell, kPin, kFrame, kSum };
struct Choice {
  Origin origin = Origin::kCell;
  std::uint32_t number = 0;  // of the cell, the pin (its id) or the frame

  bool operator==(const Choice&) const = default;
};

/// All that undo takes back.
struct ExplorerState {
  std::uint64_t seed = 1;
  std::uint32_t columns = 8, rows = 4;
  std::vector<std::uint32_t> rolls;  // by cell, how often it alone was rolled again; cells beyond the end: never
  float truncation = kNoTruncation;  // standard deviations, see drawn_latent
  std::int32_t class_choice = kAllClasses;
  Choice choice;
  std::array<float, kMostDirections> offsets{};               // standard deviations, by direction
  std::vector<Pin> pins;                                      // in the order in which they were pinned
  std::int32_t from = kNoPin, to = kNoPin;                    // pins of the blend
  std::uint32_t frames = 24;                                  // of the blend, both ends included
  std::array<std::int32_t, 3> terms{kNoPin, kNoPin, kNoPin};  // pins a, b, c of a - b + c

  bool operator==(const ExplorerState&) const = default;
};

/// The page without its window. Changes are steps that can be undone; a change that changes nothing is none. Values out of range are
/// brought into it, cells and pins that are not there are left alone. One thread.
class Explorer {
 public:
  /// The model that the specimens are for: `latent` numbers (1 or more) a picture, classes (0: it has none), and `directions`
  /// [k, latent] of any length but 0, the one that changes most first; those beyond kMostDirections are left out. Everything is kept
  /// that can be: pins of other models wait until a model of as many numbers is back. Steps can be undone only while neither number
  /// changes. Throws std::invalid_argument, and nothing is changed, for a latent of 0, directions of another shape, or a number in them
  /// that is not finite.
  void set_model(std::uint32_t latent, std::uint32_t classes, std::span<const float> directions);

  std::uint32_t latent() const { return latent_; }  // 0 before there is a model: then there are no specimens
  std::uint32_t classes() const { return classes_; }
  std::uint32_t directions() const;
  const ExplorerState& state() const { return state_; }
  /// Grows with every change of the state or the model: what was painted for another revision may be out of date.
  std::uint64_t revision() const { return revision_; }

  /// The same, of what grid() gives alone: it takes longest to make.
  std::uint64_t grid_revision() const { return grid_revision_; }

  // What there is to see.
  std::uint32_t cells() const { return state_.columns * state_.rows; }
  Specimen cell(std::uint32_t index) const;
  std::vector<Specimen> grid() const;          // row by row
  const Pin* find_pin(std::int32_t id) const;  // nullptr: there is none
  std::vector<Specimen> pinned() const;        // as state().pins
  std::vector<Specimen> blend() const;         // the frames; none without both pins
  std::optional<Specimen> sum() const;         // a - b + c, of a's class; none without the three pins
  Specimen base() const;                       // what the sliders start from; the first cell where the choice is gone
  Specimen current() const;                    // the base moved by the sliders: what Use and Export take
  std::string name() const;                    // of the current one, in words: "picture 7", "pin B, changed"

  // The grid.
  void set_seed(std::uint64_t seed);
  void roll_all();  // the next seed
  void roll(std::uint32_t cell);
  void set_grid(std::uint32_t columns, std::uint32_t rows);
  void set_truncation(float truncation);  // flows
  void set_class(std::int32_t choice);    // kAllClasses: all in turn

  // The current specimen. Another choice sets the sliders back.
  void choose(Choice choice);
  void step(int right, int down);                          // from cell to cell, no farther than the edge
  void set_offset(std::uint32_t direction, float offset);  // flows
  void reset_offsets();

  // Pins. New ones are taken for the blend and the sum where a place is free.
  std::int32_t pin(const Specimen& specimen);  // its id; kNoPin: there are kMostPins
  void unpin(std::int32_t id);
  void set_blend(std::int32_t from, std::int32_t to);
  void set_frames(std::uint32_t frames);                 // flows
  void set_term(std::uint32_t place, std::int32_t pin);  // place 0, 1, 2: a, b, c

  // Steps.
  void settle() { history_.settle(state_); }  // sliders are let go
  bool undo();
  bool redo();
  std::string undo_name() const { return history_.undo_name(); }
  std::string redo_name() const { return history_.redo_name(); }

  /// The pins, those that wait for their models included, as a JSON document.
  std::string save_pins() const;
  /// Replaces all pins; not a step, what was done before cannot be undone. Throws std::runtime_error, and nothing is changed, for a
  /// document that `save_pins` did not write, and says what is wrong with it.
  void load_pins(std::string_view json);

 private:
  template <class Change>
  void edit(const char* what, bool flowing, Change change);
  void adopt(ExplorerState& state) const;  // what a change implies: no place holds a lost pin, sliders belong to what they moved
  void changed(const ExplorerState& before);
  void fetch_pins();                         // from waiting_ for the model, as a new beginning
  Specimen fitted(Specimen specimen) const;  // its class brought into the model's
  Specimen frame(std::uint32_t index) const;
  using Source = std::pair<std::uint64_t, std::uint64_t>;  // seed and index of drawn_latent
  static Source source(const ExplorerState& state, std::uint32_t cell);

  ExplorerState state_;
  std::map<std::uint32_t, std::vector<Pin>> waiting_;  // by latent: pins for models of other numbers
  History<ExplorerState> history_{200};
  std::uint32_t latent_ = 0, classes_ = 0;
  std::vector<float> directions_;  // [directions, latent], each of length 1
  std::uint64_t revision_ = 0, grid_revision_ = 0;
};

}  // namespace gouache::studio
