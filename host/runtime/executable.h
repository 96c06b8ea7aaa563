// How does a plan run?  Its memory, pipelines and descriptor sets, made once, and a flat list of commands recorded from them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/plan/plan.h"
#include "host/runtime/parts.h"
#include "host/runtime/state.h"
#include "host/vulkan/pipeline.h"

namespace gouache {

/// Time of each command of a plan.
struct Profile {
  std::vector<double> microseconds;  ///< one a command, setup commands included; the median over the repeats
  bool by_timestamps = false;        ///< false: the queue has no timestamps, so these are times of one submit and wait each
  bool guessed = false;              ///< nobody measured them
};

/// Where timestamps are written among recorded parts: query first_query + i after the first ends[i] parts.
struct PartMarks {
  VkQueryPool queries = VK_NULL_HANDLE;
  std::uint32_t first_query = 0;
  std::span<const std::uint32_t> ends;
};

/// What `plan` dispatches, in order: pipelines may be made ahead of its Executable (Pipelines::begin_all). Throws Error(internal) naming
/// the step when a command names none.
std::vector<const Dispatch*> dispatches_of(const Plan& plan);

/// Everything is allocated and recorded by the constructor; runs allocate nothing and create no Vulkan object.
/// One run at a time; several executables may share a State, and their runs take place in the order they were submitted.
class Executable {
 public:
  /// `device` and `state` must outlive it; `plan` need not. Arena, inputs and outputs start as zeros.
  /// Throws Error(internal) naming the step when the plan does not fit itself, the state or the device; Error(out_of_memory).
  Executable(Device& device, State& state, const Plan& plan);
  /// Waits for a run under way.
  ~Executable();
  Executable(const Executable&) = delete;
  Executable& operator=(const Executable&) = delete;

  std::uint32_t command_count() const { return std::uint32_t(commands_.size()); }
  /// The first so many commands run only when the state has changed.
  std::uint32_t setup_count() const { return setup_count_; }

  /// Fills an input for the next run. Throws Error naming the input when there is none, its size differs, or a run is under way.
  void set_input(std::string_view name, std::span<const std::byte> bytes);
  /// An output of the last finished run; the bytes stay where they are as long as the executable.
  std::span<const std::byte> output(std::string_view name) const;
  /// Where that output lies on the device.
  struct Place {
    VkBuffer buffer = VK_NULL_HANDLE;
    std::int64_t offset = 0, bytes = 0;
  };
  Place output_place(std::string_view name) const;
  /// The first command that writes State block `block`; command_count() when none does.
  std::uint32_t first_write(std::int32_t block) const;

  /// Submits all commands (setup commands only when needed) and waits.
  void run();
  /// The same in parts: submit, ask or wait. Throws Error when a run is under way.
  void submit();
  /// `runs` whole runs, one after another, in a single vkQueueSubmit; outputs are those of the last. Nothing is allocated from the second
  /// time on that more than kSeries are asked for.
  void submit_runs(std::uint32_t runs);
  static constexpr std::uint32_t kSeries = 16;
  /// A slice of the commands alone; its command buffer is recorded at the first use and kept.
  void submit(std::uint32_t first, std::uint32_t last);
  bool done();
  void wait();

  /// Records commands [first, last) into the host's command buffer, outside a render pass. Opens with a memory barrier, so slices
  /// may follow one another or the host's writes; the last one makes outputs visible to transfers and the host.
  void record(VkCommandBuffer commands, std::uint32_t first, std::uint32_t last) const;

  /// The same for parts of commands, in order; those of a command with a barrier before it follow it in whatever slice.
  void record(VkCommandBuffer commands, std::span<const Part> parts, const PartMarks& marks = {}) const;
  const Grid& grid(std::uint32_t command) const { return commands_[command].grid; }

  /// Records one part between barriers of its own, and puts back what its command writes to the State; for warm-ups. `kept` holds
  /// most_state_written() bytes meanwhile (null where that is 0). Two timestamps go to `queries` from `first_query` on, unless it is null.
  void record_alone(VkCommandBuffer commands, const Part& part, VkBuffer kept, VkQueryPool queries, std::uint32_t first_query) const;
  /// Bytes of the State that one command writes, at most.
  std::int64_t most_state_written() const;

  /// Outputs kept apart from the executable's own, so that the next run may begin before they are read (room: kept_outputs_buffer()):
  /// records the copy of what the last command has written; finds one output in a copy.
  void record_outputs(VkCommandBuffer commands, const Buffer& room, std::size_t copy) const;
  std::span<const std::byte> output_in(const Buffer& room, std::size_t copy, std::string_view name) const;

