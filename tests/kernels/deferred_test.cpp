// Do copies that wait for frames arrive in order, within the budget, and does what they need live just as long as they need it?
#include "host/vulkan/deferred.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "host/graph/error.h"
#include "host/vulkan/transfer.h"
#include "tests/abi/engine_frames.h"
#include "tests/support/expect_error.h"

namespace gouache::testing {
namespace {

/// A device that may only be recorded for.
class DeferredCopies : public ::testing::Test {
 protected:
  DeferredCopies() : device(lend()), frames(engine), transfer(device.transfer()) {}

  BorrowedDevice lend() const {
    BorrowedDevice lent = engine.lend();
    lent.queue = VK_NULL_HANDLE;
    return lent;
  }
  Buffer buffer(std::int64_t bytes) { return Buffer(device, bytes, BufferPlace::device, MemoryPurpose::state, "block"); }
  Deferred::Report frame(double microseconds = 1e9, std::uint32_t pieces = 0) {
    const GouFrame begun = frames.begin();
    const Deferred::Report report = transfer.deferred().record(begun.commands, begun.frame, begun.safe, microseconds, pieces);
    frames.end();
    return report;
  }
  /// Frames until all is recorded and safe.
  int finish(double microseconds = 1e9, std::uint32_t pieces = 0) {
    int count = 0;
    const std::uint64_t mark = transfer.deferred().mark();
    for (; !transfer.deferred().reached(mark); count++) frame(microseconds, pieces);
    return count;
  }
  std::vector<std::uint32_t> read(const Buffer& from) {
    const Buffer to(device, from.bytes(), BufferPlace::readback, MemoryPurpose::output, "read");
    transfer.deferred().download(from, 0, to);
    finish();
    to.invalidate();
    std::vector<std::uint32_t> words(std::size_t(from.bytes()) / 4);
    std::memcpy(words.data(), to.mapped().data(), words.size() * 4);
    return words;
  }
  std::uint64_t staged() const { return device.memory(MemoryPurpose::staging).bytes; }

  Engine engine;
  Device device;
  EngineFrames frames;
  Transfer& transfer;
};

TEST_F(DeferredCopies, ArriveInOrderWhateverTheBudget) {
  std::vector<std::uint32_t> numbers(std::size_t(Deferred::kPieceBytes) / 4 * 2 + 5), small(300);
  std::iota(numbers.begin(), numbers.end(), 1u);
  std::iota(small.begin(), small.end(), 1000000u);
  for (const std::uint32_t pieces : {1u, 2u, 0u}) {
    const Buffer block = buffer(std::int64_t(numbers.size() * 4));
    transfer.zero(block, 0, block.bytes());
    transfer.upload(block, 0, std::as_bytes(std::span(numbers)));
    transfer.zero(block, 8, 4);
    transfer.upload(block, 400, std::as_bytes(std::span(small)));
    transfer.upload(block, 404, std::as_bytes(std::span(small).first(1)));
    const int count = finish(0, pieces);
    if (pieces == 1) { EXPECT_GT(count, 6) << "one piece a frame"; }
    std::vector<std::uint32_t> expected = numbers;
    expected[2] = 0;
    std::copy(small.begin(), small.end(), expected.begin() + 100);
    expected[101] = small[0];
    expected.resize(std::size_t(block.bytes()) / 4);
    EXPECT_EQ(read(block), expected);
  }
  EXPECT_EQ(staged(), 0u);
}

TEST_F(DeferredCopies, TakeWhatIsProducedPartByPart) {
  const std::int64_t words = Deferred::kPieceBytes / 4 * 2 + 5;
  const Buffer block = buffer(words * 4);
  transfer.upload(block, 0, words * 4, [](std::int64_t from, std::span<std::byte> into) {
    for (std::size_t i = 0; i < into.size(); i += 4) {
      const auto word = std::uint32_t(from / 4 + std::int64_t(i / 4) + 1);
      std::memcpy(into.data() + i, &word, 4);
    }
  });
  finish();
  std::vector<std::uint32_t> expected(std::size_t(block.bytes()) / 4), found = read(block);
  std::iota(expected.begin(), expected.end(), 1u);
  expected.resize(std::size_t(words));
  found.resize(std::size_t(words));  // a buffer's bytes are rounded up
  EXPECT_EQ(found, expected);
}

TEST_F(DeferredCopies, CopiesOnTheDeviceFollowWhatWritesThem) {
  std::vector<std::uint32_t> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 5u);
  const Buffer from = buffer(4000), to = buffer(4000);
  transfer.zero(to, 0, 4000);
  transfer.upload(from, 0, std::as_bytes(std::span(numbers)));
  transfer.copy(std::vector<BufferCopy>{{from.handle(), to.handle(), {0, 400, 2000}}});
  transfer.zero(from, 0, 4000);
  std::vector<std::uint32_t> expected(1000);
  std::copy_n(numbers.begin(), 500, expected.begin() + 100);
  EXPECT_EQ(read(to), expected);
}

TEST_F(DeferredCopies, AFrameTakesWhatItsBudgetHolds) {
  const Buffer block = buffer(8 * Deferred::kPieceBytes);
  transfer.zero(block, 0, block.bytes());
  const Deferred::Report one = frame(0), more = frame(2.5 * one.microseconds), rest = frame();
  EXPECT_EQ(one.pieces, 1u);
  EXPECT_TRUE(one.more);
  EXPECT_EQ(more.pieces, 2u);
  EXPECT_LE(more.microseconds, 2.5 * one.microseconds);
  EXPECT_TRUE(more.more);
  EXPECT_EQ(rest.pieces, 5u);
  EXPECT_FALSE(rest.more);
  EXPECT_EQ(frame().pieces, 0u);
}

TEST_F(DeferredCopies, KeepWhatFramesNeedUntilTheyAreSafe) {
  const std::vector<std::uint32_t> numbers(1000, 7);
  const std::uint64_t nothing = device.memory().bytes;
  {
    const Buffer dropped = buffer(4000);  // no frame took it
    transfer.upload(dropped, 0, std::as_bytes(std::span(numbers)));
  }
  EXPECT_EQ(device.memory(MemoryPurpose::state).bytes, 0u);
  finish();
  EXPECT_EQ(device.memory().bytes, nothing);
  {
    const Buffer taken = buffer(4000);
    transfer.upload(taken, 0, std::as_bytes(std::span(numbers)));
    frame();
  }
  EXPECT_GE(device.memory(MemoryPurpose::state).bytes, 4000u) << "its frame is not known to be safe";
  EXPECT_GT(staged(), 0u);
  frame();
  frame();  // two may be in flight: now the first is safe
  EXPECT_EQ(device.memory().bytes, nothing);
}

TEST_F(DeferredCopies, WhatIsReadAtOnceNeedsAQueue) {
  const Buffer block = buffer(16);
  std::vector<std::byte> bytes(16);
  expect_error(ErrorCode::unsupported, "lent without a queue", [&] { transfer.download(block, 0, bytes); });
}

}  // namespace
}  // namespace gouache::testing
