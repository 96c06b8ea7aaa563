// How does the studio run another program beside itself?
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace gouache::studio {

/// A program that was started, with a pipe that its output and errors come through. No call waits for it; one thread at a time.
class ChildProcess {
 public:
  /// Starts `program` with these words. Throws std::runtime_error: why it cannot be started.
  ChildProcess(const std::filesystem::path& program, const std::vector<std::string>& words);
  ~ChildProcess();  ///< ends it at once where it is still running
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Appends what it has written since the last call.
  void read(std::string& output);
  /// Whether it is still running.
  bool running();
  /// 0: well; below 0: a signal or kill() ended it. Only when it no longer runs.
  int result() const { return result_; }
  /// Ends it at once.
  void kill();

 private:
  struct System;
  std::unique_ptr<System> system_;
  bool over_ = false;
  int result_ = 0;
};

/// The folder that this program's own file lies in; empty where the system does not tell.
std::filesystem::path own_folder();

}  // namespace gouache::studio
