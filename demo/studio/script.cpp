// How does a script use the window as a person would, and judge what it sees?
#include "demo/studio/script.h"

#include <imgui.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>

#include "demo/studio/stage.h"

namespace gouache::studio {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double kPatience = 20;  ///< seconds to wait for a control to appear
constexpr double kStill = 5;      ///< seconds after which what has not changed counts as unchanged: a film may show the same picture twice

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  while (in >> std::ws && in.peek() != std::istringstream::traits_type::eof() && in.peek() != '#') {
    std::string word;
    if (in.peek() == '"') {
      in.get();
      std::getline(in, word, '"');
    } else {
      in >> word;
    }
    words.push_back(word);
  }
  return words;
}

struct Key {
  const char* name;
  int key;
};
constexpr Key kKeys[] = {{"Space", GLFW_KEY_SPACE}, {"Enter", GLFW_KEY_ENTER},   {"Escape", GLFW_KEY_ESCAPE},
                         {"Left", GLFW_KEY_LEFT},   {"Right", GLFW_KEY_RIGHT},   {"Up", GLFW_KEY_UP},
                         {"Down", GLFW_KEY_DOWN},   {"Delete", GLFW_KEY_DELETE}, {"Tab", GLFW_KEY_TAB}};

/// 0: no such key.
int key_of(const std::string& name) {
  for (const Key& row : kKeys)
    if (name == row.name) return row.key;
  if (name.size() == 1 && (std::isupper(static_cast<unsigned char>(name[0])) || std::isdigit(static_cast<unsigned char>(name[0]))))
    return name[0];
  return 0;
}

void press(GLFWwindow* window, int key, bool down) { ImGui_ImplGlfw_KeyCallback(window, key, 0, down ? GLFW_PRESS : GLFW_RELEASE, 0); }

/// The environment's $NAME in a word: scripts are told folders that way.
std::string expanded(const std::string& word) {
  if (word.empty() || word[0] != '$') return word;
  const std::size_t slash = word.find('/');
  const char* value = std::getenv(word.substr(1, slash == word.npos ? word.npos : slash - 1).c_str());
  return (value ? value : "") + (slash == word.npos ? std::string() : word.substr(slash));
}

}  // namespace

const Script::Command Script::kCommands[] = {
    {"click", 1, 2, &Script::click, false},      {"drag", 2, 3, &Script::drag, false},
    {"swipe", 5, 5, &Script::swipe, false},      {"hover", 1, 1, &Script::hover, false},
    {"type", 2, 2, &Script::type, false},        {"key", 1, 1, &Script::key, false},
    {"drop", 1, 1, &Script::drop, false},        {"resize", 2, 2, &Script::resize, false},
    {"scale", 1, 1, &Script::scale, false},      {"minimise", 0, 0, &Script::minimise, false},
    {"restore", 0, 0, &Script::restore, false},  {"frames", 1, 1, &Script::frames, false},
    {"wait", 5, 5, &Script::wait, false},        {"assert", 3, 3, &Script::check, false},
    {"print", 1, 1, &Script::print, false},      {"lose-device", 0, 0, &Script::lose_device, false},
    {"reopen", 0, 0, &Script::reopen, false},    {"screenshot", 1, 1, &Script::screenshot, true},
    {"remember", 2, 2, &Script::remember, true}, {"changed", 2, 2, &Script::changed, true},
    {"same", 2, 2, &Script::same, true},         {"colours", 3, 3, &Script::colours, true},
};

const Script::Command* Script::command(const std::string& name) {
  for (const Command& row : kCommands)
    if (name == row.name) return &row;
  return nullptr;
}

Script::Script(std::string path, std::string out_folder) : path_(std::move(path)), out_(std::move(out_folder)), began_(Clock::now()) {
  std::ifstream in(path_);
  if (!in) throw std::runtime_error(path_ + ": this script cannot be read");
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    std::vector<std::string> words = split(line);
    if (words.empty()) continue;
    const auto where = path_ + ":" + std::to_string(number) + ": ";
    const Command* known = command(words[0]);
    if (!known) throw std::runtime_error(where + "there is no step '" + words[0] + "'");
    if (words.size() - 1 < known->least || words.size() - 1 > known->most)
      throw std::runtime_error(where + words[0] + " takes " + std::to_string(known->least) + " to " + std::to_string(known->most) +
                               " words");
    for (std::string& word : words) word = expanded(word);
    steps_.push_back({number, std::move(words)});
  }
  std::filesystem::create_directories(out_);
}

void Script::drive(Window& window) {
  window_ = &window;
  wants_picture_ = false;
  while (!over()) {
    const Step& step = steps_[step_];
    const Command& known = *command(step.words[0]);
    if (known.looks) {
      wants_picture_ = true;  // see() goes on with the frame that is drawn now
      break;
    }
    const bool done = (this->*known.run)(step);
    if (!done) break;
    ++step_;
    phase_ = 0;
    began_ = Clock::now();
    if (known.run != &Script::check && known.run != &Script::print && known.run != &Script::wait) break;
  }
  ImGuiIO& io = ImGui::GetIO();
  if (mouse_x_ >= 0) io.MousePos = {mouse_x_, mouse_y_};
  for (int i = 0; i < 3; ++i) io.MouseDown[i] = i == button_;
}

