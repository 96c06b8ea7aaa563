// How does a script use the window as a person would, and judge what it sees?
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "demo/data/picture.h"
#include "demo/studio/window.h"

namespace gouache::studio {

/// A text file of steps, a line each; '#' begins a comment, "..." holds a text with spaces. It sees ImGui's input and the window's pixels.
/// UI thread.
///
///     click NAME [right|double]     drag NAME X [Y]: press where these fractions of the control are     hover NAME
///     swipe NAME X Y X2 Y2          from one place to another with the button held
///     type NAME TEXT                replaces what the field holds, then Enter
///     key KEY                       "Ctrl+Shift+Z", "Space", "Left", "P"
///     drop PATH                     a file on the window                    resize W H     minimise     restore     frames N
///     scale S                       pixels a unit, as on a display of high resolution
///     wait FACT OP VALUE within S   OP: = != < <= > >= contains             assert FACT OP VALUE        print FACT
///     screenshot FILE               into the output folder
///     remember KEY NAME             what the control looks like now; then:  changed KEY NAME, within 5 s    same KEY NAME
///     colours NAME OP N             different colours in it, told apart by 32 steps a channel
///     lose-device                   as if the driver had lost it            reopen: closes the window as a person does, and opens it again
class Script {
 public:
  /// Reads a script. Throws std::runtime_error naming file and line.
  Script(std::string path, std::string out_folder);

  /// Between ImGui's platform code and its new frame: moves the mouse and the keys.
  void drive(Window& window);
  /// Whether the frame at hand is to be looked at; then see() is called with it.
  bool wants_picture() const { return wants_picture_; }
  /// Once a `lose-device`, behind the frame in which it was met.
  bool loses_device() { return std::exchange(lost_device_, false); }
  void see(const data::Picture& picture);
  bool over() const { return step_ >= steps_.size() || failed_; }
  bool failed() const { return failed_; }

 private:
  struct Step {
    std::size_t line;
    std::vector<std::string> words;
  };
  struct Command {
    const char* name;
    std::size_t least, most;  ///< words behind the name
    bool (Script::*run)(const Step&);
    bool looks;  ///< at the pixels of a frame
  };
  static const Command kCommands[];
  static const Command* command(const std::string& name);

  // Each is called a frame; true when the step is over.
  bool click(const Step&);
  bool drag(const Step&);
  bool swipe(const Step&);
  bool hover(const Step&);
  bool type(const Step&);
  bool key(const Step&);
  bool drop(const Step&);
  bool resize(const Step&);
  bool scale(const Step&);
  bool minimise(const Step&);
  bool restore(const Step&);
  bool frames(const Step&);
  bool wait(const Step&);
  bool check(const Step&);
  bool print(const Step&);
  bool lose_device(const Step&);
  bool reopen(const Step&);
  bool screenshot(const Step&);
  bool remember(const Step&);
  bool changed(const Step&);
  bool same(const Step&);
  bool colours(const Step&);

  /// Moves the mouse onto a control; false while it is not there yet.
  bool reach(const std::string& name, float x, float y);
  bool holds(const std::string& fact, const std::string& op, const std::string& value) const;
  std::string told(const std::string& fact) const;
  data::Picture cut(const std::string& name) const;
  void fail(const std::string& why);

  std::string path_, out_;
  std::vector<Step> steps_;
  std::size_t step_ = 0;
  int phase_ = 0;  ///< frames since the step at hand began to act
  std::chrono::steady_clock::time_point began_;
  bool failed_ = false, wants_picture_ = false, lost_device_ = false;
  Window* window_ = nullptr;
  float mouse_x_ = -1, mouse_y_ = -1;
  int button_ = -1;  ///< held
  std::map<std::string, data::Picture> remembered_;
  data::Picture seen_;
};

}  // namespace gouache::studio
