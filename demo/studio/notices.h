// How does the studio tell what happened, good or bad, without stopping anybody?
#pragma once

#include <chrono>
#include <deque>
#include <string>

namespace gouache::studio {

/// Messages that stand in a corner for a while, errors longer; a click sends one away. UI thread.
class Notices {
 public:
  enum class Kind { done, warning, error };
  void add(Kind kind, std::string text);
  void done(std::string text) { add(Kind::done, std::move(text)); }
  void warning(std::string text) { add(Kind::warning, std::move(text)); }
  void error(std::string text) { add(Kind::error, std::move(text)); }
  /// Draws those that are new enough over everything else.
  void draw();
  const std::string& last() const { return last_; }

 private:
  struct Notice {
    Kind kind;
    std::string text;
    std::chrono::steady_clock::time_point until;
  };
  std::deque<Notice> shown_;
  std::string last_;
};

}  // namespace gouache::studio
