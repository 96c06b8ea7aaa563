// Are files read with a limit, and replaced whole or not at all, whatever goes wrong on the way?
#include "host/runtime/platform.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "host/graph/error.h"
#include "host/runtime/safetensors.h"

#if !defined(_WIN32)
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#endif

namespace gouache {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test, gone afterwards.
class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    static std::random_device device;
    folder_ = fs::temp_directory_path() / ("gouache-files-" + std::to_string(device()));
    fs::create_directories(folder_);
    file_ = folder_ / "model.safetensors";
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text.data(), text.size())); }

  static std::string content(const fs::path& path) {
    std::vector<std::byte> read = read_file(path, 1 << 24);
    return std::string(reinterpret_cast<const char*>(read.data()), read.size());
  }

  /// Names in the folder: a temporary file left behind would show.
  std::size_t count() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator())); }

  static void expect_error(const std::function<void()>& act, ErrorCode code, const fs::path& path, const std::string& part) {
    try {
      act();
      ADD_FAILURE() << "an Error was expected: " << part;
    } catch (const Error& error) {
      EXPECT_EQ(static_cast<int>(error.code()), static_cast<int>(code)) << error.what();
      EXPECT_EQ(std::string(error.what()).find(path_text(path) + ": "), 0u) << error.what();
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }

  fs::path folder_, file_;
};

TEST_F(Files, AreMadeAndReplaced) {
  write_file_atomically(file_, bytes("first"));
  EXPECT_EQ(content(file_), "first");
  write_file_atomically(file_, [](const AppendBytes& append) {
    append(bytes("sec"));
    append({});
    append(bytes("ond"));
  });
  EXPECT_EQ(content(file_), "second");
  EXPECT_EQ(count(), 1u);
}

TEST_F(Files, OfManyPiecesAreReadInOrder) {
  std::string text(3'000'017, ' ');
  for (std::size_t i = 0; i < text.size(); i++) text[i] = char(i * 31 + i / 1000);
  write_file_atomically(file_, bytes(text));
  EXPECT_TRUE(content(file_) == text);
}

TEST_F(Files, KeepNonAsciiNames) {
  fs::path path = folder_ / path_from_utf8("m\xC3\xA4rchen \xE7\x8C\xAB.safetensors");
  write_file_atomically(path, bytes("x"));
  EXPECT_EQ(content(path), "x");
  EXPECT_NE(path_text(path).find("m\xC3\xA4rchen \xE7\x8C\xAB"), std::string::npos);
}

TEST_F(Files, AreKeptWhenTheWriterFails) {
  write_file_atomically(file_, bytes("previous"));
  auto fails = [](const AppendBytes& append) {
    append(bytes("half"));
    throw std::runtime_error("the source went away");
  };
  EXPECT_THROW(write_file_atomically(file_, fails), std::runtime_error);
  EXPECT_EQ(content(file_), "previous");
  EXPECT_EQ(count(), 1u);
}

TEST_F(Files, ReadErrorsNameFileAndReason) {
  expect_error([&] { read_file(folder_ / "none", 10); }, ErrorCode::io, folder_ / "none", "cannot be read: No such file");
  expect_error([&] { read_file(folder_, 10); }, ErrorCode::io, folder_, "it is a folder");
  write_file_atomically(file_, bytes("12345678901"));
  expect_error([&] { read_file(file_, 10); }, ErrorCode::bad_file, file_, "is 11 bytes long, at most 10 are expected here");
  EXPECT_EQ(read_file(file_, 11).size(), 11u);
  expect_error([&] { read_safetensors(file_, 10); }, ErrorCode::bad_file, file_, "is 11 bytes long; at most 10 are read");
  write_file_atomically(file_, bytes(""));
  EXPECT_TRUE(read_file(file_, 0).empty());
  expect_error([&] { read_safetensors(file_); }, ErrorCode::bad_file, file_, "is empty");
}

TEST_F(Files, ThatShrinkWhileBeingReadAreReported) {
  write_file_atomically(file_, bytes("1234567890"));
  InputFile input(file_);
  fs::resize_file(file_, 4);
  std::vector<std::byte> into(10);
  expect_error([&] { input.read(into); }, ErrorCode::io, file_, "ended after 4 bytes, 10 were expected");
}

