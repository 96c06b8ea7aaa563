// Are pages taken where they are asked for, and is what the memory holds left alone?
#include "host/vulkan/large_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace gouache {
namespace {

TEST(LargePages, LeaveWhatTheMemoryHolds) {
  std::vector<std::byte> bytes(3 * kLargePageBytes + 77);
  for (std::size_t i = 0; i < bytes.size(); i++) bytes[i] = std::byte(i * 7 + i / 4096);
  const std::vector<std::byte> before = bytes;
  take_pages(std::span(bytes).subspan(3, bytes.size() - 11));
  take_pages(std::span(bytes).first(0));
  take_pages({});
  EXPECT_EQ(bytes, before);
}

TEST(LargePages, AreOnesOwnAndWhole) {
  LargePages pages(kLargePageBytes + 1);
  if (pages.memory().empty()) GTEST_SKIP() << "this system has no large pages to ask for";
  EXPECT_EQ(pages.memory().size(), 2 * kLargePageBytes);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pages.memory().data()) % kLargePageBytes, 0u);
  pages.memory().front() = pages.memory().back() = std::byte(7);
  LargePages others = std::move(pages);
  EXPECT_EQ(others.memory().front(), std::byte(7));
  EXPECT_EQ(others.memory().back(), std::byte(7));
  EXPECT_TRUE(LargePages(0).memory().empty());
  EXPECT_TRUE(LargePages(std::size_t(-1)).memory().empty());
  EXPECT_TRUE(LargePages(std::size_t(1) << 62).memory().empty());  // more than there are addresses
}

#if defined(__linux__) && defined(MADV_POPULATE_WRITE)

/// Memory that nothing has touched.
class Untouched {
 public:
  explicit Untouched(std::size_t bytes)
      : bytes_(bytes), start_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {}
  ~Untouched() { munmap(start_, bytes_); }
  Untouched(const Untouched&) = delete;
  Untouched& operator=(const Untouched&) = delete;
  std::span<std::byte> memory() const { return {static_cast<std::byte*>(start_), bytes_}; }
  /// For each page whether it is there.
  std::vector<unsigned char> pages() const {
    std::vector<unsigned char> there(bytes_ / std::size_t(sysconf(_SC_PAGESIZE)));
    EXPECT_EQ(mincore(start_, bytes_, there.data()), 0);
    for (unsigned char& page : there) page &= 1;
    return there;
  }

 private:
  std::size_t bytes_;
  void* start_;
};

TEST(LargePages, AreTakenAtOnce) {
  const Untouched untouched(4 * kLargePageBytes);
  if (madvise(untouched.memory().data(), 1, MADV_POPULATE_WRITE) != 0) GTEST_SKIP() << "this kernel takes no pages on demand (5.14 does)";
  const std::size_t page = std::size_t(sysconf(_SC_PAGESIZE));
  take_pages(untouched.memory().subspan(page + 1, 3 * kLargePageBytes));  // from the middle of a page into the middle of another
  const std::vector<unsigned char> pages = untouched.pages();
  const auto last = pages.begin() + std::ptrdiff_t((page + 1 + 3 * kLargePageBytes - 1) / page);
  EXPECT_TRUE(std::all_of(pages.begin() + 1, last + 1, [](unsigned char there) { return there == 1; }));
  EXPECT_TRUE(std::ranges::all_of(untouched.memory(), [](std::byte b) { return b == std::byte{}; }));
}

TEST(LargePages, AreNotTakenForLittle) {
  const Untouched untouched(kLargePageBytes);
  take_pages(untouched.memory().first(kLargePageBytes - 1));
  EXPECT_TRUE(std::ranges::none_of(untouched.pages(), [](unsigned char there) { return there == 1; }));
}

#endif

}  // namespace
}  // namespace gouache
