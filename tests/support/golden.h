// How is a text held against the committed one?  GOUACHE_WRITE_GOLDEN=1 in the environment writes the files anew instead.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace gouache::testing {

/// tests/<name> of the source tree.
inline std::string golden_path(const std::string& name) { return GOUACHE_SOURCE_DIR "/tests/" + name; }

inline bool rewrites_golden() { return std::getenv("GOUACHE_WRITE_GOLDEN") != nullptr; }

/// Lines of a golden file, without those that begin with '#'.
inline std::vector<std::string> golden_lines(const std::string& name) {
  std::vector<std::string> lines;
  std::ifstream file(golden_path(name));
  EXPECT_TRUE(file) << golden_path(name) << " cannot be read";
  for (std::string line; std::getline(file, line);)
    if (line.rfind('#', 0) != 0) lines.push_back(line);
  return lines;
}

/// `what` says in the file's first line what it holds; the second how it was made, by the test `filter` of gouache_core_tests.
inline void write_golden(const std::string& name, const std::string& what, const std::string& filter,
                         const std::vector<std::string>& lines) {
  std::ofstream file(golden_path(name));
  file << "# " << what << "\n# Made by: GOUACHE_WRITE_GOLDEN=1 build/tests/gouache_core_tests --gtest_filter=" << filter << "\n";
  for (const std::string& line : lines) file << line << "\n";
  EXPECT_TRUE(file.flush()) << golden_path(name) << " cannot be written";
}

}  // namespace gouache::testing
