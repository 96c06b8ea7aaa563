// Does an executable compute what its graph means, in whole runs and in slices, without allocating, and report what goes wrong?
#include "host/runtime/executable.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <new>

#include "host/graph/error.h"
#include "host/kernels/family.h"
#include "host/ops/ops.h"
#include "tests/support/engine.h"

namespace {

/// operator new calls of this thread.
thread_local std::uint64_t heap_calls = 0;

void* counted(std::size_t bytes) {
  heap_calls++;
  if (void* memory = std::malloc(bytes ? bytes : 1)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes); }
void* operator new[](std::size_t bytes) { return counted(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace gouache::testing {
namespace {

template <typename Body>
void expect_error(ErrorCode code, const std::string& part, const Body& body) {
  try {
    body();
    ADD_FAILURE() << "no error says '" << part << "'";
  } catch (const Error& error) {
    EXPECT_EQ(int(error.code()), int(code)) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << "'" << error.what() << "' does not say '" << part << "'";
  }
}

std::vector<float> floats(std::int64_t count, float first) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < count; i++) values.push_back(first + 0.125f * float(i * 7 % 23 - 11));
  return values;
}

std::span<const std::byte> bytes_of(const std::vector<float>& values) { return std::as_bytes(std::span(values)); }

std::vector<float> read(const Executable& executable, const std::string& name) {
  const std::span<const std::byte> bytes = executable.output(name);
  const float* first = reinterpret_cast<const float*>(bytes.data());
  return {first, first + bytes.size() / sizeof(float)};
}

std::vector<float> read(const State& state, const std::string& name) {
  std::vector<float> values(std::size_t(state.layout().at(name).type.count()));
  state.download(name, std::as_writable_bytes(std::span(values)));
  return values;
}

/// y = relu(x w + b) / 2 and w <- w + 1: two matmul-sized launches, an input, an output, a constant, and state that is written.
constexpr std::int64_t kRows = 6, kInner = 8, kColumns = 12;

StateLayout layer_layout() {
  StateLayout layout;
  layout.add_block("layer", {{"w", {{kInner, kColumns}, DType::f32}}, {"b", {{kColumns}, DType::f32}}});
  layout.add_block("other", {{"unused", {{4}, DType::f32}}});
  return layout;
}

Plan layer_plan(const Device& device, const StateLayout& layout, bool update, PlanOptions options = {}) {
  Graph graph;
  const Tensor x = graph.input("x", {{kRows, kInner}, DType::f32});
  const Tensor w = graph.variable("w", {{kInner, kColumns}, DType::f32});
  const Tensor b = graph.variable("b", {{kColumns}, DType::f32});
  graph.output("y", relu(matmul(x, w) + b) * graph.constant({kRows, kColumns}, std::vector<float>(kRows * kColumns, 0.5f)));
  if (update) graph.update(w, w + 1.0f);
  options.name = "layer";
  return make_plan(graph, layout, Catalog(device.caps()), options);
}

/// The same on the CPU.
std::vector<float> layer(const std::vector<float>& x, const std::vector<float>& w, const std::vector<float>& b) {
  std::vector<float> y;
  for (std::int64_t r = 0; r < kRows; r++)
    for (std::int64_t c = 0; c < kColumns; c++) {
      double sum = b[std::size_t(c)];
      for (std::int64_t k = 0; k < kInner; k++) sum += double(x[std::size_t(r * kInner + k)]) * double(w[std::size_t(k * kColumns + c)]);
      y.push_back(float(std::max(sum, 0.0) / 2));
    }
  return y;
}

/// Sums of eight products of eighths with values below 4 are exact in fp32, so results are equal, whatever the order.
void expect_same(const std::vector<float>& got, const std::vector<float>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); i++) ASSERT_EQ(got[i], expected[i]) << "element " << i;
}

/// A layer with its state, on any device.
struct Layer {
  explicit Layer(Device& on, bool update = false, PlanOptions options = {})
      : device(on), state(on, layer_layout()), plan(layer_plan(on, state.layout(), update, options)), executable(on, state, plan) {
    state.upload("w", bytes_of(w));
    state.upload("b", bytes_of(b));
    executable.set_input("x", bytes_of(x));
  }
  Device& device;
  std::vector<float> x = floats(kRows * kInner, 0.25f), w = floats(kInner * kColumns, 0.5f), b = floats(kColumns, -1.0f);
  State state;
  Plan plan;
  Executable executable;
};

TEST(Executable, ComputesWhatThePlanSays) {
  Layer layer_run(test_device());
  layer_run.executable.run();
  expect_same(read(layer_run.executable, "y"), layer(layer_run.x, layer_run.w, layer_run.b));
  layer_run.x = floats(kRows * kInner, 1.0f);
  layer_run.executable.set_input("x", bytes_of(layer_run.x));
  layer_run.executable.submit();
  layer_run.executable.wait();
  expect_same(read(layer_run.executable, "y"), layer(layer_run.x, layer_run.w, layer_run.b));
}

TEST(Executable, StateStartsAsZerosAndIsShared) {
  Device& device = test_device();
  Layer training(device, true);
  Plan sampling_plan = layer_plan(device, training.state.layout(), false);
  Executable sampling(device, training.state, sampling_plan);
  EXPECT_EQ(read(training.state, "unused"), std::vector<float>(4));
  training.executable.run();
  training.executable.run();
  std::vector<float> grown = training.w;
  for (float& value : grown) value += 2.0f;
  expect_same(read(training.state, "w"), grown);
  sampling.set_input("x", bytes_of(training.x));
  sampling.run();
  expect_same(read(sampling, "y"), layer(training.x, grown, training.b));
  training.state.zero("w");
  EXPECT_EQ(read(training.state, "w"), std::vector<float>(kInner * kColumns));
  expect_same(read(training.state, "b"), training.b);
}

/// A plan of ours whose first command depends on state only, made from an unfused one: z = square(w), y = x z.
Plan setup_plan(const Device& device, const StateLayout& layout) {
  Graph graph;
  const Tensor x = graph.input("x", {{kRows, kInner}, DType::f32});
  const Tensor w = graph.variable("w", {{kInner, kColumns}, DType::f32});
  graph.output("y", matmul(x, square(w)));
  Plan plan = make_plan(graph, layout, Catalog(device.caps()), {.name = "setup", .fuse = false, .alias = false, .setup = false});
  EXPECT_EQ(plan.steps.at(std::size_t(plan.commands.at(0).step)).launch.op, "elementwise");
  plan.setup_commands = 1;
  return plan;
}

TEST(Executable, SetupRunsOnlyWhenItsStateChanged) {
  Device& device = test_device();
  State state(device, layer_layout());
  Executable executable(device, state, setup_plan(device, state.layout()));
  const std::vector<float> x = floats(kRows * kInner, 0.5f);
  std::vector<float> w = floats(kInner * kColumns, 1.0f);
  auto expected = [&] {
    std::vector<float> squares;
    for (float value : w) squares.push_back(value * value);
    std::vector<float> y;
    for (std::int64_t r = 0; r < kRows; r++)
      for (std::int64_t c = 0; c < kColumns; c++) {
        double sum = 0;
        for (std::int64_t k = 0; k < kInner; k++) sum += double(x[std::size_t(r * kInner + k)]) * squares[std::size_t(k * kColumns + c)];
        y.push_back(float(sum));
      }
    return y;
  };
  executable.set_input("x", bytes_of(x));
  state.upload("w", bytes_of(w));
  EXPECT_TRUE(executable.needs_setup());
  executable.run();
  expect_same(read(executable, "y"), expected());
  EXPECT_FALSE(executable.needs_setup());
  executable.run();
  expect_same(read(executable, "y"), expected());
  state.zero("unused");
  EXPECT_FALSE(executable.needs_setup()) << "setup reads another block";
  w = floats(kInner * kColumns, -0.5f);
  state.upload("w", bytes_of(w));
  EXPECT_TRUE(executable.needs_setup());
  executable.run();
  expect_same(read(executable, "y"), expected());
  executable.state_changed();
  EXPECT_TRUE(executable.needs_setup());

  Plan training_plan = layer_plan(device, state.layout(), true);
  Executable training(device, state, training_plan);
  executable.run();
  EXPECT_FALSE(executable.needs_setup());
  training.run();
  EXPECT_TRUE(executable.needs_setup()) << "another executable wrote w";
  for (float& value : w) value += 1.0f;
  executable.run();
  expect_same(read(executable, "y"), expected());
}

TEST(Executable, SlicesDoTheWorkOfAWholeRun) {
  Layer sliced(test_device(), true, {.name = {}, .fuse = false});
  const std::uint32_t count = sliced.executable.command_count();
  ASSERT_GE(count, 3u);
  for (std::uint32_t i = 0; i < count; i++) {
    sliced.executable.submit(i, i + 1);
    sliced.executable.wait();
  }
  expect_same(read(sliced.executable, "y"), layer(sliced.x, sliced.w, sliced.b));
  for (float& value : sliced.w) value += 1.0f;
  expect_same(read(sliced.state, "w"), sliced.w);
  expect_error(ErrorCode::invalid_argument, "record: commands 1..", [&] { sliced.executable.submit(1, count + 1); });
}

TEST(Executable, RecordsIntoTheEnginesCommandBuffer) {
  Engine engine;
  Device device(engine.lend());
  Layer lent(device, true);
  const DeviceTable& table = engine.table();
  VkCommandPoolCreateInfo pool_info{};
  pool_info.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
  pool_info.queueFamilyIndex = device.queue_family();
  VkCommandPool pool = VK_NULL_HANDLE;
  ASSERT_EQ(table.vkCreateCommandPool(engine.device(), &pool_info, nullptr, &pool), VK_SUCCESS);
  VkCommandBufferAllocateInfo allocation{};
  allocation.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
  allocation.commandPool = pool;
  allocation.commandBufferCount = 1;
  VkCommandBuffer commands = VK_NULL_HANDLE;
  ASSERT_EQ(table.vkAllocateCommandBuffers(engine.device(), &allocation, &commands), VK_SUCCESS);
  VkCommandBufferBeginInfo begin{};
  begin.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
  ASSERT_EQ(table.vkBeginCommandBuffer(commands, &begin), VK_SUCCESS);
  const std::uint32_t half = lent.executable.command_count() / 2;
  lent.executable.record(commands, 0, half);
  lent.executable.record(commands, half, lent.executable.command_count());
  ASSERT_EQ(table.vkEndCommandBuffer(commands), VK_SUCCESS);
  VkFenceCreateInfo fence_info{};
  fence_info.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO;
  VkFence fence = VK_NULL_HANDLE;
  ASSERT_EQ(table.vkCreateFence(engine.device(), &fence_info, nullptr, &fence), VK_SUCCESS);
  VkSubmitInfo batch{};
  batch.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
  batch.commandBufferCount = 1;
  batch.pCommandBuffers = &commands;
  ASSERT_EQ(table.vkQueueSubmit(engine.queue(), 1, &batch, fence), VK_SUCCESS);
  ASSERT_EQ(table.vkWaitForFences(engine.device(), 1, &fence, VK_TRUE, UINT64_MAX), VK_SUCCESS);
  expect_same(read(lent.executable, "y"), layer(lent.x, lent.w, lent.b));
  for (float& value : lent.w) value += 1.0f;
  expect_same(read(lent.state, "w"), lent.w);
  table.vkDestroyFence(engine.device(), fence, nullptr);
  table.vkDestroyCommandPool(engine.device(), pool, nullptr);
}

TEST(Executable, RunsOnTheGuaranteedMinimum) {
  DeviceOptions options;
  options.caps = DeviceCaps{};
  Device device("0", options);
  ValidationListener listener(device);
  Layer plain(device);
  plain.executable.run();
  expect_same(read(plain.executable, "y"), layer(plain.x, plain.w, plain.b));
}

TEST(Executable, AfterWarmUpNothingIsMadeInVulkan) {
  Layer warm(test_device(), true);
  warm.executable.run();
  const DeviceCounters before = warm.device.counters();
  const MemoryUse memory = warm.device.memory();
  for (int i = 0; i < 5; i++) {
    warm.executable.set_input("x", bytes_of(warm.x));
    warm.executable.run();
  }
  const DeviceCounters after = warm.device.counters();
  EXPECT_EQ(after.objects, before.objects);
  EXPECT_EQ(after.allocations, before.allocations);
  EXPECT_EQ(after.submits, before.submits + 5) << "one submit a run";
  EXPECT_EQ(warm.device.memory().bytes, memory.bytes);
  EXPECT_EQ(warm.device.memory().peak_bytes, memory.peak_bytes);
}

TEST(Executable, AfterWarmUpNothingIsAllocatedOnTheHost) {
  Device device("0");
  Layer warm(device, true);
  warm.executable.run();
  // The driver's own allocations are not ours: it is left out from here on.
  const DeviceTable real = device.table();
  device.mutable_table().vkQueueSubmit = [](VkQueue, std::uint32_t, const VkSubmitInfo*, VkFence) { return VK_SUCCESS; };
  device.mutable_table().vkResetFences = [](VkDevice, std::uint32_t, const VkFence*) { return VK_SUCCESS; };
  device.mutable_table().vkWaitForFences = [](VkDevice, std::uint32_t, const VkFence*, VkBool32, std::uint64_t) { return VK_SUCCESS; };
  device.mutable_table().vkGetFenceStatus = [](VkDevice, VkFence) { return VK_SUCCESS; };
  const std::uint64_t before = heap_calls;
  warm.executable.set_input("x", bytes_of(warm.x));
  warm.executable.run();
  warm.executable.submit();
  const bool done = warm.executable.done();
  const std::size_t bytes = warm.executable.output("y").size();
  const std::uint64_t calls = heap_calls - before;
  device.mutable_table() = real;
  EXPECT_EQ(calls, 0u);
  EXPECT_TRUE(done);
  EXPECT_EQ(bytes, std::size_t(kRows * kColumns) * 4);
  EXPECT_NE(std::make_unique<int>(1), nullptr);
  EXPECT_GT(heap_calls, before) << "the counter counts";
}

TEST(Executable, MemoryIsAccountedAndGivenBack) {
  Device device("0");
  {
    Layer held(device, false, {.name = {}, .fuse = false});
    EXPECT_GE(device.memory(MemoryPurpose::arena).bytes, std::uint64_t(held.plan.arena_bytes()));
    EXPECT_GE(device.memory(MemoryPurpose::input).bytes, std::uint64_t(kRows * kInner * 4));
    EXPECT_GE(device.memory(MemoryPurpose::output).bytes, std::uint64_t(kRows * kColumns * 4));
    EXPECT_GE(device.memory(MemoryPurpose::state).bytes, std::uint64_t(kInner * kColumns * 4));
    EXPECT_GE(device.memory(MemoryPurpose::constant).bytes, std::uint64_t(kRows * kColumns * 4));
  }
  EXPECT_EQ(device.memory().bytes, device.memory(MemoryPurpose::staging).bytes);
}

TEST(Executable, PipelinesAreMadeOnceForAll) {
  Device device("0");
  Layer first(device);
  const std::size_t made = device.pipelines().size();
  EXPECT_GT(made, 0u);
  Layer second(device);
  EXPECT_EQ(device.pipelines().size(), made);
}

TEST(Executable, ProfilesEveryCommand) {
  Layer timed(test_device(), false, {.name = {}, .fuse = false});
  const Profile profile = timed.executable.profile(3);
  EXPECT_EQ(profile.microseconds.size(), timed.executable.command_count());
  for (double microseconds : profile.microseconds) {
    EXPECT_GE(microseconds, 0.0);
    EXPECT_LT(microseconds, 60e6);
  }
  EXPECT_EQ(profile.by_timestamps, test_device().facts().queue_families[test_device().queue_family()].timestampValidBits != 0);
  expect_same(read(timed.executable, "y"), layer(timed.x, timed.w, timed.b));
  expect_error(ErrorCode::invalid_argument, "0 repeats", [&] { timed.executable.profile(0); });
}

PFN_vkGetPhysicalDeviceQueueFamilyProperties real_families;

TEST(Executable, ProfilesWithoutTimestamps) {
  DeviceOptions options;
  options.instance_hook = [](InstanceTable& table) {
    real_families = table.vkGetPhysicalDeviceQueueFamilyProperties;
    table.vkGetPhysicalDeviceQueueFamilyProperties = [](VkPhysicalDevice device, std::uint32_t* count, VkQueueFamilyProperties* families) {
      real_families(device, count, families);
      for (std::uint32_t i = 0; families && i < *count; i++) families[i].timestampValidBits = 0;
    };
  };
  Device device("0", options);
  Layer timed(device, true, {.name = {}, .fuse = false});
  const Profile profile = timed.executable.profile(2);
  EXPECT_FALSE(profile.by_timestamps);
  ASSERT_EQ(profile.microseconds.size(), timed.executable.command_count());
  for (double microseconds : profile.microseconds) EXPECT_GT(microseconds, 0.0);
  for (float& value : timed.w) value += 2.0f;
  expect_same(read(timed.state, "w"), timed.w);
}

TEST(Executable, ErrorsNameWhatIsWrong) {
  Layer odd(test_device());
  const auto bad = ErrorCode::invalid_argument;
  expect_error(bad, "there is no input 'z'; there are: x", [&] { odd.executable.set_input("z", {}); });
  expect_error(bad, "there is no output 'x'; there are: y", [&] { odd.executable.output("x"); });
  expect_error(bad, "input 'x' holds 192 bytes, got 4", [&] { odd.executable.set_input("x", bytes_of({1.0f})); });
  expect_error(bad, "variable 'w' holds 384 bytes [8,12], got 8", [&] { odd.state.upload("w", bytes_of({1.0f, 2.0f})); });
  expect_error(bad, "nothing", [&] { odd.state.upload("nothing", {}); });
  odd.executable.submit();
  expect_error(bad, "still under way", [&] { odd.executable.submit(); });
  expect_error(bad, "still under way", [&] { odd.executable.set_input("x", bytes_of(odd.x)); });
  odd.executable.wait();
  EXPECT_TRUE(odd.executable.done());

  Plan outside = odd.plan;
  outside.regions.at(std::size_t(outside.steps.at(0).outputs.at(0))).bytes = 1 << 20;
  EXPECT_THROW(Executable(odd.device, odd.state, outside), Error);
  Plan holes = odd.plan;
  holes.commands.at(0).step = 99;
  expect_error(ErrorCode::internal, "a command names step 99", [&] { Executable executable(odd.device, odd.state, holes); });
}

TEST(Executable, FaultsAreReportedAndTheRestGoesOn) {
  Device device("0");
  Layer faulty(device);
  const DeviceTable real = device.table();
  device.mutable_table().vkQueueSubmit = [](VkQueue, std::uint32_t, const VkSubmitInfo*, VkFence) { return VK_ERROR_DEVICE_LOST; };
  expect_error(ErrorCode::device_lost, "vkQueueSubmit returned VK_ERROR_DEVICE_LOST", [&] { faulty.executable.run(); });
  device.mutable_table() = real;
  faulty.executable.run();
  expect_same(read(faulty.executable, "y"), layer(faulty.x, faulty.w, faulty.b));

  // Each function that may run out of memory, failing while an executable is made: an error, nothing leaked, the next one works.
  const std::uint64_t held = device.memory().bytes;
  const auto expect_oom = [&](const std::string& function, auto fail) {
    fail(device.mutable_table());
    expect_error(ErrorCode::out_of_memory, function, [&] { Executable executable(device, faulty.state, faulty.plan); });
    device.mutable_table() = real;
    EXPECT_EQ(device.memory().bytes, held) << function;
  };
  expect_oom("vkAllocateMemory", [](DeviceTable& table) {
    table.vkAllocateMemory = [](VkDevice, const VkMemoryAllocateInfo*, const VkAllocationCallbacks*, VkDeviceMemory*) {
      return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    };
  });
  expect_oom("vkCreateBuffer", [](DeviceTable& table) {
    table.vkCreateBuffer = [](VkDevice, const VkBufferCreateInfo*, const VkAllocationCallbacks*, VkBuffer*) {
      return VK_ERROR_OUT_OF_HOST_MEMORY;
    };
  });
  expect_oom("vkMapMemory", [](DeviceTable& table) {
    table.vkMapMemory = [](VkDevice, VkDeviceMemory, VkDeviceSize, VkDeviceSize, VkMemoryMapFlags, void**) { return VK_ERROR_MEMORY_MAP_FAILED; };
  });
  expect_oom("vkCreateDescriptorPool", [](DeviceTable& table) {
    table.vkCreateDescriptorPool = [](VkDevice, const VkDescriptorPoolCreateInfo*, const VkAllocationCallbacks*, VkDescriptorPool*) {
      return VK_ERROR_FRAGMENTATION;
    };
  });
  expect_oom("vkCreateFence", [](DeviceTable& table) {
    table.vkCreateFence = [](VkDevice, const VkFenceCreateInfo*, const VkAllocationCallbacks*, VkFence*) { return VK_ERROR_OUT_OF_HOST_MEMORY; };
  });
  Executable again(device, faulty.state, faulty.plan);
  again.set_input("x", bytes_of(faulty.x));
  again.run();
  expect_same(read(again, "y"), layer(faulty.x, faulty.w, faulty.b));
}

}  // namespace
}  // namespace gouache::testing
