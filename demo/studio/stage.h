// What do scripts see of the window?  Where its controls lie, and facts that the pages tell.
#pragma once

#include <imgui.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace gouache::studio {

/// A fact: a number, or a text.
using Fact = std::variant<double, std::string>;

/// Places are told anew each frame, facts as they change; nothing is kept but while a script runs. UI thread.
class Stage {
 public:
  struct Place {
    ImVec2 from, to;  ///< screen units
  };
  static Stage& instance();
  /// Begins with nothing known.
  void record(bool on);
  bool recording() const { return recording_; }
  void begin_frame() { places_.clear(); }
  void mark(std::string_view name, ImVec2 from, ImVec2 to);
  void publish(std::string_view name, Fact fact);
  std::optional<Place> place(std::string_view name) const;
  std::optional<Fact> fact(std::string_view name) const;

 private:
  bool recording_ = false;
  std::map<std::string, Place, std::less<>> places_;
  std::map<std::string, Fact, std::less<>> facts_;
};

}  // namespace gouache::studio
