// Which commands does `gouache` have?  One row each, in main.cpp; a command declares its options and returns what to run.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

namespace CLI {
class App;
}

namespace gouache::cli {

/// Exit codes.
inline constexpr int kDone = 0, kFailed = 1, kMisused = 2, kInterrupted = 130;

/// One command. `define` adds its options to the parser and returns what runs it, which answers with an exit code or throws.
struct Command {
  const char* name;
  const char* what;
  std::function<int()> (*define)(CLI::App&);
};

/// The command line makes sense to the parser but not to the command: exit code 2.
class Misuse : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Adds --device, the same for every command that needs one. `device` must outlive the parsing.
void add_device_option(CLI::App& app, std::string& device);

std::function<int()> define_devices(CLI::App&);   // devices.cpp
std::function<int()> define_models(CLI::App&);    // models.cpp
std::function<int()> define_data(CLI::App&);      // data.cpp
std::function<int()> define_train(CLI::App&);     // train.cpp
std::function<int()> define_generate(CLI::App&);  // generate.cpp
std::function<int()> define_plan(CLI::App&);      // diagnostics_plan.cpp
std::function<int()> define_selftest(CLI::App&);  // diagnostics_selftest.cpp
std::function<int()> define_bench(CLI::App&);     // diagnostics_bench.cpp
std::function<int()> define_tune(CLI::App&);      // diagnostics_tune.cpp

}  // namespace gouache::cli
