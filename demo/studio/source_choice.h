// Which images is a model to learn, and what are they like?
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "demo/data/source.h"
#include "demo/studio/worker.h"

namespace gouache::studio {

/// Loads images on the worker. What was loaded stays until the next choice is whole; a choice that fails changes nothing else. UI thread.
class SourceChoice {
 public:
  explicit SourceChoice(Worker& worker) : state_(std::make_shared<State>()), worker_(worker) {}

  /// `size`: of the images, in pixels. The latest choice wins.
  void choose(const std::string& source, std::uint32_t size, std::uint64_t seed);

  bool loading() const { return state_->asked != state_->answered; }
  /// Of the images at hand; "" before the first.
  const std::string& source() const { return state_->source; }
  const std::shared_ptr<const data::Images>& images() const { return state_->images; }
  /// Files of the folder that were left out, and why.
  const std::vector<std::string>& damaged() const { return state_->damaged; }
  /// Grows with every set of images.
  std::uint64_t version() const { return state_->version; }
  /// Why the newest choice failed, once; "": it did not.
  std::string take_problem() { return std::exchange(state_->problem, {}); }

 private:
  struct State {
    std::uint64_t asked = 0, answered = 0, version = 0;
    std::string source, problem;
    std::shared_ptr<const data::Images> images;
    std::vector<std::string> damaged;
  };
  std::shared_ptr<State> state_;  ///< shared with what the worker has to deliver
  Worker& worker_;
};

/// "Sprites (built in)" and the like for a source's name, the path of a folder as it is.
std::string title_of_source(const std::string& source);
/// A short name for files: "sprites", or the folder's last part, in letters, digits, '-' and '_'.
std::string file_name_of_source(const std::string& source);

}  // namespace gouache::studio
