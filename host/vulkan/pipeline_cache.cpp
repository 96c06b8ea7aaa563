// How do compiled pipelines travel from one process to the next?
#include "host/vulkan/pipeline_cache.h"

#include <algorithm>
#include <cstring>

namespace gouache {
namespace {

constexpr std::array<char, 8> kMagic = {'g', 'o', 'u', 'C', 'a', 'c', 'h', 'e'};
constexpr std::uint32_t kFormat = 1;

/// In the machine's own byte order: the data never leaves it.
struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t format = kFormat;
  std::uint32_t vendor = 0, device = 0, driver_version = 0;
  std::array<std::uint8_t, VK_UUID_SIZE> driver_uuid{};
  std::uint64_t bytes = 0;  ///< that follow
  std::uint64_t check = 0;  ///< FNV-1a of them
};
static_assert(sizeof(Header) == 56, "no padding: it is compared and written as bytes");

std::uint64_t fnv1a(std::span<const std::byte> bytes) {
  std::uint64_t sum = 14695981039346656037ull;
  for (const std::byte byte : bytes) sum = (sum ^ std::uint64_t(byte)) * 1099511628211ull;
  return sum;
}

Header header_of(const DeviceFacts& facts, std::span<const std::byte> blob) {
  Header header;
  header.vendor = facts.vendor_id;
  header.device = facts.device_id;
  header.driver_version = facts.driver_version;
  header.driver_uuid = facts.pipeline_cache_uuid;
  header.bytes = blob.size();
  header.check = fnv1a(blob);
  return header;
}

std::string ids(const Header& header) { return "vendor " + std::to_string(header.vendor) + ", device " + std::to_string(header.device); }

}  // namespace

std::vector<std::byte> seal_cache(const DeviceFacts& facts, std::span<const std::byte> blob) {
  const Header header = header_of(facts, blob);
  std::vector<std::byte> data(sizeof header + blob.size());
  std::memcpy(data.data(), &header, sizeof header);
  std::copy(blob.begin(), blob.end(), data.begin() + sizeof header);
  return data;
}

OpenedCache open_cache(const DeviceFacts& facts, std::span<const std::byte> data) {
  if (data.size() < sizeof(Header)) return {{}, "truncated: " + grouped(data.size()) + " bytes"};
  Header found;
  std::memcpy(&found, data.data(), sizeof found);
  const std::span<const std::byte> blob = data.subspan(sizeof found);
  const Header wanted = header_of(facts, blob);
  if (found.magic != wanted.magic) return {{}, "not written by gouGetPipelineCache"};
  if (found.format != wanted.format)
    return {{}, "of format " + std::to_string(found.format) + ", this library writes " + std::to_string(kFormat)};
  if (found.vendor != wanted.vendor || found.device != wanted.device)
    return {{}, "of another device (" + ids(found) + "; this one is " + ids(wanted) + ")"};
  if (found.driver_version != wanted.driver_version || found.driver_uuid != wanted.driver_uuid) return {{}, "of another driver version"};
  if (found.bytes != wanted.bytes)
    return {{}, "truncated: " + grouped(wanted.bytes) + " bytes after its header, which says " + grouped(found.bytes)};
  if (found.check != wanted.check) return {{}, "damaged: its checksum does not match"};
  return {blob, ""};
}

}  // namespace gouache