void Script::see(const data::Picture& picture) {
  seen_ = picture;
  while (!over()) {
    const Step& step = steps_[step_];
    const Command& known = *command(step.words[0]);
    if (!known.looks) break;
    if (!(this->*known.run)(step)) break;
    ++step_;
    phase_ = 0;
    began_ = Clock::now();
  }
  if (failed_) data::write_png((std::filesystem::path(out_) / "failed.png").string(), seen_);
}

void Script::fail(const std::string& why) {
  if (failed_) return;
  failed_ = true;
  wants_picture_ = true;
  std::cerr << path_ << ":" << steps_[step_].line << ": " << why << std::endl;
}

bool Script::reach(const std::string& name, float x, float y) {
  const auto place = Stage::instance().place(name);
  if (!place) {
    if (seconds_since(began_) > kPatience) fail("there is no control '" + name + "' in the window");
    return false;
  }
  mouse_x_ = place->from.x + (place->to.x - place->from.x) * x;
  mouse_y_ = place->from.y + (place->to.y - place->from.y) * y;
  return true;
}

bool Script::click(const Step& step) {
  const bool right = step.words.size() > 2 && step.words[2] == "right", twice = step.words.size() > 2 && step.words[2] == "double";
  if (phase_ == 0 && !reach(step.words[1], 0.5f, 0.5f)) return false;
  const int presses = twice ? 2 : 1, at = phase_++;
  button_ = at >= 2 && at < 2 + 2 * presses && at % 2 == 0 ? right : -1;
  return at >= 2 + 2 * presses;
}

bool Script::drag(const Step& step) {
  if (!reach(step.words[1], std::stof(step.words[2]), step.words.size() > 3 ? std::stof(step.words[3]) : 0.5f)) return false;
  const int at = phase_++;
  button_ = at == 2 || at == 3 ? 0 : -1;
  return at >= 5;
}

bool Script::swipe(const Step& step) {
  constexpr int kPress = 2, kSteps = 8;  // frames
  const int at = phase_;
  const float way = std::clamp(static_cast<float>(at - kPress) / kSteps, 0.0f, 1.0f);
  const auto between = [&](std::size_t from) {
    const float a = std::stof(step.words[from]);
    return a + (std::stof(step.words[from + 2]) - a) * way;
  };
  if (!reach(step.words[1], between(2), between(3))) return false;
  ++phase_;
  button_ = at >= kPress && at <= kPress + kSteps ? 0 : -1;
  return at > kPress + kSteps + 1;
}

bool Script::hover(const Step& step) { return reach(step.words[1], 0.5f, 0.5f) && ++phase_ > 40; }

bool Script::type(const Step& step) {
  if (phase_ == 0 && !reach(step.words[1], 0.5f, 0.5f)) return false;
  ImGuiIO& io = ImGui::GetIO();
  GLFWwindow* window = window_->handle();
  const int at = phase_++;
  button_ = at == 2 ? 0 : -1;
  if (at == 4 || at == 5) {  // everything in it is selected, and replaced
    press(window, GLFW_KEY_LEFT_CONTROL, at == 4);
    press(window, GLFW_KEY_A, at == 4);
  }
  if (at == 6 || at == 7) press(window, GLFW_KEY_DELETE, at == 6);
  if (at == 8) io.AddInputCharactersUTF8(step.words[2].c_str());
  if (at == 10 || at == 11) press(window, GLFW_KEY_ENTER, at == 10);
  return at >= 12;
}

bool Script::key(const Step& step) {
  std::string name = step.words[1];
  const bool control = name.starts_with("Ctrl+");
  if (control) name = name.substr(5);
  const bool shift = name.starts_with("Shift+");
  if (shift) name = name.substr(6);
  const int code = key_of(name);
  if (!code) {
    fail("there is no key '" + step.words[1] + "'");
    return false;
  }
  const int at = phase_++;
  if (at > 1) return true;
  GLFWwindow* window = window_->handle();
  if (control) press(window, GLFW_KEY_LEFT_CONTROL, at == 0);
  if (shift) press(window, GLFW_KEY_LEFT_SHIFT, at == 0);
  press(window, code, at == 0);
  return false;
}

bool Script::drop(const Step& step) {
  window_->drop(step.words[1]);
  return true;
}

bool Script::scale(const Step& step) {
  window_->pretend_scale(std::stof(step.words[1]));
  return true;
}

bool Script::resize(const Step& step) {
  if (phase_++ == 0) window_->resize(std::stoi(step.words[1]), std::stoi(step.words[2]));
  return phase_ > 10;
}

bool Script::minimise(const Step&) {
  glfwIconifyWindow(window_->handle());
  return true;
}

