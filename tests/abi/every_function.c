/* Does gouache.h compile as C99, and can every function it names be linked? */
#include "tests/abi/every_function.h"

#include <string.h>

typedef void (*AnyFunction)(void);

/* Linking it proves the exports. */
#define ROW(name) {#name, (AnyFunction)name},
static const struct {
  const char* name;
  AnyFunction function;
} kFunctions[] = {GOU_FOR_EACH_FUNCTION(ROW)};
#undef ROW

size_t count_functions(void) { return sizeof kFunctions / sizeof kFunctions[0]; }

const char* function_name(size_t i) { return kFunctions[i].name; }

const void* function_in_table(const GouApi* api, size_t i) { return ((const void* const*)&api->gouGetApi)[i]; }

const void* function_linked(size_t i) {
  const void* address;
  memcpy(&address, &kFunctions[i].function, sizeof address);
  return address;
}

/* The initialisers of the header's own example, in C. */
int initialisers_hold_type_and_size(void) {
  GouVulkanHost host = {GOU_STRUCT(VULKAN_HOST), .queue_family = 3};
  GouOwnDevice own = {GOU_STRUCT(OWN_DEVICE), .device = "0"};
  GouLog log = {GOU_STRUCT(LOG), .user = &host};
  GouModelSource source = {GOU_STRUCT(MODEL_SOURCE), .batch = 4};
  GouShape shape = {GOU_STRUCT(SHAPE), .width = 1};
  GouGenerate request = {GOU_STRUCT(GENERATE), .seed = 42, .count = 16};
  GouPixels pixels = {GOU_STRUCT(PIXELS), .layout = GOU_PIXELS_UNORM8_STRAIGHT, .channels = 4};
  GouTrain train = {GOU_STRUCT(TRAIN), .batch = 64};
  GouApi api = {GOU_STRUCT(API)};
  GouRequirements requirements = {GOU_STRUCT(REQUIREMENTS), .api_version = VK_API_VERSION_1_1};
  GouMemory memory = {GOU_STRUCT(MEMORY), .limit = 1};
  GouPipelineCacheData cache = {GOU_STRUCT(PIPELINE_CACHE_DATA), .bytes = 0};
  GouPrewarm prewarm = {GOU_STRUCT(PREWARM), .pace = GOU_PACE_TICKED};
  GouEstimate estimate = {GOU_STRUCT(ESTIMATE), .total = 1};
  return host.type == GOU_TYPE_VULKAN_HOST && host.size == sizeof host && own.type == GOU_TYPE_OWN_DEVICE && own.size == sizeof own &&
         log.type == GOU_TYPE_LOG && log.size == sizeof log && source.type == GOU_TYPE_MODEL_SOURCE && source.size == sizeof source &&
         shape.type == GOU_TYPE_SHAPE && shape.size == sizeof shape && request.type == GOU_TYPE_GENERATE &&
         request.size == sizeof request && pixels.type == GOU_TYPE_PIXELS && pixels.size == sizeof pixels && train.type == GOU_TYPE_TRAIN &&
         train.size == sizeof train && api.type == GOU_TYPE_API && api.size == sizeof api && requirements.type == GOU_TYPE_REQUIREMENTS &&
         requirements.size == sizeof requirements && memory.type == GOU_TYPE_MEMORY && memory.size == sizeof memory &&
         cache.type == GOU_TYPE_PIPELINE_CACHE_DATA && cache.size == sizeof cache && prewarm.type == GOU_TYPE_PREWARM &&
         prewarm.size == sizeof prewarm && estimate.type == GOU_TYPE_ESTIMATE && estimate.size == sizeof estimate && host.next == NULL &&
         request.seed == 42;
}
