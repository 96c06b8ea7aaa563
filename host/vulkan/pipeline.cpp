// What must exist before a dispatch can be recorded?
#include "host/vulkan/pipeline.h"

#include <algorithm>
#include <exception>
#include <system_error>
#include <thread>

#include "host/graph/error.h"
#include "host/kernels/addresses.h"
#include "host/kernels/freeze.h"
#include "host/kernels/prune.h"
#include "host/kernels/spirv.h"
#include "host/vulkan/pipeline_cache.h"
#include "host/vulkan/result.h"

namespace gouache {

VkDescriptorType descriptor_type(BindingKind kind) {
  if (kind == BindingKind::texel) return VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
  if (kind == BindingKind::uniform) return VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
  return VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
}

Addresses Pipelines::addresses(const Dispatch& dispatch) const {
  if (!device_.enabled().buffer_addresses) return {};
  const Addresses addresses = addresses_of(dispatch);
  return addresses.end_word() * 4 <= device_.caps().max_push_bytes ? addresses : Addresses{};
}

std::size_t Pipelines::push_words(const Dispatch& dispatch) const { return std::max(dispatch.push.size(), addresses(dispatch).end_word()); }

void Pipelines::push_address(const Dispatch& dispatch, std::uint32_t slot, const VkDescriptorBufferInfo& buffer,
                             std::span<std::uint32_t> push) const {
  const Addresses addresses = this->addresses(dispatch);
  const auto found = std::ranges::find(addresses.slots, slot);
  if (found == addresses.slots.end()) return;
  const VkBufferDeviceAddressInfo info{VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, nullptr, buffer.buffer};
  const VkDeviceAddress address = device_.table().vkGetBufferDeviceAddress(device_.handle(), &info) + buffer.offset;
  const std::size_t word = addresses.word_of(std::size_t(found - addresses.slots.begin()));
  push[word] = std::uint32_t(address);
  push[word + 1] = std::uint32_t(address >> 32);
}

Pipelines::PipelineKey Pipelines::key_of(const Dispatch& dispatch) const {
  Kinds kinds(dispatch.bindings.size());
  std::vector<bool> filled(kinds.size());
  for (const Binding& binding : dispatch.bindings) {
    if (binding.slot >= kinds.size() || filled[binding.slot])
      throw Error(ErrorCode::internal,
                  dispatch.module + ": binding slot " + std::to_string(binding.slot) + " leaves a hole or is taken twice");
    kinds[binding.slot] = binding.kind;
    filled[binding.slot] = true;
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> constants;
  for (const SpecConstant& constant : dispatch.constants) constants.emplace_back(constant.id, constant.value);
  return {dispatch.module, std::move(constants), {std::move(kinds), push_words(dispatch) * 4}, dispatch.subgroup_size};
}

PipelineLayout Pipelines::layout_of(const Dispatch& dispatch) {
  const Layout& chosen = layout(std::get<LayoutKey>(key_of(dispatch)));
  return {chosen.layout.get(), chosen.set_layout.get()};
}

VkPipeline Pipelines::get(const Dispatch& dispatch) {
  PipelineKey key = key_of(dispatch);
  const Layout& chosen = layout(std::get<LayoutKey>(key));
  Entry& found = entry(std::move(key));
  const std::lock_guard turn(found.making);
  if (!found.pipeline.get()) {
    found.pipeline = make(dispatch, chosen.layout.get());
    made_++;
  }
  return found.pipeline.get();
}

std::map<Pipelines::PipelineKey, const Dispatch*> Pipelines::missing(std::span<const Dispatch* const> dispatches) {
  std::map<PipelineKey, const Dispatch*> missing;
  for (const Dispatch* dispatch : dispatches) missing.emplace(key_of(*dispatch), dispatch);
  const std::lock_guard turn(listing_);
  std::erase_if(missing, [&](const auto& one) { return pipelines_.count(one.first) != 0; });
  return missing;
}

std::size_t Pipelines::threads_for(std::size_t count) const {
  constexpr std::size_t kMostThreads = 4;  // an engine has work for its cores, too
  if (device_.allocator() || device_.borrowed_pipeline_cache()) return 1;
  return std::min({kMostThreads, std::size_t{std::thread::hardware_concurrency()}, count});
}

void Pipelines::make_unclaimed(const PipelineKey& key, const Dispatch& dispatch) {
  {
    const std::lock_guard turn(listing_);
    if (!pipelines_.try_emplace(key).second) return;
  }
  get(dispatch);
}

void PipelinesAhead::finish() {
  if (thread_.joinable()) thread_.join();
  if (failure_ && *failure_) std::rethrow_exception(*failure_);
}

PipelinesAhead Pipelines::begin_all(std::span<const Dispatch* const> dispatches) {
  PipelinesAhead ahead;
  std::map<PipelineKey, const Dispatch*> listed = missing(dispatches);
  if (threads_for(listed.size()) < 2) return ahead;
  ahead.failure_ = std::make_shared<std::exception_ptr>();
  const auto work = [this, listed = std::move(listed), failure = ahead.failure_](std::stop_token stop) {
    try {
      for (const auto& [key, dispatch] : listed)
        if (!stop.stop_requested()) make_unclaimed(key, *dispatch);
    } catch (...) { *failure = std::current_exception(); }
    ahead_--;
  };
  ahead_++;
  try {
    ahead.thread_ = std::jthread(work);
  } catch (const std::system_error&) { ahead_--; }  // the system has no more threads
  return ahead;
}

void Pipelines::make_all(std::span<const Dispatch* const> dispatches) {
  const std::map<PipelineKey, const Dispatch*> listed = missing(dispatches);
  const std::size_t threads = threads_for(listed.size());
  if (threads < 2) return;  // get() makes them as they are asked for
  std::mutex taking;
  std::exception_ptr failure;
  auto next = listed.begin();
  const auto work = [&] {
    for (;;) {
      auto taken = listed.end();
      {
        const std::lock_guard turn(taking);
        if (failure || next == listed.end()) return;
        taken = next++;
      }
      try {
        make_unclaimed(taken->first, *taken->second);
      } catch (...) {
        const std::lock_guard turn(taking);
        if (!failure) failure = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> others;
    try {
      for (std::size_t i = 1 + ahead_; i < threads; i++) others.emplace_back(work);
    } catch (const std::system_error&) {}  // the system has no more threads: fewer will do
    work();
  }
  if (failure) std::rethrow_exception(failure);
}

Pipelines::Entry& Pipelines::entry(PipelineKey key) {
  const std::lock_guard turn(listing_);
  return pipelines_[std::move(key)];
}

const Pipelines::Layout& Pipelines::layout(const LayoutKey& key) {
  const std::lock_guard turn(listing_);
  if (auto found = layouts_.find(key); found != layouts_.end()) return found->second;
  const auto& [kinds, push_bytes] = key;
  if (push_bytes > device_.caps().max_push_bytes)
    throw Error(ErrorCode::internal, "a kernel pushes " + std::to_string(push_bytes) + " bytes, maxPushConstantsSize is " +
                                         std::to_string(device_.caps().max_push_bytes));
  std::vector<VkDescriptorSetLayoutBinding> bindings;
  for (BindingKind kind : kinds)
    bindings.push_back({std::uint32_t(bindings.size()), descriptor_type(kind), 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr});
  VkDescriptorSetLayoutCreateInfo set{};
  set.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO;
  set.bindingCount = std::uint32_t(bindings.size());
  set.pBindings = bindings.data();
  Layout made;
  made.set_layout = make_owned<OwnedSetLayout>(device_, &DeviceTable::vkCreateDescriptorSetLayout, "vkCreateDescriptorSetLayout", set);

  const VkPushConstantRange range{VK_SHADER_STAGE_COMPUTE_BIT, 0, std::uint32_t(push_bytes)};
  const VkDescriptorSetLayout set_handle = made.set_layout.get();
  VkPipelineLayoutCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO;
  info.setLayoutCount = 1;
  info.pSetLayouts = &set_handle;
  info.pushConstantRangeCount = push_bytes ? 1 : 0;
  info.pPushConstantRanges = &range;
  made.layout = make_owned<OwnedPipelineLayout>(device_, &DeviceTable::vkCreatePipelineLayout, "vkCreatePipelineLayout", info);
  return layouts_.emplace(key, std::move(made)).first->second;
}

VkPipelineCache Pipelines::cache() {
  if (device_.borrowed_pipeline_cache()) return device_.borrowed_pipeline_cache();
  const std::lock_guard turn(listing_);
  if (!cache_.get()) make_cache({});
  return cache_.get();
}

void Pipelines::make_cache(std::span<const std::byte> blob) {
  VkPipelineCacheCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO;
  info.initialDataSize = blob.size();
  info.pInitialData = blob.data();
  cache_ = make_owned<OwnedPipelineCache>(device_, &DeviceTable::vkCreatePipelineCache, "vkCreatePipelineCache", info);
}

std::string Pipelines::begin_cache(std::span<const std::byte> data) {
  const OpenedCache opened = open_cache(device_.facts(), data);
  const std::lock_guard turn(listing_);
  if (opened.refusal.empty()) make_cache(opened.blob);
  return opened.refusal;
}

std::vector<std::byte> Pipelines::cache_data() {
  std::vector<std::byte> blob;
  VkResult result = VK_INCOMPLETE;
  while (result == VK_INCOMPLETE) {  // it may grow meanwhile
    std::size_t size = 0;
    check(device_.table().vkGetPipelineCacheData(device_.handle(), cache(), &size, nullptr), "vkGetPipelineCacheData");
    blob.resize(size);
    result = device_.table().vkGetPipelineCacheData(device_.handle(), cache(), &size, blob.data());
    blob.resize(size);
  }
  check(result, "vkGetPipelineCacheData");
  return seal_cache(device_.facts(), blob);
}

OwnedPipeline Pipelines::make(const Dispatch& dispatch, VkPipelineLayout layout) {
  std::vector<std::uint32_t> words = prune(freeze_constants(spirv(dispatch.module), dispatch.constants));
  if (const Addresses pushed = addresses(dispatch); !pushed.slots.empty()) words = use_addresses(words, pushed, device_.enabled().int64);
  VkShaderModuleCreateInfo code{};
  code.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO;
  code.codeSize = words.size() * 4;
  code.pCode = words.data();
  const auto module = make_owned<OwnedShaderModule>(device_, &DeviceTable::vkCreateShaderModule, "vkCreateShaderModule", code);
  VkComputePipelineCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO;
  info.flags = VK_PIPELINE_CREATE_DISPATCH_BASE_BIT;  // long dispatches are cut into ranges of workgroups
  info.layout = layout;
  info.stage.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO;
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.module = module.get();
  info.stage.pName = "main";

  VkPipelineShaderStageRequiredSubgroupSizeCreateInfo required{};
  required.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO;
  required.requiredSubgroupSize = dispatch.subgroup_size;
  if (dispatch.subgroup_size) {
    const DeviceFacts& facts = device_.facts();
    const bool in_range = dispatch.subgroup_size >= facts.min_subgroup_size && dispatch.subgroup_size <= facts.max_subgroup_size;
    if (device_.requires_subgroup_size() && in_range) {
      info.stage.pNext = &required;
      info.stage.flags |= VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT;
    } else if (dispatch.subgroup_size != make_caps(facts, device_.enabled()).subgroup_size) {
      throw Error(ErrorCode::unsupported, dispatch.module + ": needs a subgroup size of " + std::to_string(dispatch.subgroup_size) +
                                              ", which " + facts.name + " cannot promise");
    }
  }
  VkPipeline pipeline = VK_NULL_HANDLE;
  const VkResult result = device_.table().vkCreateComputePipelines(device_.handle(), cache(), 1, &info, device_.allocator(), &pipeline);
  check(result, "vkCreateComputePipelines", dispatch.module);
  device_.created(result, "vkCreateComputePipelines");
  return OwnedPipeline(device_, pipeline);
}

}  // namespace gouache
