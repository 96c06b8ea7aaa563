// How does image i get its own random numbers, whatever else was drawn before it?
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>

namespace gouache::data {

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): a bijection of 64-bit words in which every input bit reaches every output bit.
constexpr uint64_t mixed(uint64_t word) {
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9ull;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebull;
  return word ^ (word >> 31);
}

/// A counter-based generator: throw n of image i is a function of (seed, i, n) alone, on every platform.
class Dice {
 public:
  Dice(uint64_t seed, uint64_t image) : key_(mixed(mixed(seed + kGolden) ^ (image * 0xd1342543de82ef95ull + 1))) {}

  uint64_t word() { return mixed(key_ + ++throws_ * kGolden); }

  /// A float in [0, 1), a multiple of 2^-24.
  float unit() { return static_cast<float>(word() >> 40) * 0x1p-24f; }

  float between(float low, float high) { return low + (high - low) * unit(); }

  /// An integer in [low, high], both included.
  int whole(int low, int high) { return low + static_cast<int>((word() >> 32) * static_cast<uint64_t>(high - low + 1) >> 32); }

  bool chance(float probability) { return unit() < probability; }

  /// One entry of a table.
  template <class Table>
  const auto& pick(const Table& table) {
    return std::data(table)[whole(0, static_cast<int>(std::size(table)) - 1)];
  }
  template <class T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[whole(0, static_cast<int>(choices.size()) - 1)];
  }

 private:
  static constexpr uint64_t kGolden = 0x9e3779b97f4a7c15ull;
  uint64_t key_;
  uint64_t throws_ = 0;
};

}  // namespace gouache::data
