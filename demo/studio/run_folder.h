// Where does a training keep its checkpoints, and which of them are kept when there are many?
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gouache::studio {

/// All that a training is made from; the same wish makes the same training.
struct TrainingWish {
  std::string source;  ///< as data::load takes it
  std::string recipe;  ///< JSON
  std::uint32_t batch = 64;
  std::uint64_t seed = 0;
  bool operator==(const TrainingWish&) const = default;
};

/// A place to go back to.
struct Checkpoint {
  std::uint64_t step = 0;
  unsigned attempt = 1;  ///< grows when a run goes back and on from there, so that what it leaves behind is not overwritten
  std::string path;      ///< the training
  std::string sheet;     ///< a PNG of its samples; the file may be missing
  std::string figures;   ///< a table of all figures up to there; the file may be missing
  bool operator==(const Checkpoint&) const = default;
};

/// Which of the growing steps to give up so that `most` (at least 3) are left: spread evenly, or, `recent`, the denser the newer they are.
/// The first and the last stay. Indices, growing.
std::vector<std::size_t> superfluous(std::span<const std::uint64_t> steps, std::size_t most, bool recent);

/// A folder with run.json, which holds the wish, and checkpoints. For one thread at a time; all of it reads or writes files.
class RunFolder {
 public:
  RunFolder() = default;
  /// Makes a new folder below `root`: `name`, or name-2 and so on. Throws std::exception naming the folder.
  static RunFolder fresh(const std::string& root, const std::string& name, const TrainingWish& wish);
  /// Opens one. Throws std::runtime_error naming the file and what was expected.
  static RunFolder open(const std::string& path);
  /// Below `root` the run that wrote a checkpoint last; "": none.
  static std::string newest(const std::string& root);

  const std::string& path() const { return path_; }
  const TrainingWish& wish() const { return wish_; }
  /// What lies in the folder, by step and attempt.
  std::vector<Checkpoint> checkpoints() const;
  /// The names that a checkpoint has or would have.
  Checkpoint place(std::uint64_t step, unsigned attempt) const;
  /// Deletes checkpoints until `most` are left, the denser the newer; never `kept`.
  void thin(std::size_t most, const Checkpoint& kept) const;

 private:
  std::string path_;
  TrainingWish wish_;
};

}  // namespace gouache::studio
