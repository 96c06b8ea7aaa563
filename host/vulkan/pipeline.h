// What must exist before a dispatch can be recorded?  Pipelines and their layouts, made once and shared by all executables.
#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "host/kernels/addresses.h"
#include "host/plan/catalog.h"
#include "host/vulkan/owned.h"

namespace gouache {

VkDescriptorType descriptor_type(BindingKind kind);

/// Handles that live as long as the Device.
struct PipelineLayout {
  VkPipelineLayout layout = VK_NULL_HANDLE;
  VkDescriptorSetLayout set_layout = VK_NULL_HANDLE;
};

/// What Pipelines::begin_all() began. The destructor has the thread stop and waits for that.
class PipelinesAhead {
 public:
  /// Waits until all are made. Throws what get() threw.
  void finish();

 private:
  friend class Pipelines;
  std::shared_ptr<std::exception_ptr> failure_;
  std::jthread thread_;
};

/// May be used by several threads at once. A pipeline that one thread compiles keeps up only those who ask for the same one.
class Pipelines {
 public:
  explicit Pipelines(Device& device) : device_(device) {}

  /// What the pipeline of `dispatch` is laid out by, without making it. Throws as get() for holes.
  PipelineLayout layout_of(const Dispatch& dispatch);

  /// How many words of push constants `dispatch` takes here: its own, and addresses of its storage buffers where kernels go by those.
  std::size_t push_words(const Dispatch& dispatch) const;
  /// Writes the address of storage buffer `slot` to its place among those `push` words; nothing where kernels go by descriptors.
  void push_address(const Dispatch& dispatch, std::uint32_t slot, const VkDescriptorBufferInfo& buffer,
                    std::span<std::uint32_t> push) const;

  /// The pipeline of `dispatch`, made at the first request for its (module, constants, bindings, push size, subgroup size).
  /// Throws Error(unsupported) when the device cannot run the subgroup size, Error(internal) for slots with holes.
  VkPipeline get(const Dispatch& dispatch);

  /// Makes those of `dispatches` that get() would have to make, several at once on threads that end before this returns; on the calling
  /// thread alone where the device was lent with allocation callbacks or a pipeline cache, which are the host's. Throws what get() throws.
  void make_all(std::span<const Dispatch* const> dispatches);
  /// Begins to make them on one thread, for a caller with other work to do; none where make_all() starts none. `dispatches` point to what
  /// outlives the thread.
  PipelinesAhead begin_all(std::span<const Dispatch* const> dispatches);

  /// Begins the cache with what cache_data() gave once, before the first pipeline is made. Returns why the data is of no use here
  /// and was left; "" when it was taken.
  std::string begin_cache(std::span<const std::byte> data);
  /// What the cache holds (the lender's, if one was lent), for another process on the same device and driver.
  std::vector<std::byte> cache_data();

  /// Pipelines made so far.
  std::size_t size() const { return made_; }

 private:
  struct Layout {
    OwnedSetLayout set_layout;
    OwnedPipelineLayout layout;
  };
  struct Entry {
    std::mutex making;
    OwnedPipeline pipeline;  ///< empty until it was made
  };
  using Kinds = std::vector<BindingKind>;
  using LayoutKey = std::pair<Kinds, std::size_t>;
  using PipelineKey = std::tuple<std::string, std::vector<std::pair<std::uint32_t, std::uint32_t>>, LayoutKey, std::uint32_t>;

  /// None where the device has not enabled them or cannot push so many.
  Addresses addresses(const Dispatch& dispatch) const;
  PipelineKey key_of(const Dispatch& dispatch) const;
  std::map<PipelineKey, const Dispatch*> missing(std::span<const Dispatch* const> dispatches);
  /// How many threads may make so many pipelines, those of begin_all() included.
  std::size_t threads_for(std::size_t count) const;
  /// get(), unless somebody has begun to make it.
  void make_unclaimed(const PipelineKey& key, const Dispatch& dispatch);
  const Layout& layout(const LayoutKey& key);
  Entry& entry(PipelineKey key);
  VkPipelineCache cache();
  void make_cache(std::span<const std::byte> blob);
  OwnedPipeline make(const Dispatch& dispatch, VkPipelineLayout layout);

  Device& device_;
  std::mutex listing_;  ///< of all below; what they hold stays where it is
  OwnedPipelineCache cache_;
  std::map<LayoutKey, Layout> layouts_;
  std::map<PipelineKey, Entry> pipelines_;
  std::atomic<std::size_t> made_ = 0, ahead_ = 0;  ///< pipelines; threads of begin_all() that are at work
};

}  // namespace gouache
