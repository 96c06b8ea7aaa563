// What do the tests of the image sources share?  A scratch folder, and checks of error texts and of whole sets.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "demo/data/source.h"
#include "host/graph/error.h"

namespace gouache::data {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

// Runs `action`, which must throw Error with this code; returns its text.
template <class Action>
std::string error_of(ErrorCode code, Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.code()), static_cast<int>(code)) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error was reported";
  return "";
}

#define EXPECT_SAYS(text, part) EXPECT_NE((text).find(part), std::string::npos) << "the message was: " << (text)

class Folder : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = fs::temp_directory_path() / (std::string("gouache_data_") + test->test_suite_name() + "_" + test->name());
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  void TearDown() override { fs::remove_all(path_); }
  std::string path(const std::string& name = "") const { return name.empty() ? path_.string() : (path_ / name).string(); }
  void put(const std::string& name, const Bytes& bytes) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  Bytes get(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(file), {});
  }

 private:
  fs::path path_;
};

inline Wanted wish(uint32_t count, uint64_t seed = 0, uint32_t size = 32, uint32_t channels = 0) {
  Wanted w;
  w.count = count, w.seed = seed, w.size = size, w.channels = channels;
  return w;
}

inline void expect_well_formed(const Images& images) {
  ASSERT_EQ(images.pixels.size(), size_t{images.count} * images.image_bytes());
  if (!images.labels.empty()) {
    ASSERT_EQ(images.labels.size(), images.count);
    for (const uint32_t label : images.labels) ASSERT_LT(label, images.label_names.size());
  }
  const uint32_t c = images.channels;
  if (c == 2 || c == 4) {
    for (size_t i = 0; i < images.pixels.size(); i += c)
      for (size_t k = 0; k + 1 < c; k++)
        ASSERT_LE(images.pixels[i + k], images.pixels[i + c - 1]) << "colour above alpha at byte " << i + k;
  }
}

}  // namespace gouache::data
