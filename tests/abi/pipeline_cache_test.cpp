// Do compiled pipelines travel through the host's own file, and is what does not belong here left with a reason?
#include <gtest/gtest.h>

#include <cstring>
#include <mutex>
#include <set>
#include <thread>

#include "tests/abi/borrowed.h"

namespace gouache::testing {
namespace {

// What the driver is made to believe: it has a cache of some size, and sees what it is given.
std::string driver_data, data_given;
PFN_vkCreatePipelineCache real_create = nullptr;
PFN_vkCreateComputePipelines real_pipelines = nullptr;
std::mutex using_caches;  // pipelines are made on several threads
std::vector<VkPipelineCache> caches_used;
std::set<std::thread::id> makers;

VKAPI_ATTR VkResult VKAPI_CALL get_data(VkDevice, VkPipelineCache, std::size_t* size, void* data) {
  const bool fits = !data || *size >= driver_data.size();
  if (data && fits) std::memcpy(data, driver_data.data(), driver_data.size());
  *size = driver_data.size();
  return fits ? VK_SUCCESS : VK_INCOMPLETE;
}

VKAPI_ATTR VkResult VKAPI_CALL create_cache(VkDevice device, const VkPipelineCacheCreateInfo* info, const VkAllocationCallbacks* allocator,
                                            VkPipelineCache* cache) {
  data_given = std::string(static_cast<const char*>(info->pInitialData), info->initialDataSize);
  VkPipelineCacheCreateInfo empty = *info;
  empty.initialDataSize = 0;
  return real_create(device, &empty, allocator, cache);
}

VKAPI_ATTR VkResult VKAPI_CALL create_pipelines(VkDevice device, VkPipelineCache cache, std::uint32_t count,
                                                const VkComputePipelineCreateInfo* infos, const VkAllocationCallbacks* allocator,
                                                VkPipeline* pipelines) {
  {
    const std::lock_guard turn(using_caches);
    caches_used.push_back(cache);
    makers.insert(std::this_thread::get_id());
  }
  return real_pipelines(device, cache, count, infos, allocator, pipelines);
}

std::string cache_of(GouContext context) {
  std::size_t size = 0;
  EXPECT_OK(gouGetPipelineCache(context, &size, nullptr));
  std::string data(size, '\0');
  std::size_t less = size - 1;
  expect_error(GOU_ERROR_TOO_SMALL, "the pipeline cache needs " + std::to_string(size) + " bytes",
               gouGetPipelineCache(context, &less, data.data()));
  EXPECT_EQ(less, size);
  EXPECT_OK(gouGetPipelineCache(context, &size, data.data()));
  return data;
}

class PipelineCache : public ::testing::Test {
 protected:
  PipelineCache() : vulkan(engine.lend().get_instance_proc_addr), host(lent_host(engine)) {
    host.get_instance_proc_addr = vulkan.loader();
    real_create = engine.table().vkCreatePipelineCache;
    real_pipelines = engine.table().vkCreateComputePipelines;
    log.user = this;
    log.write = [](void* user, GouLogLevel level, const char* message) {
      if (level == GOU_LOG_WARNING) static_cast<PipelineCache*>(user)->warning = message;
    };
    log.next = &cache;
    host.next = &log;
  }
  void pretend_to_have(const std::string& data) {
    driver_data = data;
    vulkan.replaced["vkGetPipelineCacheData"] = reinterpret_cast<PFN_vkVoidFunction>(&get_data);
    vulkan.replaced["vkCreatePipelineCache"] = reinterpret_cast<PFN_vkVoidFunction>(&create_cache);
  }
  GouContext create(const std::string& data) {
    cache.data = data.data();
    cache.bytes = data.size();
    warning.clear();
    data_given = "none";
    GouContext context = nullptr;
    EXPECT_OK(gouCreateContext(&host, &context));
    return context;
  }
  static void train(GouContext context) {
    const GouTraining training = create_faces(context);
    ASSERT_NE(training, nullptr);
    run_steps(training, 1);
    EXPECT_OK(gouDestroyTraining(training, GOU_IF_IDLE));
  }

  Engine engine;
  Watched vulkan;
  GouVulkanHost host;
  GouLog log = of_type<GouLog>(GOU_TYPE_LOG);
  GouPipelineCacheData cache = of_type<GouPipelineCacheData>(GOU_TYPE_PIPELINE_CACHE_DATA);
  std::string warning;
};

TEST_F(PipelineCache, GoesOutAndInAgain) {
  std::string data;
  for (int round = 0; round < 2; ++round) {  // what the driver itself gives and takes
    const GouContext context = create(data);
    EXPECT_EQ(warning, "");
    train(context);
    data = cache_of(context);
    EXPECT_GT(data.size(), 32u);
    EXPECT_OK(gouDestroyContext(context));
  }
}

TEST_F(PipelineCache, IsGivenToTheDriverAsItWas) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100000}}) {
    pretend_to_have(std::string(size, 'p'));
    const GouContext first = create("");
    EXPECT_EQ(data_given, "none");
    const std::string data = cache_of(first);
    EXPECT_OK(gouDestroyContext(first));
    std::string given = data;
    const GouContext second = create(given);
    given.assign(given.size(), 'x');  // copied
    EXPECT_EQ(warning, "");
    EXPECT_EQ(data_given, driver_data);
    EXPECT_EQ(cache_of(second), data);
    EXPECT_OK(gouDestroyContext(second));
  }
}

