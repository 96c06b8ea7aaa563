// What must a kernel know of the device to decide whether and how it runs there?  Plain data, filled by host/vulkan, made up by tests.
#pragma once

#include <cstdint>
#include <string>

namespace gouache {

/// Device facts that kernel rows ask. The defaults are what Vulkan 1.1 guarantees to every device.
struct DeviceCaps {
  std::string name = "guaranteed minimum";
  std::string driver;                          ///< driver name and version
  std::uint32_t api_major = 1, api_minor = 1;  ///< version the context uses
  bool is_cpu = false;                         ///< a software driver

  std::uint32_t subgroup_size = 0;  ///< size every compute pipeline of ours is certain to run at; 0: not certain
  bool subgroup_shuffle = false, subgroup_quad = false;
  bool subgroup_dynamic_broadcast = false;  ///< subgroupBroadcast with a uniform, not constant, lane (SPIR-V 1.5)
  bool prefers_broadcast = false;           ///< a driver on which broadcast beats shuffle (SwiftShader)
  bool buffer_addresses = false;            ///< kernels take storage buffers by their addresses, where no vec4 is a loop over the lanes
  bool fast_gathers = false;                ///< a CPU that gathers through addresses faster than the driver fetches texels

  std::uint32_t max_invocations = 128;  ///< maxComputeWorkGroupInvocations (and size along x)
  std::uint32_t max_groups = 65535;     ///< smallest maxComputeWorkGroupCount of the three axes
  std::uint32_t max_push_bytes = 128;
  std::uint32_t max_storage_buffers = 4;  ///< per stage
  std::uint32_t max_texel_buffers = 16;   ///< sampled images per stage
  std::uint32_t max_texels = 65536;       ///< maxTexelBufferElements
  std::uint32_t max_shared_bytes = 16384;
  std::uint64_t max_storage_range = 128ull << 20;
  std::uint32_t min_offset_alignment = 256;  ///< largest of the storage, uniform and texel offset alignments
};

}  // namespace gouache
