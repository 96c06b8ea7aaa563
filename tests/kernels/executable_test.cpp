// Does an executable compute what its graph means, in whole runs and in slices, and without allocating?
#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <memory>

#include "tests/support/engine.h"
#include "tests/support/expect_error.h"
#include "tests/support/heap.h"
#include "tests/support/layer.h"

namespace gouache::testing {
namespace {

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

TEST(Executable, ASeriesOfRunsIsOneSubmitAndBeginsWithSetupOnce) {
  Device& device = test_device();
  Layer series(device, true);
  const std::uint64_t submits = device.counters().submits;
  series.executable.submit_runs(3);
  series.executable.wait();
  EXPECT_EQ(device.counters().submits, submits + 1);
  for (float& value : series.w) value += 3.0f;
  expect_same(read(series.state, "w"), series.w);
  expect_error(ErrorCode::invalid_argument, "submit_runs: 0 runs", [&] { series.executable.submit_runs(0); });

  Executable prepared(device, series.state, setup_plan(device, series.state.layout()));
  const std::vector<float> x = floats(kRows * kInner, 0.5f);
  prepared.set_input("x", bytes_of(x));
  EXPECT_TRUE(prepared.needs_setup());
  prepared.submit_runs(2);
  prepared.wait();
  EXPECT_FALSE(prepared.needs_setup());
  const std::vector<float> first = read(prepared, "y");
  prepared.submit_runs(2);
  prepared.wait();
  EXPECT_EQ(read(prepared, "y"), first);
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
  const std::uint64_t before = heap_calls();
  warm.executable.set_input("x", bytes_of(warm.x));
  warm.executable.run();
  warm.executable.submit();
  const bool done = warm.executable.done();
  const std::size_t bytes = warm.executable.output("y").size();
  const std::uint64_t calls = heap_calls() - before;
  device.mutable_table() = real;
  EXPECT_EQ(calls, 0u);
  EXPECT_TRUE(done);
  EXPECT_EQ(bytes, std::size_t(kRows * kColumns) * 4);
  ::operator delete(::operator new(1));
  EXPECT_GT(heap_calls(), before) << "the counter counts";
}

TEST(Executable, MemoryIsAccountedAndGivenBack) {
  Device& device = test_device();
  Layer first(device);  // with it the staging buffer is made
  const MemoryPurpose purposes[] = {MemoryPurpose::arena, MemoryPurpose::input, MemoryPurpose::output, MemoryPurpose::state,
                                    MemoryPurpose::constant};
  std::uint64_t before[std::size(purposes)];
  for (std::size_t i = 0; i < std::size(purposes); i++) before[i] = device.memory(purposes[i]).bytes;
  const std::uint64_t all_before = device.memory().bytes;
  {
    Layer held(device, false, {.name = {}, .fuse = false});
    const std::int64_t least[] = {held.plan.arena_bytes(), kRows * kInner * 4, kRows * kColumns * 4, kInner * kColumns * 4,
                                  kRows * kColumns * 4};
    EXPECT_GT(least[0], 0);
    for (std::size_t i = 0; i < std::size(purposes); i++)
      EXPECT_GE(device.memory(purposes[i]).bytes, before[i] + std::uint64_t(least[i])) << name_of(purposes[i]);
  }
  EXPECT_EQ(device.memory().bytes, all_before);
  EXPECT_GT(device.memory().peak_bytes, all_before);
}

/// Lavapipe 22.3 compiles a kernel once for each kind of view: those of buffers whose size is a power of two are one, those with a second
/// byte of 0 in their own size another.
TEST(Executable, TexelViewsAreOfOneKind) {
  static DeviceTable real;
  static std::map<VkBuffer, VkDeviceSize> buffers;
  static std::vector<VkBufferViewCreateInfo> views;
  buffers.clear();
  views.clear();
  Device device("0");
  real = device.table();
  device.mutable_table().vkCreateBuffer = [](VkDevice on, const VkBufferCreateInfo* info, const VkAllocationCallbacks* callbacks,
                                             VkBuffer* made) {
    const VkResult result = real.vkCreateBuffer(on, info, callbacks, made);
    buffers[*made] = info->size;
    return result;
  };
  device.mutable_table().vkCreateBufferView = [](VkDevice on, const VkBufferViewCreateInfo* info, const VkAllocationCallbacks* callbacks,
                                                 VkBufferView* made) {
    views.push_back(*info);
    return real.vkCreateBufferView(on, info, callbacks, made);
  };
  const Shape shapes[] = {{2, 4}, {4, 8}, {5, 100}, {16, 1020}, {64, 256}, {128, 512}};  // 32 bytes to 256 KiB
  Graph graph;
  for (std::size_t i = 0; i < std::size(shapes); i++)
    graph.output("y" + std::to_string(i), graph.input("x" + std::to_string(i), {shapes[i], DType::f32}) + 1.0f);
  const StateLayout layout;
  State state(device, layout);
  const Plan plan = make_plan(graph, layout, Catalog(device.caps()), {.name = "views"});
  Executable executable(device, state, plan);
  EXPECT_GE(views.size(), std::size(shapes));
  for (const VkBufferViewCreateInfo& view : views) {
    const VkDeviceSize size = buffers.at(view.buffer);
    EXPECT_NE(view.range >> 8 & 0xff, 0u) << view.range;
    EXPECT_FALSE(std::has_single_bit(size)) << size;
    EXPECT_LE(view.offset + view.range, size);
  }
  std::vector<float> x(128 * 512, 1.5f);
  executable.set_input("x5", bytes_of(x));
  executable.run();
  expect_same(read(executable, "y5"), std::vector<float>(x.size(), 2.5f));
}

TEST(Executable, PipelinesAreMadeOnceForAll) {
  Device device("0");
  Layer first(device);
  const std::size_t made = device.pipelines().size();
  EXPECT_GT(made, 0u);
  Layer second(device);
  EXPECT_EQ(device.pipelines().size(), made);
}

}  // namespace
}  // namespace gouache::testing