TEST_F(PipelineCache, WhatDoesNotBelongHereIsLeftWithAReason) {
  pretend_to_have("0123456789");
  const GouContext maker = create("");
  const std::string whole = cache_of(maker);
  EXPECT_OK(gouDestroyContext(maker));
  const std::size_t header = whole.size() - driver_data.size();
  const auto flipped = [&](std::size_t at) {
    std::string data = whole;
    data[at] = static_cast<char>(data[at] ^ 1);
    return data;
  };
  const struct {
    const char* says;
    std::string data;
  } cases[] = {
      {"truncated: 1 bytes", whole.substr(0, 1)},
      {"truncated: 55 bytes", whole.substr(0, header - 1)},
      {"truncated: 9 bytes after its header, which says 10", whole.substr(0, whole.size() - 1)},
      {"not written by gouGetPipelineCache", flipped(0)},
      {"not written by gouGetPipelineCache", std::string(100, '\0')},
      {"of format 0, this library writes 1", flipped(8)},
      {"of another device (vendor ", flipped(12)},
      {"of another device (vendor ", flipped(16)},
      {"of another driver version", flipped(20)},
      {"of another driver version", flipped(24)},
      {"which says", flipped(40)},
      {"damaged: its checksum does not match", flipped(48)},
      {"damaged: its checksum does not match", flipped(header)},
      {"damaged: its checksum does not match", flipped(whole.size() - 1)},
  };
  for (const auto& one : cases) {
    const GouContext context = create(one.data);
    EXPECT_NE(warning.find(std::string("GouPipelineCacheData: left, because it is ")), std::string::npos) << one.says;
    EXPECT_NE(warning.find(one.says), std::string::npos) << warning << " does not say " << one.says;
    EXPECT_EQ(data_given, "none") << one.says;
    EXPECT_OK(gouDestroyContext(context));
  }
}

TEST_F(PipelineCache, OfTheHostIsUsedForEveryPipeline) {
  VkPipelineCacheCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO;
  ASSERT_EQ(real_create(engine.device(), &info, nullptr, &host.pipeline_cache), VK_SUCCESS);
  vulkan.replaced["vkCreateComputePipelines"] = reinterpret_cast<PFN_vkVoidFunction>(&create_pipelines);
  caches_used.clear();
  makers.clear();
  host.next = nullptr;
  const GouContext context = create("");
  train(context);
  ASSERT_FALSE(caches_used.empty());
  EXPECT_EQ(caches_used, std::vector(caches_used.size(), host.pipeline_cache));
  EXPECT_EQ(makers, std::set{std::this_thread::get_id()}) << "what the host lends is used on its own thread";
  EXPECT_EQ(vulkan.calls()["vkCreatePipelineCache"], 0u);
  EXPECT_GT(cache_of(context).size(), 32u);
  EXPECT_OK(gouDestroyContext(context));
  host.next = &cache;
  GouContext none = nullptr;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouPipelineCacheData: the GouVulkanHost lends a pipeline_cache",
               gouCreateContext(&host, &none));
  engine.table().vkDestroyPipelineCache(engine.device(), host.pipeline_cache, nullptr);
}

TEST_F(PipelineCache, MisuseIsNamed) {
  GouContext context = nullptr;
  cache.bytes = 5;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "GouPipelineCacheData: data is NULL", gouCreateContext(&host, &context));
  std::size_t size = 0;
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouGetPipelineCache: context is NULL", gouGetPipelineCache(nullptr, &size, nullptr));
  ASSERT_NE(context = create(""), nullptr);
  expect_error(GOU_ERROR_INVALID_ARGUMENT, "gouGetPipelineCache: size is NULL", gouGetPipelineCache(context, nullptr, nullptr));
  vulkan.refuse = [](const std::string& function) {
    return function == "vkGetPipelineCacheData" ? VK_ERROR_OUT_OF_HOST_MEMORY : VK_SUCCESS;
  };
  expect_error(GOU_ERROR_OUT_OF_MEMORY, "vkGetPipelineCacheData", gouGetPipelineCache(context, &size, nullptr));
  EXPECT_OK(gouDestroyContext(context));
}

}  // namespace
}  // namespace gouache::testing
