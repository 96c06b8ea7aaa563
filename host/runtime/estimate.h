// What would a model or a training take of a device's memory, and is there so much?  Reckoned; nothing is allocated.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>

#include "host/runtime/buffers.h"
#include "host/vulkan/device.h"

namespace gouache {

class Estimate {
 public:
  explicit Estimate(Device& device) : device_(device) {}

  /// Adds what making these would allocate, in the order in which they would be made.
  void add(const StateLayout& layout);
  void add(const Plan& plan);
  void add(const BufferWish& wish);
  /// The device's staging buffer, where it has none yet.
  void add_staging();
  /// Runs what plans and adds. An Error that says that the device cannot (unsupported, out_of_memory) becomes the refusal.
  void plan(const std::function<void()>& body);

  std::uint64_t bytes(MemoryPurpose purpose) const { return bytes_[std::size_t(purpose)]; }
  std::uint64_t total() const;
  /// Why it cannot be made, as the error would say; empty when it can.
  const std::string& refusal() const { return refusal_; }

 private:
  Device& device_;
  std::array<std::uint64_t, kMemoryPurposes> bytes_{};
  std::map<std::uint32_t, std::uint64_t> heaps_;  ///< bytes by memory heap
  std::string refusal_;                           ///< the first
};

}  // namespace gouache
