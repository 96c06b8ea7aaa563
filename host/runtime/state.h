// Where do the variables live on the device?  The blocks of a StateLayout as buffers, shared by every executable that uses them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/plan/state_layout.h"
#include "host/vulkan/transfer.h"

namespace gouache {

/// Must outlive the executables that use it.
class State {
 public:
  /// Allocates every block and fills it with zeros.
  State(Device& device, const StateLayout& layout);

  const StateLayout& layout() const { return layout_; }
  const Buffer& block(std::int32_t index) const;

  /// Copies a whole variable, row-major in its own element type. All wait for the copy, after everything submitted before; where no queue
  /// was lent, uploads take place in frames (Deferred), and downloads read what was fetched.
  /// Throws Error naming the variable when there is none of that name or the size differs, Error(unsupported) when nothing was fetched.
  void upload(const std::string& name, std::span<const std::byte> bytes);
  void upload(const std::string& name, const ProduceBytes& produce);
  void download(const std::string& name, std::span<std::byte> bytes) const;
  /// Fills one variable, or everything, with zeros.
  void zero(const std::string& name);
  void zero();

  /// Without a queue: the first call has frames copy every block but the one of `left_out` (if not "") to the host, as it is when they are
  /// recorded; whether it has arrived. With a queue always true.
  bool fetch(const std::string& left_out);
  bool is_fetching() const { return fetched_.has_value(); }
  void forget_fetched() { fetched_.reset(); }

  /// Grows with every change of the block: uploads, zeros, and runs of executables that write it. Setup commands run when it grew.
  std::uint64_t version(std::int32_t block) const { return versions_[std::size_t(block)]; }
  void changed(std::int32_t block) { versions_[std::size_t(block)]++; }

 private:
  Device& device_;
  StateLayout layout_;
  std::vector<Buffer> blocks_;
  std::vector<std::uint64_t> versions_;
  struct Fetched {
    std::vector<Buffer> blocks;  ///< empty where left out
    std::uint64_t mark = 0;      ///< of Deferred
  };
  std::optional<Fetched> fetched_;
};

}  // namespace gouache
