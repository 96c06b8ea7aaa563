// What do the tests of the command need?  A process that runs it in a folder of its own, and what it said.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "demo/data/picture.h"
#include "host/runtime/safetensors.h"

namespace gouache {
namespace fs = std::filesystem;

inline std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

struct Outcome {
  int code = -1;
  std::string out, err;
};

/// A running `gouache`; its output goes to files in `folder`.
class Process {
 public:
  Process(const fs::path& folder, const std::vector<std::string>& arguments) : out_(folder / "stdout.txt"), err_(folder / "stderr.txt") {
    std::vector<std::string> words{GOUACHE_COMMAND};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::string out = out_.string(), err = err_.string();
    setenv("GOUACHE_TUNING", (folder / "tuning").c_str(), 1);  // not the user's own
    child_ = fork();
    if (child_ == 0) {
      std::signal(SIGXFSZ, SIG_IGN);  // a write past the limit fails, as on a full disk
      dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
      dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
      execv(argv[0], argv.data());
      _exit(127);
    }
  }
  void interrupt() const { kill(child_, SIGINT); }
  /// From now on no file may grow past `bytes`. (Not from the start: drivers keep device memory in files.)
  void limit_files(rlim_t bytes) const {
    const rlimit limit{bytes, bytes};
    ASSERT_EQ(prlimit(child_, RLIMIT_FSIZE, &limit, nullptr), 0);
  }
  Outcome wait() const {
    int status = 0;
    waitpid(child_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status), bytes_of(out_), bytes_of(err_)};
  }

 private:
  fs::path out_, err_;
  pid_t child_ = -1;
};

inline std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

class Cli : public ::testing::Test {
 protected:
  Cli() : folder_(fs::temp_directory_path() / ("gouache-cli-" + std::to_string(std::random_device{}()))) {
    fs::create_directories(folder_);
  }
  ~Cli() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  std::string in(const std::string& name) const { return (folder_ / name).string(); }
  Outcome run(const std::vector<std::string>& arguments) const { return Process(folder_, arguments).wait(); }
  /// Expects the exit code and one sentence on stderr that contains `part`.
  void expect_complaint(int code, const std::string& part, const std::vector<std::string>& arguments) const {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_EQ(outcome.err.rfind("gouache: ", 0), 0u) << outcome.err;
    EXPECT_NE(outcome.err.find(part), std::string::npos) << "'" << outcome.err << "' does not say '" << part << "'";
  }
  void expect_done(const std::vector<std::string>& arguments) const {
    const Outcome outcome = run(arguments);
    ASSERT_EQ(outcome.code, 0) << outcome.out << outcome.err;
  }
  /// Waits, at most a minute, until a run has logged so many lines.
  void wait_for_log_lines(const std::string& out, std::size_t count) const {
    for (int waited = 0; waited < 600 && lines(bytes_of(in(out + "/log.csv"))).size() < count; ++waited)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  std::vector<std::string> faces(const std::string& out, int steps, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{
        "train",   "--model", "faces2x2", "--data", "builtin:faces2x2", "--out", in(out), "--steps", std::to_string(steps),
        "--batch", "4",       "--seed",   "3"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::vector<std::string> dcgan(const std::string& out, int steps, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"train",
                                   "--model",
                                   "dcgan",
                                   "--data",
                                   "builtin:sprites",
                                   "--out",
                                   in(out),
                                   "--steps",
                                   std::to_string(steps),
                                   "--batch",
                                   "8",
                                   "--seed",
                                   "3",
                                   "--set",
                                   "size=16",
                                   "--set",
                                   "channels=8",
                                   "--set",
                                   "image_channels=4",
                                   "--checkpoint-every",
                                   "3",
                                   "--sample-every",
                                   "2"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  fs::path folder_;
};

}  // namespace gouache
