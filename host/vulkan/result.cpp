// What does a VkResult mean to us?
#include "host/vulkan/result.h"

#include "host/graph/error.h"

namespace gouache {

namespace {

struct ResultRow {
  VkResult result;
  const char* name;
  ErrorCode code;
};

constexpr ResultRow kResults[] = {
    {VK_NOT_READY, "VK_NOT_READY", ErrorCode::internal},
    {VK_TIMEOUT, "VK_TIMEOUT", ErrorCode::internal},
    {VK_INCOMPLETE, "VK_INCOMPLETE", ErrorCode::internal},
    {VK_ERROR_OUT_OF_HOST_MEMORY, "VK_ERROR_OUT_OF_HOST_MEMORY", ErrorCode::out_of_memory},
    {VK_ERROR_OUT_OF_DEVICE_MEMORY, "VK_ERROR_OUT_OF_DEVICE_MEMORY", ErrorCode::out_of_memory},
    {VK_ERROR_OUT_OF_POOL_MEMORY, "VK_ERROR_OUT_OF_POOL_MEMORY", ErrorCode::out_of_memory},
    {VK_ERROR_FRAGMENTED_POOL, "VK_ERROR_FRAGMENTED_POOL", ErrorCode::out_of_memory},
    {VK_ERROR_FRAGMENTATION, "VK_ERROR_FRAGMENTATION", ErrorCode::out_of_memory},
    {VK_ERROR_TOO_MANY_OBJECTS, "VK_ERROR_TOO_MANY_OBJECTS", ErrorCode::out_of_memory},
    {VK_ERROR_MEMORY_MAP_FAILED, "VK_ERROR_MEMORY_MAP_FAILED", ErrorCode::out_of_memory},
    {VK_ERROR_DEVICE_LOST, "VK_ERROR_DEVICE_LOST", ErrorCode::device_lost},
    {VK_ERROR_INITIALIZATION_FAILED, "VK_ERROR_INITIALIZATION_FAILED", ErrorCode::unsupported},
    {VK_ERROR_LAYER_NOT_PRESENT, "VK_ERROR_LAYER_NOT_PRESENT", ErrorCode::unsupported},
    {VK_ERROR_EXTENSION_NOT_PRESENT, "VK_ERROR_EXTENSION_NOT_PRESENT", ErrorCode::unsupported},
    {VK_ERROR_FEATURE_NOT_PRESENT, "VK_ERROR_FEATURE_NOT_PRESENT", ErrorCode::unsupported},
    {VK_ERROR_INCOMPATIBLE_DRIVER, "VK_ERROR_INCOMPATIBLE_DRIVER", ErrorCode::unsupported},
    {VK_ERROR_FORMAT_NOT_SUPPORTED, "VK_ERROR_FORMAT_NOT_SUPPORTED", ErrorCode::unsupported},
    {VK_ERROR_UNKNOWN, "VK_ERROR_UNKNOWN", ErrorCode::internal},
};

const ResultRow* find(VkResult result) {
  for (const ResultRow& row : kResults)
    if (row.result == result) return &row;
  return nullptr;
}

}  // namespace

std::string name_of(VkResult result) {
  if (result == VK_SUCCESS) return "VK_SUCCESS";
  const ResultRow* row = find(result);
  return row ? row->name : "VkResult " + std::to_string(int(result));
}

void check(VkResult result, const char* function, const std::string& what) {
  if (result == VK_SUCCESS) return;
  const ResultRow* row = find(result);
  std::string text = std::string(function) + " returned " + name_of(result);
  if (!what.empty()) text += " (" + what + ")";
  throw Error(row ? row->code : ErrorCode::internal, text);
}

void check(VkResult result, const char* function) {
  if (result != VK_SUCCESS) check(result, function, std::string());
}

}  // namespace gouache
