// How do the GPU tests start?  Like any GoogleTest program, after saying on which device they run.
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/support/test_device.h"

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  try {
    const gouache::DeviceCaps& caps = gouache::testing::test_device().caps();
    std::printf("device: %s, %s, Vulkan %u.%u, subgroups of %u\n", caps.name.c_str(), caps.driver.c_str(), caps.api_major, caps.api_minor,
                caps.subgroup_size);
  } catch (const std::exception& error) {
    std::printf("no device to test on: %s\n", error.what());
    return 1;
  }
  return RUN_ALL_TESTS();
}