TEST_F(Files, WriteErrorsNameFileAndReason) {
  fs::path lost = folder_ / "no" / "file";
  expect_error([&] { write_file_atomically(lost, bytes("x")); }, ErrorCode::io, lost, "no does not exist");
  expect_error([&] { write_file_atomically(folder_, bytes("x")); }, ErrorCode::io, folder_, "it is a folder");
  EXPECT_EQ(count(), 0u);
}

TEST_F(Files, HugeSparseFilesAreRefusedBeforeTheyAreLoaded) {
  std::ofstream(file_, std::ios::binary) << std::string("\x08\0\0\0\0\0\0\0{}      ", 16);
  fs::resize_file(file_, std::uint64_t{3} << 30);  // 3 GiB of nothing
  expect_error([&] { read_safetensors(file_); }, ErrorCode::bad_file, file_,
               "bytes 0..3,221,225,456 of the data, at its end, belong to no");
}

TEST_F(Files, DataThatIsGoneByTheTimeItIsReadIsMissed) {
  const std::vector<float> values(1000, 1.5f);
  const TensorEntry tensors[] = {{"first", "F32", {1000}, std::as_bytes(std::span(values))},
                                 {"last", "F32", {1000}, std::as_bytes(std::span(values))}};
  write_safetensors(file_, tensors, {});
  const TensorFile file = read_safetensors(file_);
  fs::resize_file(file_, fs::file_size(file_) - 1);
  expect_error([&] { file.f32("last", {1000}); }, ErrorCode::io, file_, "did something shorten it");
  EXPECT_EQ(file.f32("first", {1000}), values);
}

TEST_F(Files, ConcurrentWritersEachLeaveAWholeFile) {
  const std::string texts[2] = {std::string(100'000, 'a'), std::string(100'000, 'b')};
  std::vector<std::thread> writers;
  for (const std::string& text : texts)
    writers.emplace_back([&] {
      for (int i = 0; i < 20; ++i) write_file_atomically(file_, bytes(text));
    });
  for (std::thread& writer : writers) writer.join();
  std::string result = content(file_);
  EXPECT_TRUE(result == texts[0] || result == texts[1]);
  EXPECT_EQ(count(), 1u);
}

#if !defined(_WIN32)

/// While it lives no file of this process may grow beyond `bytes`: what a full disk looks like to a writer.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    signal_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  rlimit before_{};
  void (*signal_)(int);
};

TEST_F(Files, AreKeptWhenTheDiskIsFull) {
  std::vector<float> small(4, 1.0f), large(100'000, 2.0f);
  std::vector<TensorEntry> first{{"w", "F32", {4}, std::as_bytes(std::span(small))}};
  std::vector<TensorEntry> second{{"w", "F32", {100'000}, std::as_bytes(std::span(large))}};
  write_safetensors(file_, first, {});
  std::string before = content(file_);
  {
    SmallDisk disk(50'000);
    expect_error([&] { write_safetensors(file_, second, {}); }, ErrorCode::io, file_, "cannot be written: File too large");
  }
  EXPECT_EQ(content(file_), before);
  EXPECT_EQ(count(), 1u);
  write_safetensors(file_, second, {});
  EXPECT_EQ(read_safetensors(file_).f32("w", {100'000}), large);
}

TEST_F(Files, LinksStayLinksAndPermissionsStay) {
  fs::path target = folder_ / "target", link = folder_ / "link";
  write_file_atomically(target, bytes("old"));
  fs::permissions(target, static_cast<fs::perms>(0600));
  fs::create_symlink("target", link);
  write_file_atomically(link, bytes("new"));
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(content(target), "new");
  EXPECT_EQ(fs::status(target).permissions(), static_cast<fs::perms>(0600));
  EXPECT_EQ(count(), 2u);
}

TEST_F(Files, PipesAndDevicesAreRefusedAndDoNotBlock) {
  fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  expect_error([&] { read_file(pipe, 10); }, ErrorCode::io, pipe, "it is a device or a pipe");
  expect_error([&] { write_file_atomically(pipe, bytes("x")); }, ErrorCode::io, pipe, "it is a device or a pipe");
  EXPECT_TRUE(fs::is_fifo(pipe));
  expect_error([&] { read_safetensors("/dev/zero"); }, ErrorCode::io, "/dev/zero", "it is a device or a pipe");
}

#endif

}  // namespace
}  // namespace gouache
