// How does the studio take back what was changed?  Whole small states are kept, one a step.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

namespace gouache::studio {

/// The states before each step, and those taken back. One thread.
template <class State>
class History {
 public:
  /// At most `depth` steps; the oldest are forgotten.
  explicit History(std::size_t depth) : depth_(depth) {}

  /// A step called `what` leaves `was`. A flowing one (a slider that is being dragged) joins the newest step of the same name, until
  /// `settle`. What was taken back can no longer be done again.
  void keep(State was, std::string what, bool flowing) {
    undone_.clear();
    const bool joins = flowing && open_ && !done_.empty() && done_.back().what == what;
    open_ = flowing;
    if (joins) return;
    done_.push_back({std::move(was), std::move(what)});
    if (done_.size() > depth_) done_.pop_front();
  }

  /// Flowing steps end here (the slider is let go). One that led back to where it began is none.
  void settle(const State& now) {
    if (open_ && !done_.empty() && done_.back().state == now) done_.pop_back();
    open_ = false;
  }

  /// Changes `now` to what it was before the newest step; false, and nothing happens, if there is none.
  bool undo(State& now) { return turn(done_, undone_, now); }
  bool redo(State& now) { return turn(undone_, done_, now); }

  /// The step that undo or redo would turn; "" if there is none.
  std::string undo_name() const { return done_.empty() ? std::string() : done_.back().what; }
  std::string redo_name() const { return undone_.empty() ? std::string() : undone_.back().what; }
  std::size_t depth() const { return done_.size(); }

  void clear() {
    done_.clear();
    undone_.clear();
    open_ = false;
  }

 private:
  struct Step {
    State state;
    std::string what;
  };

  bool turn(std::deque<Step>& from, std::deque<Step>& to, State& now) {
    if (from.empty()) return false;
    open_ = false;
    to.push_back({std::exchange(now, std::move(from.back().state)), std::move(from.back().what)});
    from.pop_back();
    return true;
  }

  std::size_t depth_;
  std::deque<Step> done_, undone_;  // the newest last
  bool open_ = false;               // the newest step still flows
};

}  // namespace gouache::studio