  /// A run whose parts somebody else submits: begun, all submitted, all finished. Between begin_run() and end_run() it counts as under way.
  void begin_run();
  void run_submitted();
  void end_run();
  bool under_way() const { return under_way_; }

  /// Whether the next run begins with the setup commands: the first does, and each after a block they read was changed through
  /// State or by an executable's run. state_changed() says so for changes that State cannot see (a host's own command buffers).
  bool needs_setup() const { return setup_count_ && setup_version_ != version_for_setup(); }
  void state_changed() { setup_version_ = kNever; }

  /// Runs everything `repeats` times with a barrier before each command, and times each. The state goes on as in ordinary runs.
  Profile profile(int repeats) { return profile(repeats, 0, command_count()); }
  /// The same of commands [first, last) alone; the profile has their times only.
  Profile profile(int repeats, std::uint32_t first, std::uint32_t last);

 private:
  struct Recorded {
    VkPipeline pipeline = VK_NULL_HANDLE;
    VkPipelineLayout layout = VK_NULL_HANDLE;
    VkDescriptorSet set = VK_NULL_HANDLE;
    Grid grid{};
    std::uint32_t push_first = 0, push_words = 0;  ///< in push_
    bool barrier = false;
    std::string label;  ///< empty without debug utils
  };
  struct Slice {
    std::uint32_t first = 0, last = 0;
    VkCommandBuffer commands = VK_NULL_HANDLE;
  };
  /// What a command writes to the State.
  struct StateWrite {
    std::size_t command = 0;
    VkBuffer buffer = VK_NULL_HANDLE;
    VkDeviceSize offset = 0, bytes = 0;
  };
  /// An input or output by name; `bytes` is the tensor's own size.
  struct Port {
    std::string name;
    std::int64_t offset = 0, bytes = 0;
    Buffer buffer;
  };

  void allocate(const Plan& plan);
  Port make_port(const Plan& plan, const NamedTensor& tensor, const BufferWish& wish);
  void add_commands(const Plan& plan);
  void write_descriptors(const Plan& plan, const std::vector<VkDescriptorSetLayout>& layouts);
  const Buffer& buffer_of(const Region& region) const;
  Place place_of(const Plan& plan, const Step& step, const Binding& binding) const;
  std::vector<std::vector<Place>> places_written(const Plan& plan) const;
  Place viewed(const Place& place, std::span<const Place> written) const;
  VkBufferView view_of(const Place& place);
  void make_pool(const std::vector<const Dispatch*>& dispatches);
  void note_state_use(const Plan& plan, std::size_t command, const Binding& binding, const Place& place);
  std::uint64_t version_for_setup() const;
  void changed_state();
  VkCommandBuffer allocate_commands(VkCommandPool pool);
  VkCommandBuffer slice(std::uint32_t first, std::uint32_t last);
  void hand_over(std::span<const VkCommandBuffer> commands);
  std::int64_t outputs_bytes() const;
  void record_command(VkCommandBuffer commands, const Recorded& command, const Grid& base, const Grid& groups) const;
  Profile profile_by_timestamps(int repeats, std::uint32_t first, std::uint32_t last);
  Profile profile_by_submits(int repeats, std::uint32_t first, std::uint32_t last);
  void require_idle(const char* call) const;

  Device& device_;
  State& state_;
  std::uint32_t setup_count_ = 0;
  static constexpr std::uint64_t kNever = ~0ull;
  std::uint64_t setup_version_ = kNever;          ///< version_for_setup() when the setup commands last ran
  std::vector<std::int32_t> setup_reads_;         ///< State blocks that setup commands read
  std::map<std::int32_t, std::uint32_t> writes_;  ///< State blocks that are written, and the first command that does
  std::vector<StateWrite> state_writes_;          ///< by command
  bool under_way_ = false, paced_ = false;
  std::vector<Buffer> arena_;
  Buffer constants_;  ///< the plan's constants, then the bytes that unused bindings show
  std::int64_t unused_offset_ = 0;
  std::vector<Port> inputs_, outputs_;
  std::map<std::pair<VkBuffer, std::int64_t>, std::vector<std::pair<std::int64_t, OwnedBufferView>>> views_;
  OwnedDescriptorPool descriptor_pool_;
  std::vector<Recorded> commands_;
  std::vector<std::uint32_t> push_;
  OwnedCommandPool command_pool_;
  std::vector<Slice> slices_;
  std::vector<VkCommandBuffer> series_ = std::vector<VkCommandBuffer>(kSeries);  ///< what submit_runs() hands over
  OwnedFence fence_;
};

}  // namespace gouache
