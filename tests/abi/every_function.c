/* Does gouache.h compile as C99, and does the library export every function it names? */
#include "tests/abi/every_function.h"

/* A table with one entry a function: linking it proves the exports. */
typedef void (*AnyFunction)(void);

static const AnyFunction kFunctions[] = {
    (AnyFunction)gouVersion,           (AnyFunction)gouResultName,     (AnyFunction)gouLastError,       (AnyFunction)gouListDevices,
    (AnyFunction)gouCreateContext,     (AnyFunction)gouDestroyContext, (AnyFunction)gouDescribeContext, (AnyFunction)gouContextError,
    (AnyFunction)gouListModels,        (AnyFunction)gouResolveRecipe,  (AnyFunction)gouLoadModel,       (AnyFunction)gouDestroyModel,
    (AnyFunction)gouGetModelShape,     (AnyFunction)gouDescribeModel,  (AnyFunction)gouBeginGenerate,   (AnyFunction)gouPollGenerate,
    (AnyFunction)gouReadGenerated,     (AnyFunction)gouReadLatents,    (AnyFunction)gouCreateTraining,  (AnyFunction)gouDestroyTraining,
    (AnyFunction)gouGetTrainingShape,  (AnyFunction)gouBeginStep,      (AnyFunction)gouPollStep,        (AnyFunction)gouFinishStep,
    (AnyFunction)gouGetStepsDone,      (AnyFunction)gouGetMetrics,     (AnyFunction)gouSampleTraining,  (AnyFunction)gouSaveCheckpoint,
    (AnyFunction)gouRestoreCheckpoint, (AnyFunction)gouSaveModel,      (AnyFunction)gouTraceSteps,      (AnyFunction)gouTick,
};

size_t count_functions(void) {
  size_t found = 0, i;
  for (i = 0; i < sizeof kFunctions / sizeof kFunctions[0]; ++i) found += kFunctions[i] != 0;
  return found;
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
  return host.type == GOU_TYPE_VULKAN_HOST && host.size == sizeof host && own.type == GOU_TYPE_OWN_DEVICE && own.size == sizeof own &&
         log.type == GOU_TYPE_LOG && log.size == sizeof log && source.type == GOU_TYPE_MODEL_SOURCE && source.size == sizeof source &&
         shape.type == GOU_TYPE_SHAPE && shape.size == sizeof shape && request.type == GOU_TYPE_GENERATE &&
         request.size == sizeof request && pixels.type == GOU_TYPE_PIXELS && pixels.size == sizeof pixels && train.type == GOU_TYPE_TRAIN &&
         train.size == sizeof train && host.next == NULL && request.seed == 42;
}
