// Which pictures are exported?
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "demo/studio/explorer.h"
#include "demo/studio/export_plan.h"

namespace gouache::studio {

enum class ExportSource : std::uint8_t { current, grid, pins, fresh };  ///< of pictures and sheets
enum class ExportMotion : std::uint8_t { between, along };              ///< of an animation

/// What was chosen of what Explore holds.
struct SubjectWish {
  ExportKind kind = ExportKind::pictures;
  ExportSource source = ExportSource::current;
  std::uint64_t seed = 1;    ///< of fresh pictures
  std::uint32_t count = 16;  ///< of fresh pictures
  ExportMotion motion = ExportMotion::between;
  std::int32_t from = kNoPin, to = kNoPin;  ///< pins; those that are not there: what Explore blends, else its first two
  std::uint32_t direction = 0;              ///< along which the current picture changes
  float reach = 2;                          ///< standard deviations either way
  std::uint32_t frames = 12;                ///< of an animation, both ends included

  bool operator==(const SubjectWish&) const = default;
};

struct Subject {
  std::vector<Specimen> specimens;
  std::vector<std::string> numbers;  ///< "001" and so on; pins have their letters
  std::string missing;               ///< "", or why there is nothing: what the user has to do first
};

/// The pins that an animation goes between; kNoPin where there are not two.
struct PinPair {
  std::int32_t from, to;
};
PinPair pins_between(const Explorer& explorer, const SubjectWish& wish);

/// `directions` [k, latent], each of length 1; may be empty.
Subject subject_of(const Explorer& explorer, const SubjectWish& wish, std::span<const float> directions);

}  // namespace gouache::studio
