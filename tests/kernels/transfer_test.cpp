// Do bytes get into and out of device-local buffers, whatever the size?
#include "host/vulkan/transfer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "host/graph/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/test_device.h"

namespace gouache::testing {
namespace {

TEST(Transfers, MoveMoreThanOneStagingBuffer) {
  Device& device = test_device();
  std::vector<std::uint32_t> numbers(std::size_t(Transfer::kStagingBytes) / 4 * 3 + 5);
  std::iota(numbers.begin(), numbers.end(), 1u);
  Buffer buffer(device, std::int64_t(numbers.size() * 4), BufferPlace::device, MemoryPurpose::state, "block");
  device.transfer().upload(buffer, 0, std::as_bytes(std::span(numbers)));
  device.transfer().zero(buffer, 8, 4);
  std::vector<std::uint32_t> back(numbers.size());
  device.transfer().download(buffer, 0, std::as_writable_bytes(std::span(back)));
  numbers[2] = 0;
  EXPECT_EQ(back, numbers);
  device.transfer().zero(buffer, 8, Transfer::kZeroedBytes + 4);  // more than one submit zeroes
  device.transfer().download(buffer, 0, std::as_writable_bytes(std::span(back)));
  std::fill_n(numbers.begin() + 2, Transfer::kZeroedBytes / 4 + 1, 0u);
  EXPECT_EQ(back, numbers);
  expect_error(ErrorCode::internal, "transfer: bytes", [&] { device.transfer().zero(buffer, 0, buffer.bytes() + 1); });
}

TEST(Transfers, UploadWhatIsProducedPartByPart) {
  Device& device = test_device();
  const std::int64_t words = Transfer::kStagingBytes / 4 * 2 + 5, before = 3;
  Buffer buffer(device, (before + words) * 4, BufferPlace::device, MemoryPurpose::state, "block");
  device.transfer().zero(buffer, 0, buffer.bytes());
  std::int64_t next = 0;
  const auto numbered = [&](std::int64_t from, std::span<std::byte> into) {
    EXPECT_EQ(from, next);
    EXPECT_LE(std::int64_t(into.size()), Transfer::kStagingBytes);
    for (std::size_t i = 0; i < into.size(); i += 4) {
      const auto word = std::uint32_t(from / 4 + std::int64_t(i / 4) + 1);
      std::memcpy(into.data() + i, &word, 4);
    }
    next += std::int64_t(into.size());
  };
  device.transfer().upload(buffer, before * 4, words * 4, numbered);
  EXPECT_EQ(next, words * 4);
  std::vector<std::uint32_t> back(std::size_t(before + words)), expected(back.size());
  device.transfer().download(buffer, 0, std::as_writable_bytes(std::span(back)));
  std::iota(expected.begin() + before, expected.end(), 1u);
  EXPECT_EQ(back, expected);

  const auto fails = [](std::int64_t, std::span<std::byte>) { throw Error(ErrorCode::io, "the disk is gone"); };
  expect_error(ErrorCode::io, "the disk is gone", [&] { device.transfer().upload(buffer, 0, 16, fails); });
  expect_error(ErrorCode::internal, "transfer: bytes", [&] { device.transfer().upload(buffer, 16, buffer.bytes(), numbered); });
  device.transfer().download(buffer, 0, std::as_writable_bytes(std::span(back)));  // and it goes on
  EXPECT_EQ(back, expected);
}

TEST(Transfers, FindZerosInMemoryThatIsSaidToBeZero) {
  Device& device = test_device();
  Buffer buffer(device, 5 << 20, BufferPlace::device, MemoryPurpose::state, "block");
  if (!buffer.was_zero()) GTEST_SKIP() << "this driver does not import memory of the host";
  std::vector<std::uint32_t> back(std::size_t(buffer.bytes()) / 4, 1);
  device.transfer().download(buffer, 0, std::as_writable_bytes(std::span(back)));
  EXPECT_EQ(std::ranges::count(back, 0u), std::ptrdiff_t(back.size()));
}

}  // namespace
}  // namespace gouache::testing