bool Script::restore(const Step&) {
  glfwRestoreWindow(window_->handle());
  return true;
}

bool Script::frames(const Step& step) { return phase_++ >= std::stoi(step.words[1]); }

std::string Script::told(const std::string& fact) const {
  const auto found = Stage::instance().fact(fact);
  if (!found) return "(not known)";
  if (const auto* number = std::get_if<double>(&*found)) {
    std::ostringstream out;
    out << *number;
    return out.str();
  }
  return "'" + std::get<std::string>(*found) + "'";
}

bool Script::holds(const std::string& fact, const std::string& op, const std::string& value) const {
  const auto found = Stage::instance().fact(fact);
  if (!found) return false;
  if (const auto* text = std::get_if<std::string>(&*found)) {
    if (op == "contains") return text->find(value) != text->npos;
    return op == "=" ? *text == value : op == "!=" && *text != value;
  }
  const double a = std::get<double>(*found), b = std::atof(value.c_str());
  return op == "=" ? a == b : op == "!=" ? a != b : op == "<" ? a < b : op == "<=" ? a <= b : op == ">" ? a > b : op == ">=" && a >= b;
}

bool Script::wait(const Step& step) {
  const auto& w = step.words;
  if (holds(w[1], w[2], w[3])) return true;
  if (seconds_since(began_) > std::atof(w[5].c_str()))
    fail("waited " + w[5] + " s for " + w[1] + " " + w[2] + " " + w[3] + ", but it is " + told(w[1]));
  return false;
}

bool Script::check(const Step& step) {
  const auto& w = step.words;
  if (!holds(w[1], w[2], w[3])) fail("expected " + w[1] + " " + w[2] + " " + w[3] + ", but it is " + told(w[1]));
  return true;
}

bool Script::print(const Step& step) {
  std::cout << step.words[1] << " " << told(step.words[1]) << std::endl;
  return true;
}

bool Script::lose_device(const Step&) {
  lost_device_ = true;
  return true;
}

bool Script::reopen(const Step&) {
  glfwSetWindowShouldClose(window_->handle(), GLFW_TRUE);
  return true;
}

bool Script::screenshot(const Step& step) {
  data::write_png((std::filesystem::path(out_) / step.words[1]).string(), seen_);
  return true;
}

data::Picture Script::cut(const std::string& name) const {
  const auto place = Stage::instance().place(name);
  if (!place) return {};
  const ImVec2 scale = ImGui::GetIO().DisplayFramebufferScale;
  const auto clamp = [](float value, std::uint32_t most) {
    return static_cast<std::uint32_t>(std::min(std::max(value, 0.0f), static_cast<float>(most)));
  };
  const std::uint32_t x0 = clamp(place->from.x * scale.x, seen_.width), x1 = clamp(place->to.x * scale.x, seen_.width);
  const std::uint32_t y0 = clamp(place->from.y * scale.y, seen_.height), y1 = clamp(place->to.y * scale.y, seen_.height);
  data::Picture part{x1 - x0, y1 - y0, 3, {}};
  for (std::uint32_t y = y0; y < y1; ++y) {
    const auto row = seen_.pixels.begin() + static_cast<std::ptrdiff_t>((std::size_t{y} * seen_.width + x0) * 3);
    part.pixels.insert(part.pixels.end(), row, row + static_cast<std::ptrdiff_t>(part.width) * 3);
  }
  return part;
}

bool Script::remember(const Step& step) {
  data::Picture part = cut(step.words[2]);
  if (part.pixels.empty()) fail("there is no control '" + step.words[2] + "' to remember");
  remembered_[step.words[1]] = std::move(part);
  return true;
}

bool Script::changed(const Step& step) {
  const data::Picture now = cut(step.words[2]);
  if (!now.pixels.empty() && now.pixels != remembered_[step.words[1]].pixels) return true;
  if (seconds_since(began_) < kStill) return false;
  fail("'" + step.words[2] + "' looks as it did");
  return true;
}

bool Script::same(const Step& step) {
  const data::Picture now = cut(step.words[2]);
  if (now.pixels.empty() || now.pixels != remembered_[step.words[1]].pixels) fail("'" + step.words[2] + "' does not look as it did");
  return true;
}

bool Script::colours(const Step& step) {
  const data::Picture part = cut(step.words[1]);
  std::set<std::uint32_t> kinds;
  for (std::size_t i = 0; i + 2 < part.pixels.size(); i += 3)
    kinds.insert((part.pixels[i] >> 3) << 10 | (part.pixels[i + 1] >> 3) << 5 | part.pixels[i + 2] >> 3);
  Stage::instance().publish("colours", static_cast<double>(kinds.size()));
  if (!holds("colours", step.words[2], step.words[3]))
    fail("expected " + step.words[2] + " " + step.words[3] + " colours in '" + step.words[1] + "', there are " +
         std::to_string(kinds.size()));
  return true;
}

}  // namespace gouache::studio
