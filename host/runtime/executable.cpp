// How does a plan run?  The constructor makes everything a run needs; executable_run.cpp records, submits and times it.
#include "host/runtime/executable.h"

#include <algorithm>
#include <cstring>

#include "host/graph/error.h"
#include "host/runtime/buffers.h"
#include "host/vulkan/result.h"
#include "host/vulkan/transfer.h"

namespace gouache {

namespace {

constexpr std::int64_t kTexelBytes = 16;  ///< VK_FORMAT_R32G32B32A32_SFLOAT

std::string name_of(const Step& step) { return (step.launch.label.empty() ? "" : step.launch.label + " ") + to_text(step.launch); }

[[noreturn]] void broken(const Step& step, const std::string& text) { throw Error(ErrorCode::internal, name_of(step) + ": " + text); }

const Step& step_of(const Plan& plan, const Command& command) {
  if (command.step < 0 || std::size_t(command.step) >= plan.steps.size())
    throw Error(ErrorCode::internal,
                plan.name + ": a command names step " + std::to_string(command.step) + " of " + std::to_string(plan.steps.size()));
  const Step& step = plan.steps[std::size_t(command.step)];
  if (command.dispatch < 0 || std::size_t(command.dispatch) >= step.kernel.dispatches.size())
    broken(step, "a command names dispatch " + std::to_string(command.dispatch) + " of " + std::to_string(step.kernel.dispatches.size()));
  return step;
}

const Region& region_of(const Plan& plan, const Step& step, const OperandRef& operand) {
  const std::vector<std::int32_t>& list = operand.kind == OperandKind::input    ? step.inputs
                                          : operand.kind == OperandKind::output ? step.outputs
                                                                                : step.scratch;
  if (operand.index >= list.size())
    broken(step, "a binding shows operand " + std::to_string(operand.index) + " of " + std::to_string(list.size()));
  const std::int32_t region = list[operand.index];
  if (region < 0 || std::size_t(region) >= plan.regions.size()) broken(step, "an operand has region " + std::to_string(region));
  return plan.regions[std::size_t(region)];
}

}  // namespace

std::vector<const Dispatch*> dispatches_of(const Plan& plan) {
  std::vector<const Dispatch*> dispatches;
  for (const Command& command : plan.commands)
    dispatches.push_back(&step_of(plan, command).kernel.dispatches[std::size_t(command.dispatch)]);
  return dispatches;
}

Executable::Executable(Device& device, State& state, const Plan& plan) : device_(device), state_(state) {
  if (plan.setup_commands < 0 || std::size_t(plan.setup_commands) > plan.commands.size())
    throw Error(ErrorCode::internal,
                plan.name + ": " + std::to_string(plan.setup_commands) + " setup commands of " + std::to_string(plan.commands.size()));
  setup_count_ = std::uint32_t(plan.setup_commands);
  allocate(plan);
  add_commands(plan);

  VkCommandPoolCreateInfo pool{};
  pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool.queueFamilyIndex = device_.queue_family();
  command_pool_ = make_owned<OwnedCommandPool>(device_, &DeviceTable::vkCreateCommandPool, "vkCreateCommandPool", pool);
  VkFenceCreateInfo fence{};
  fence.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  fence_ = make_owned<OwnedFence>(device_, &DeviceTable::vkCreateFence, "vkCreateFence", fence);
  if (!device_.queue()) return;  // only recorded into frames
  slice(setup_count_, command_count());
  if (setup_count_) slice(0, command_count());
}

Executable::~Executable() {
  if (!under_way_ || paced_) return;  // whoever submits a paced run waits for it
  const VkFence fence = fence_.get();
  device_.table().vkWaitForFences(device_.handle(), 1, &fence, VK_TRUE, UINT64_MAX);  // a lost device returns too
}

void Executable::allocate(const Plan& plan) {
  const PlanBuffers buffers = plan_buffers(plan);
  for (const BufferWish& wish : buffers.arena) {
    const Buffer& block = arena_.emplace_back(device_, wish);
    if (!block.was_zero()) device_.transfer().zero(block, 0, block.bytes());
  }
  unused_offset_ = buffers.unused_offset;
  constants_ = Buffer(device_, buffers.constants);
  device_.transfer().zero(constants_, 0, constants_.bytes());
  device_.transfer().upload(constants_, 0, std::as_bytes(std::span(plan.constants)));
  for (std::size_t i = 0; i < plan.inputs.size(); i++) inputs_.push_back(make_port(plan, plan.inputs[i], buffers.inputs[i]));
  for (std::size_t i = 0; i < plan.outputs.size(); i++) outputs_.push_back(make_port(plan, plan.outputs[i], buffers.outputs[i]));
}

Executable::Port Executable::make_port(const Plan& plan, const NamedTensor& tensor, const BufferWish& wish) {
  Port port{tensor.name, plan.regions[std::size_t(tensor.region)].offset, tensor.type.bytes(), Buffer(device_, wish)};
  std::memset(port.buffer.mapped().data(), 0, port.buffer.mapped().size());
  port.buffer.flush();
  return port;
}

void Executable::add_commands(const Plan& plan) {
  const std::vector<const Dispatch*> dispatches = dispatches_of(plan);
  std::vector<VkDescriptorSetLayout> layouts;
  for (std::size_t i = 0; i < dispatches.size(); i++) {
    const Command& command = plan.commands[i];
    const Step& step = step_of(plan, command);
    const Dispatch& dispatch = *dispatches[i];
    for (std::uint32_t groups : dispatch.grid)
      if (groups > device_.caps().max_groups)
        broken(step, std::to_string(groups) + " workgroups along an axis, maxComputeWorkGroupCount is " +
                         std::to_string(device_.caps().max_groups));
    const PipelineLayout layout = device_.pipelines().layout_of(dispatch);
    Recorded recorded;
    recorded.layout = layout.layout;
    recorded.grid = dispatch.grid;
    recorded.push_first = std::uint32_t(push_.size());
    recorded.push_words = std::uint32_t(device_.pipelines().push_words(dispatch));
    recorded.barrier = command.barrier;
    if (device_.enabled().debug_utils) recorded.label = name_of(step);
    push_.insert(push_.end(), dispatch.push.begin(), dispatch.push.end());
    push_.resize(recorded.push_first + recorded.push_words);
    commands_.push_back(std::move(recorded));
    layouts.push_back(layout.set_layout);
  }
  if (commands_.empty()) return;
  make_pool(dispatches);
  write_descriptors(plan, layouts);  // drivers compile for this, too: it goes on beside pipelines that were begun ahead
  device_.pipelines().make_all(dispatches);
  for (std::size_t i = 0; i < dispatches.size(); i++) commands_[i].pipeline = device_.pipelines().get(*dispatches[i]);
}

void Executable::make_pool(const std::vector<const Dispatch*>& dispatches) {
  std::map<VkDescriptorType, std::uint32_t> counts;
  for (const Dispatch* dispatch : dispatches)
    for (const Binding& binding : dispatch->bindings) counts[descriptor_type(binding.kind)]++;
  std::vector<VkDescriptorPoolSize> sizes;
  for (const auto& [type, count] : counts) sizes.push_back({type, count});
  VkDescriptorPoolCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO;
  info.maxSets = std::uint32_t(dispatches.size());
  info.poolSizeCount = std::uint32_t(sizes.size());
  info.pPoolSizes = sizes.data();
  descriptor_pool_ = make_owned<OwnedDescriptorPool>(device_, &DeviceTable::vkCreateDescriptorPool, "vkCreateDescriptorPool", info);
}

void Executable::write_descriptors(const Plan& plan, const std::vector<VkDescriptorSetLayout>& layouts) {
  VkDescriptorSetAllocateInfo allocation{};
  allocation.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO;
  allocation.descriptorPool = descriptor_pool_.get();
  allocation.descriptorSetCount = std::uint32_t(layouts.size());
  allocation.pSetLayouts = layouts.data();
  std::vector<VkDescriptorSet> sets(layouts.size());
  device_.created(device_.table().vkAllocateDescriptorSets(device_.handle(), &allocation, sets.data()), "vkAllocateDescriptorSets",
                  sets.size());

  const std::vector<std::vector<Place>> written = places_written(plan);
  std::size_t stretch = 0;
  for (std::size_t i = 0; i < sets.size(); i++) {
    if (i > 0 && commands_[i].barrier) ++stretch;
    commands_[i].set = sets[i];
    const Step& step = step_of(plan, plan.commands[i]);
    const Dispatch& dispatch = step.kernel.dispatches[std::size_t(plan.commands[i].dispatch)];
    const std::span<std::uint32_t> push = std::span(push_).subspan(commands_[i].push_first, commands_[i].push_words);
    for (const Binding& binding : dispatch.bindings) {
      const Place place = place_of(plan, step, binding);
      const VkDescriptorBufferInfo range{place.buffer, VkDeviceSize(place.offset), VkDeviceSize(place.bytes)};
      const VkBufferView view = binding.kind == BindingKind::texel ? view_of(viewed(place, written[stretch])) : VK_NULL_HANDLE;
      VkWriteDescriptorSet write{};
      write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET;
      write.dstSet = sets[i];
      write.dstBinding = binding.slot;
      write.descriptorCount = 1;
      write.descriptorType = descriptor_type(binding.kind);
      if (binding.kind == BindingKind::texel)
        write.pTexelBufferView = &view;
      else
        write.pBufferInfo = &range;
      device_.table().vkUpdateDescriptorSets(device_.handle(), 1, &write, 0, nullptr);
      device_.pipelines().push_address(dispatch, binding.slot, range, push);
      note_state_use(plan, i, binding, place);
    }
  }
}

/// By stretch of commands without a barrier.
std::vector<std::vector<Executable::Place>> Executable::places_written(const Plan& plan) const {
  std::vector<std::vector<Place>> written(1);
  for (std::size_t i = 0; i < plan.commands.size(); i++) {
    if (i > 0 && plan.commands[i].barrier) written.emplace_back();
    const Step& step = step_of(plan, plan.commands[i]);
    for (const Binding& binding : step.kernel.dispatches[std::size_t(plan.commands[i].dispatch)].bindings)
      if (binding.writes) written.back().push_back(place_of(plan, step, binding));
  }
  return written;
}

void Executable::note_state_use(const Plan& plan, std::size_t command, const Binding& binding, const Place& place) {
  if (binding.operand.kind == OperandKind::none) return;
  const Region& region = region_of(plan, step_of(plan, plan.commands[command]), binding.operand);
  if (region.storage != Storage::state) return;
  const bool known = std::find(setup_reads_.begin(), setup_reads_.end(), region.block) != setup_reads_.end();
  if (binding.reads && command < setup_count_ && !known) setup_reads_.push_back(region.block);
  if (!binding.writes) return;
  writes_.emplace(region.block, std::uint32_t(command));  // the first one stays
  state_writes_.push_back({command, place.buffer, VkDeviceSize(place.offset), VkDeviceSize(place.bytes)});
}

std::uint32_t Executable::first_write(std::int32_t block) const {
  const auto found = writes_.find(block);
  return found == writes_.end() ? command_count() : found->second;
}

const Buffer& Executable::buffer_of(const Region& region) const {
  const std::size_t block = std::size_t(region.block);
  switch (region.storage) {
    case Storage::arena: return arena_.at(block);
    case Storage::state: return state_.block(region.block);
    case Storage::input: return inputs_.at(block).buffer;
    case Storage::output: return outputs_.at(block).buffer;
    case Storage::constant: return constants_;
  }
  throw Error(ErrorCode::internal, "a region has storage " + std::to_string(int(region.storage)));
}

/// The range a binding covers: the operand's own bytes, up to the next multiple of 4; whole texels for a texel view.
Executable::Place Executable::place_of(const Plan& plan, const Step& step, const Binding& binding) const {
  const bool texel = binding.kind == BindingKind::texel;
  if (binding.operand.kind == OperandKind::none) return {constants_.handle(), unused_offset_, texel ? kTexelBytes : kUnusedBytes};
  const Region& region = region_of(plan, step, binding.operand);
  const Buffer& buffer = buffer_of(region);
  if (region.offset < 0 || region.offset % 256 || region.bytes <= 0 || region.offset + region.bytes > buffer.bytes())
    broken(step, "slot " + std::to_string(binding.slot) + " covers bytes " + std::to_string(region.offset) + ".." +
                     std::to_string(region.offset + region.bytes) + " of a block of " + std::to_string(buffer.bytes()));
  const std::int64_t bytes = texel ? region.bytes / kTexelBytes * kTexelBytes : (region.bytes + 3) / 4 * 4;
  const VkPhysicalDeviceLimits& limits = device_.facts().limits;
  const std::int64_t most = texel                                  ? std::int64_t(limits.maxTexelBufferElements) * kTexelBytes
                            : binding.kind == BindingKind::uniform ? std::int64_t(limits.maxUniformBufferRange)
                                                                   : std::int64_t(limits.maxStorageBufferRange);
  if (bytes == 0 || bytes > most)
    broken(step, "slot " + std::to_string(binding.slot) + " covers " + std::to_string(bytes) + " bytes, its kind of binding takes 1.." +
                     std::to_string(most));
  return {buffer.handle(), region.offset, bytes};
}

/// What a texel view shows of a place: some of what lies behind it, too, where the second byte of its size would be 0 and nobody in
/// `written` may overwrite that meanwhile. Lavapipe 22.3 compiles kernels once more for such views, for it takes that byte for an image
/// view's last mip level.
Executable::Place Executable::viewed(const Place& place, std::span<const Place> written) const {
  if ((place.bytes >> 8 & 0xff) != 0) return place;
  const Place more{place.buffer, place.offset, (place.bytes / 256 + 1) * 256};
  const bool fits = more.bytes <= std::int64_t(device_.facts().limits.maxTexelBufferElements) * kTexelBytes;
  const bool shared = std::ranges::any_of(written, [&](const Place& other) {
    return other.buffer == place.buffer && other.offset < more.offset + more.bytes &&
           other.offset + other.bytes > place.offset + place.bytes;
  });
  return fits && !shared ? more : place;
}

VkBufferView Executable::view_of(const Place& place) {
  auto& made = views_[{place.buffer, place.offset}];
  for (const auto& [bytes, view] : made)
    if (bytes == place.bytes) return view.get();
  VkBufferViewCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO;
  info.buffer = place.buffer;
  info.format = VK_FORMAT_R32G32B32A32_SFLOAT;
  info.offset = VkDeviceSize(place.offset);
  info.range = VkDeviceSize(place.bytes);
  made.emplace_back(place.bytes, make_owned<OwnedBufferView>(device_, &DeviceTable::vkCreateBufferView, "vkCreateBufferView", info));
  return made.back().second.get();
}

VkCommandBuffer Executable::allocate_commands(VkCommandPool pool) {
  VkCommandBufferAllocateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  info.commandPool = pool;
  info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  info.commandBufferCount = 1;
  VkCommandBuffer commands = VK_NULL_HANDLE;
  device_.created(device_.table().vkAllocateCommandBuffers(device_.handle(), &info, &commands), "vkAllocateCommandBuffers");
  return commands;
}

}  // namespace gouache
