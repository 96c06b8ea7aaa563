// What did the samples look like earlier, in a bounded amount of memory?
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace gouache::studio {

using Pixels = std::shared_ptr<const std::vector<std::uint8_t>>;

/// The same samples after one of the steps.
struct Sheet {
  std::uint64_t step = 0;
  Pixels pixels;         ///< RGBA bytes [count, height, width, 4], premultiplied
  double diversity = 0;  ///< over that of the training images
};

/// Sheets by growing step. When they need more memory than they may, some are given up so that the rest is spread evenly. Not thread-safe.
class SheetHistory {
 public:
  explicit SheetHistory(std::size_t most_bytes = std::size_t{64} << 20) : most_bytes_(most_bytes) {}

  /// A sheet of a step that is there already replaces it; those of later steps, which another attempt left behind, are forgotten.
  void add(Sheet sheet);
  /// Forgets those after a step.
  void cut(std::uint64_t step);
  void clear() { sheets_.clear(); }

  std::size_t size() const { return sheets_.size(); }
  const Sheet& at(std::size_t index) const { return sheets_[index]; }
  /// The last one of this step or before; size() where there is none.
  std::size_t before(std::uint64_t step) const;

 private:
  std::size_t most_bytes_;
  std::vector<Sheet> sheets_;
};

}  // namespace gouache::studio
