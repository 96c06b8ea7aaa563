/* How does a game or graphics engine paint with Gouache?  This header is the whole interface and its manual.
 *
 * Gouache trains and runs small generative image models in Vulkan compute shaders, on a device that you lend it or on one of its own.
 *
 *     GouVulkanHost host = {GOU_STRUCT(VULKAN_HOST), .instance = instance, .physical_device = gpu, .device = device,
 *                           .queue = queue, .queue_family = family, .get_instance_proc_addr = vkGetInstanceProcAddr};
 *     GouContext painter;
 *     if (gouCreateContext(&host, &painter) < 0) return log(gouLastError());
 *
 *     GouModelSource file = {GOU_STRUCT(MODEL_SOURCE), .path = "characters.safetensors"};
 *     GouModel sprites;
 *     gouLoadModel(painter, &file, &sprites);
 *
 *     GouImageTarget texture = {GOU_STRUCT(IMAGE_TARGET), .image = image, .format = VK_FORMAT_R8G8B8A8_SRGB, .width = 32, .height = 32,
 *                               .layers = 1, .mip_levels = 6, .before = {.queue_family = VK_QUEUE_FAMILY_IGNORED},
 *                               .after = {VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT,
 *                                         VK_ACCESS_SHADER_READ_BIT, VK_QUEUE_FAMILY_IGNORED}};
 *     GouGenerate request = {GOU_STRUCT(GENERATE), .seed = 42, .count = 1, .pace = GOU_PACE_TICKED, .target = &texture};
 *     GouJob job;
 *     gouBeginGenerate(sprites, &request, &job);
 *
 *     GouBudget budget = {GOU_STRUCT(BUDGET), .gpu_microseconds = 500};
 *     GouTick tick = {GOU_STRUCT(TICK)};
 *     for (each frame) {
 *       gouTick(painter, &budget, &tick);
 *       if (gouPollJob(job) == GOU_SUCCESS) use(image);
 *     }
 *     gouDestroyJob(job, GOU_IF_IDLE);
 *
 * UNSTABLE: this is version 0.1. Until 1.0 every release may change this interface; use a library and a header of the same version.
 *
 * Results.  Every function that can fail returns a GouResult: below 0 an error, 0 success, above 0 a state such as GOU_NOT_READY.
 * After an error gouLastError() has a sentence that names the thing and what was expected. A failed call leaves the objects as they
 * were and writes nothing but the sizes asked for. Nothing here prints, throws or ends the process.
 *
 * Structs.  Each begins with type, size and next; GOU_STRUCT(NAME) fills the first two. What you leave out is 0 and means the default.
 * `next` is NULL unless a function says what may be chained. Structs, texts and pixels are read during the call only.
 *
 * Texts are UTF-8. Functions that return text follow one rule: `*size` is the room at `text` in bytes; they write the text with a
 * closing 0 and set *size to its bytes with that 0. With text NULL they only set *size; with too little room they set it and return
 * GOU_ERROR_TOO_SMALL.
 *
 * Threads.  Every function may be called on any thread. Functions marked [any thread] may be called on several threads at once, and beside
 * every other call. The others may be called for different objects at once, and for the object named by their mark, [one at a time for a
 * model] and so on, on one thread at a time. Calls for a job are calls for its model, calls for a live model are calls for its training,
 * too. All of them go on beside gouTick and gouRecord of their context. So one thread may load, prewarm and destroy models while another
 * ticks, and neither waits for what the other does for long: loading never keeps a tick waiting for a compiler, a file or the GPU. Ending
 * an object needs every other call for it to be over, ending a context every call for it and for what was made from it. Your callbacks are
 * called on the thread that called us. Where you give neither allocation callbacks nor a pipeline cache, a call that needs several
 * pipelines has the driver compile them on up to four threads, as the machine has cores; they end before it returns. Functions marked
 * [submits] use the context's VkQueue: keep other use of it away meanwhile, or give lock_queue and unlock_queue.
 */
#ifndef GOUACHE_GOUACHE_H
#define GOUACHE_GOUACHE_H

#include <stddef.h>
#include <stdint.h>
#include <vulkan/vulkan_core.h>

#if defined(_WIN32) && defined(GOU_BUILD)
#define GOU_API __declspec(dllexport)
#elif defined(_WIN32)
#define GOU_API __declspec(dllimport)
#elif defined(__GNUC__)
#define GOU_API __attribute__((visibility("default")))
#else
#define GOU_API
#endif

/* Declares a function and its pointer type PFN_<name>. */
#define GOU_FUNCTION(result, name, parameters) \
  typedef result(*PFN_##name) parameters;      \
  GOU_API result name parameters

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Version ------------------------------------------------------------------------------------------------------------------ */

#define GOU_VERSION_MAJOR 0
#define GOU_VERSION_MINOR 1
#define GOU_VERSION_PATCH 0
#define GOU_VERSION (GOU_VERSION_MAJOR * 1000000 + GOU_VERSION_MINOR * 1000 + GOU_VERSION_PATCH)

/* The GOU_VERSION that the library was built with. [any thread] */
GOU_FUNCTION(uint32_t, gouVersion, (void));

/* ---- Results ------------------------------------------------------------------------------------------------------------------ */

typedef enum GouResult {
  GOU_SUCCESS = 0,
  GOU_NOT_READY = 1,               /* the GPU is still at work: ask again later */
  GOU_ERROR_INVALID_ARGUMENT = -1, /* a parameter, shape, recipe key or value; a NULL handle or pointer */
  GOU_ERROR_WRONG_STRUCT = -2,     /* a struct's type or size, or a chained struct that is unknown here */
  GOU_ERROR_WRONG_STATE = -3,      /* not now: a request is still under way, or none was begun, or objects are still alive */
  GOU_ERROR_TOO_SMALL = -4,        /* the memory given does not hold the answer */
  GOU_ERROR_BAD_FILE = -5,         /* a file or memory image that is damaged, truncated or of another format */
  GOU_ERROR_IO = -6,               /* the operating system refused to read or write */
  GOU_ERROR_UNSUPPORTED = -7,      /* the device, driver or build lacks something needed; the message names it */
  GOU_ERROR_OUT_OF_MEMORY = -8,    /* host or device memory, or your own limit */
  GOU_ERROR_DEVICE_LOST = -9,      /* the Vulkan device was lost: destroy everything made from the context */
  GOU_ERROR_NOT_FINITE = -10,      /* training met NaN or Inf; nothing was updated from a gradient that is not finite */
  GOU_ERROR_INTERNAL = -11,        /* a mistake of ours */
  GOU_ERROR_CANCELLED = -12,       /* your progress callback said so */
  GOU_ERROR_BUSY = -13             /* the GPU is, or may be, at work for what was to be destroyed */
} GouResult;

/* "GOU_ERROR_IO" and so on; "unknown result" for other numbers. Never NULL. [any thread] */
GOU_FUNCTION(const char*, gouResultName, (GouResult result));

/* The message of the last call that failed on this thread; "" if none did. Valid until the next failure on this thread. Never NULL.
 * [any thread] */
GOU_FUNCTION(const char*, gouLastError, (void));

/* ---- Structs ------------------------------------------------------------------------------------------------------------------ */

typedef enum GouStructType {
  GOU_TYPE_VULKAN_HOST = 1,
  GOU_TYPE_OWN_DEVICE = 2,
  GOU_TYPE_LOG = 3,
  GOU_TYPE_MODEL_SOURCE = 4,
  GOU_TYPE_SHAPE = 5,
  GOU_TYPE_GENERATE = 6,
  GOU_TYPE_PIXELS = 7,
  GOU_TYPE_TRAIN = 8,
  GOU_TYPE_API = 9,
  GOU_TYPE_BUDGET = 10,
  GOU_TYPE_TICK = 11,
  GOU_TYPE_FRAME = 12,
  GOU_TYPE_REQUIREMENTS = 13,
  GOU_TYPE_MEMORY = 14,
  GOU_TYPE_PIPELINE_CACHE_DATA = 15,
  GOU_TYPE_PREWARM = 16,
  GOU_TYPE_IMAGE_TARGET = 17,
  GOU_TYPE_BUFFER_TARGET = 18,
  GOU_TYPE_IMAGE_DESCRIPTION = 19,
  GOU_TYPE_ESTIMATE = 20
} GouStructType;

/* GOU_STRUCT(PIXELS) opens the initialiser of a GouPixels. */
#define GOU_STRUCT(NAME) .type = GOU_TYPE_##NAME, .size = GOU_SIZE_##NAME, .next = NULL
#define GOU_SIZE_VULKAN_HOST ((uint32_t)sizeof(GouVulkanHost))
#define GOU_SIZE_OWN_DEVICE ((uint32_t)sizeof(GouOwnDevice))
#define GOU_SIZE_LOG ((uint32_t)sizeof(GouLog))
#define GOU_SIZE_MODEL_SOURCE ((uint32_t)sizeof(GouModelSource))
#define GOU_SIZE_SHAPE ((uint32_t)sizeof(GouShape))
#define GOU_SIZE_GENERATE ((uint32_t)sizeof(GouGenerate))
#define GOU_SIZE_PIXELS ((uint32_t)sizeof(GouPixels))
#define GOU_SIZE_TRAIN ((uint32_t)sizeof(GouTrain))
#define GOU_SIZE_BUDGET ((uint32_t)sizeof(GouBudget))
#define GOU_SIZE_TICK ((uint32_t)sizeof(GouTick))
#define GOU_SIZE_FRAME ((uint32_t)sizeof(GouFrame))
#define GOU_SIZE_API ((uint32_t)sizeof(GouApi))
#define GOU_SIZE_REQUIREMENTS ((uint32_t)sizeof(GouRequirements))
#define GOU_SIZE_MEMORY ((uint32_t)sizeof(GouMemory))
#define GOU_SIZE_PIPELINE_CACHE_DATA ((uint32_t)sizeof(GouPipelineCacheData))
#define GOU_SIZE_PREWARM ((uint32_t)sizeof(GouPrewarm))
#define GOU_SIZE_IMAGE_TARGET ((uint32_t)sizeof(GouImageTarget))
#define GOU_SIZE_BUFFER_TARGET ((uint32_t)sizeof(GouBufferTarget))
#define GOU_SIZE_IMAGE_DESCRIPTION ((uint32_t)sizeof(GouImageDescription))
#define GOU_SIZE_ESTIMATE ((uint32_t)sizeof(GouEstimate))

typedef struct GouContext_T* GouContext;   /* a device at work */
typedef struct GouModel_T* GouModel;       /* a generator to paint with */
typedef struct GouJob_T* GouJob;           /* a request for pictures */
typedef struct GouTraining_T* GouTraining; /* a model being trained */
typedef struct GouImage_T* GouImage;       /* an image of the plugin's own */

/* What to do when the GPU is at work for an object that is to be destroyed. */
typedef enum GouDestroy {
  GOU_IF_IDLE = 0,      /* refuse with GOU_ERROR_BUSY, and leave it as it is */
  GOU_AFTER_WAITING = 1 /* wait for what was submitted, drop the rest. Work in frames of yours cannot be waited for: GOU_ERROR_BUSY still */
} GouDestroy;

/* ---- The table of functions ---------------------------------------------------------------------------------------------------- */

typedef struct GouApi GouApi;

/* For hosts that load the library at run time: fills a table with all functions, declared at the end of this header.
 *
 *     GouApi gou = {GOU_STRUCT(API)};
 *     PFN_gouGetApi get = (PFN_gouGetApi)dlsym(library, "gouGetApi");
 *     if (get(GOU_VERSION, &gou) < 0) ...
 *
 * `version` is the GOU_VERSION that you were compiled with. Functions are only ever added at the end: a table from an older header is
 * filled as far as its size goes. A larger table is GOU_ERROR_WRONG_STRUCT, another major version GOU_ERROR_UNSUPPORTED. [any thread] */
GOU_FUNCTION(GouResult, gouGetApi, (uint32_t version, GouApi* api));

/* ---- Devices and contexts ----------------------------------------------------------------------------------------------------- */

/* Every Vulkan device that the system's loader shows, as a JSON array in the order that GouOwnDevice counts by: name, driver,
 * version, subgroup size, the limits that matter, and the kernel rows it would pick. [any thread] */
GOU_FUNCTION(GouResult, gouListDevices, (size_t * size, char* text));

/* What Gouache asks of a device, for you to read before you make it. Nothing is required but Vulkan 1.1 with one queue that computes;
 * what is named beyond that makes it faster where you enable it. The struct points into itself: fill it where it stays. */
typedef struct GouRequirements {
  uint32_t type, size;
  const void* next;
  uint32_t api_version;         /* set by you: VkApplicationInfo::apiVersion of the instance; 0: VK_API_VERSION_1_1 */
  uint32_t least_api_version;   /* of instance and device */
  uint32_t queue_family;        /* the best one to lend: that computes and cannot draw, else the first that computes */
  uint32_t queue_computes_only; /* 1: it cannot draw, so images it writes change owner before you draw with them */
  uint32_t extension_count;
  uint32_t reserved;
  const char* extensions[4];          /* for ppEnabledExtensionNames: what this device has, would help and is not core in that version */
  VkPhysicalDeviceFeatures2 features; /* for VkDeviceCreateInfo::pNext and GouVulkanHost::enabled_features; the structs below are chained */
  VkPhysicalDeviceVulkan12Features vulkan12; /* your own chain may not have the same struct twice: copy what is VK_TRUE then */
  VkPhysicalDeviceSubgroupSizeControlFeatures subgroup_sizes;
  VkPhysicalDeviceTimelineSemaphoreFeatures timeline; /* chained where vulkan12 is not, which has it too */
  char refusal[256];                                  /* "", or why this device cannot serve: its limit, and what is needed */
} GouRequirements;

/* Asks through `get_instance_proc_addr`, before there is a VkDevice. Succeeds for a device that cannot serve, too. [any thread] */
GOU_FUNCTION(GouResult, gouGetRequirements,
             (VkInstance instance, VkPhysicalDevice physical_device, PFN_vkGetInstanceProcAddr get_instance_proc_addr,
              GouRequirements* requirements));

/* Your own device, lent. It must outlive the context. Nothing is used that you did not enable, and nothing is looked up but through
 * your loader. */
typedef struct GouVulkanHost {
  uint32_t type, size;
  const void* next; /* NULL or any of GouLog, GouMemory and GouPipelineCacheData, each once */
  VkInstance instance;
  VkPhysicalDevice physical_device;
  VkDevice device;
  VkQueue queue;         /* NULL: for recording only, see gouRecord */
  uint32_t queue_family; /* of the queue, or where your command buffers run; with VK_QUEUE_COMPUTE_BIT */
  uint32_t api_version;  /* VkApplicationInfo::apiVersion of the instance; 0: VK_API_VERSION_1_1 */
  PFN_vkGetInstanceProcAddr get_instance_proc_addr;
  const VkPhysicalDeviceFeatures2* enabled_features; /* what VkDeviceCreateInfo enabled, extension structs chained; NULL: nothing */
  const VkAllocationCallbacks* allocator; /* for every object we make on the device, on the threads that call us; NULL: the driver's own */
  VkPipelineCache pipeline_cache;         /* where pipelines are looked up and kept, not EXTERNALLY_SYNCHRONIZED: several threads use it */
                                          /* at once; VK_NULL_HANDLE: the context has its own */
  void (*lock_queue)(void* queue_user);   /* before each vkQueueSubmit of ours, and after: both or neither. One submit at a time, on */
  void (*unlock_queue)(void* queue_user); /* the thread that called us; they must not call Gouache */
  void* queue_user;
  uint32_t debug_utils; /* 1: the instance enabled VK_EXT_debug_utils; dispatches are labelled then */
  uint32_t reserved;    /* 0 */
} GouVulkanHost;

/* A device of Gouache's own, for tools and tests. */
typedef struct GouOwnDevice {
  uint32_t type, size;
  const void* next;   /* NULL or any of GouLog, GouMemory and GouPipelineCacheData, each once */
  const char* device; /* its number in gouListDevices, or a part of its name; NULL or "": the most capable one */
} GouOwnDevice;

typedef enum GouLogLevel { GOU_LOG_NOTE = 0, GOU_LOG_WARNING = 1, GOU_LOG_ERROR = 2 } GouLogLevel;

/* Where messages go; chained to the struct that makes the context. The callback runs on the thread that called us, so on several at once
 * where you call on several, and must not call Gouache. Errors are reported here besides being returned. */
typedef struct GouLog {
  uint32_t type, size;
  const void* next;
  void (*write)(void* user, GouLogLevel level, const char* message);
  void* user;
} GouLog;

/* What device memory holds. */
typedef enum GouMemoryPurpose {
  GOU_MEMORY_ARENA = 0,    /* what is computed on the way; most of it */
  GOU_MEMORY_STATE = 1,    /* weights, training images and what training remembers */
  GOU_MEMORY_CONSTANT = 2, /* numbers that kernels look up */
  GOU_MEMORY_INPUT = 3,    /* latents of a request */
  GOU_MEMORY_OUTPUT = 4,   /* images and figures to be read */
  GOU_MEMORY_STAGING = 5   /* for copies between host and device */
} GouMemoryPurpose;

/* Device memory: how much, and from where; chained to the struct that makes the context. */
typedef struct GouMemory {
  uint32_t type, size;
  const void* next;
  uint64_t limit; /* bytes; a call that needs more allocates nothing and is GOU_ERROR_OUT_OF_MEMORY with both figures. 0: no limit */
  /* Instead of vkAllocateMemory and vkFreeMemory: both or neither, for a GouVulkanHost. `allocate` gives a whole VkDeviceMemory of
   * `bytes` or more, not mapped. `release` gets it back unmapped, with nothing bound to it. They are called one at a time, whatever the
   * threads, and must not call Gouache. */
  VkResult (*allocate)(void* user, GouMemoryPurpose purpose, uint32_t memory_type, uint64_t bytes, VkDeviceMemory* memory);
  void (*release)(void* user, GouMemoryPurpose purpose, uint32_t memory_type, uint64_t bytes, VkDeviceMemory memory);
  void* user;
} GouMemory;

/* What gouGetPipelineCache gave in an earlier process, so that pipelines need not be compiled again; chained to the struct that makes
 * the context. Data of another device or driver version, and data that is damaged, is left, and a warning to GouLog says why. */
typedef struct GouPipelineCacheData {
  uint32_t type, size;
  const void* next;
  const void* data;
  size_t bytes; /* 0: none */
} GouPipelineCacheData;

/* Makes a context from a GouVulkanHost or a GouOwnDevice. [any thread] */
GOU_FUNCTION(GouResult, gouCreateContext, (const void* device, GouContext* context));

/* Ends a context; NULL does nothing. GOU_ERROR_WRONG_STATE, and nothing happens, while models or trainings made from it are alive.
 * [one at a time for a context, and nothing beside it] */
GOU_FUNCTION(GouResult, gouDestroyContext, (GouContext context));

/* This context's device, as one JSON object like those of gouListDevices. [any thread] */
GOU_FUNCTION(GouResult, gouDescribeContext, (GouContext context, size_t* size, char* text));

/* The compiled pipelines, for GouPipelineCacheData. *size is the room at `data`, by the rule of texts. Best asked for at the end, when
 * everything was in use once. [any thread] */
GOU_FUNCTION(GouResult, gouGetPipelineCache, (GouContext context, size_t* size, void* data));

/* Which kernels run fastest on this device, as `gouache tune` measured and wrote it (or gouGetTuning gave it): models loaded, trainings
 * created and estimates made from now on use its choices for every operation that was measured, those that exist stay as they are.
 * Operations of other shapes run what the library thinks best, as all do without a tuning. It replaces the one before; with bytes 0 there
 * is none any more. GOU_ERROR_BAD_FILE: it is damaged; GOU_ERROR_UNSUPPORTED: it was measured on another device, driver or version of the
 * library's shaders, and the message says which. gouDescribeContext's "tuning_key" is the same where a tuning holds. [any thread] */
GOU_FUNCTION(GouResult, gouSetTuning, (GouContext context, const void* data, size_t bytes));

/* The tuning in use, for gouSetTuning in another process; one without choices where none was set. *size is the room at `data`, by the rule
 * of texts. [any thread] */
GOU_FUNCTION(GouResult, gouGetTuning, (GouContext context, size_t* size, void* data));

/* The message of the last call, on whatever thread, that failed on this context or anything made from it; "" if none did. Valid until
 * the next gouContextError on this thread. [any thread] */
GOU_FUNCTION(const char*, gouContextError, (GouContext context));

/* ---- Ticks: work within a frame's budget -------------------------------------------------------------------------------------- */

/* How a request or a training's steps reach the queue. */
typedef enum GouPace {
  GOU_PACE_AT_ONCE = 0, /* whole, by the function that begins them */
  GOU_PACE_TICKED = 1 /* in parts, by gouTick or gouRecord alone. What was not prewarmed is measured by the first request or the training's
                         creation, which wait for that; without a queue they go by what such devices take */
} GouPace;

/* Ticked work is cut into parts: dispatches, and ranges of a long one's workgroups, each of about a millisecond at most. What a part is
 * expected to take comes from that first measurement and then follows timestamps among the parts of every tick.
 *
 *     gouBeginSteps(training, 10000);                              pace GOU_PACE_TICKED
 *     each frame:
 *       GouBudget budget = {GOU_STRUCT(BUDGET), .gpu_microseconds = 4000};
 *       GouTick tick = {GOU_STRUCT(TICK)};
 *       gouTick(painter, &budget, &tick);
 *       if (gouPollSteps(training) == GOU_SUCCESS) gouFinishSteps(training);
 */

/* What one tick may take. */
typedef struct GouBudget {
  uint32_t type, size;
  const void* next;
  uint32_t gpu_microseconds; /* of GPU time; nine ticks in ten should stay below 1.25 times this. 0: one part a tick */
  uint32_t dispatches;       /* at most so many parts; 0: no limit */
} GouBudget;

typedef enum GouTickState {
  GOU_TICK_IDLE = 0,    /* nothing ticked is under way */
  GOU_TICK_WAITING = 1, /* all is submitted, the GPU is still at work */
  GOU_TICK_PENDING = 2  /* parts are left: the budget is spent, or eight earlier ticks or frames are still on the GPU */
} GouTickState;

/* What a tick did. Expected and measured times are in microseconds of GPU time; measured is that of the newest tick that the GPU has
 * finished, or of the newest safe frame, 0 before there is one or where the queue has no timestamps.
 *
 * `semaphore` is a timeline semaphore of the context's, or VK_NULL_HANDLE: before anything is ticked, and where the device has not enabled
 * timelineSemaphore. It reaches `value` when the GPU has finished all that gouTick has submitted so far. A batch of yours that waits for
 * this (VkTimelineSemaphoreSubmitInfo::pWaitSemaphoreValues), on any queue, sees what these ticks wrote, without your host in between.
 * Never signal it; let your waits end before you destroy the context. Work in your frames (gouRecord) is not counted by it. */
typedef struct GouTick {
  uint32_t type, size;
  const void* next;
  uint32_t state; /* GouTickState */
  uint32_t parts; /* dispatches, or ranges of long ones, submitted by this tick */
  float expected_microseconds, measured_microseconds;
  VkSemaphore semaphore;
  uint64_t value;
} GouTick;

/* Submits the next parts of everything ticked that is under way, pictures before training, as far as they fit the budget, in one batch,
 * and returns at once: it never waits for the GPU, allocates nothing and creates no Vulkan object. At least one part is submitted,
 * whatever it takes, unless eight earlier ticks are still on the GPU. Whether they are finished is told by a timeline semaphore where the
 * device has enabled timelineSemaphore, else by polled fences. Call it once a frame. How work is cut never changes a result. After an
 * error the parts are submitted by the next tick. It leaves out an object that another thread begins, reads, finishes or ends just then.
 * [submits] [one at a time for a context] */
GOU_FUNCTION(GouResult, gouTick, (GouContext context, const GouBudget* budget, GouTick* tick));

/* One of your frames: a command buffer in the recording state, outside a render pass, that you will submit to the context's queue
 * family; frames are submitted in the order of their numbers. */
typedef struct GouFrame {
  uint32_t type, size;
  const void* next;
  VkCommandBuffer commands;
  uint64_t frame;       /* its number, from 1, growing */
  uint64_t safe;        /* the newest frame that the GPU has finished; 0: none */
  GouJob job;           /* record this request's work alone, */
  GouTraining training; /* or this training's; both NULL: everything that is under way */
} GouFrame;

/* As gouTick, but records into your command buffer and submits nothing. Disturbed state: the compute pipeline, its descriptor set 0 and
 * push constants. A memory barrier opens what is recorded, so it follows your writes; another makes finished pictures visible to
 * transfers and the host. Work is finished when the frame that holds its last part is safe; work begun in frames goes on in frames.
 * A frame with parts must be submitted. Until then reading it is GOU_ERROR_WRONG_STATE and destroying its object GOU_ERROR_BUSY. [one at a
 * time for a context]
 *
 * Hosts that lend no queue do everything through this function: loading, creating and restoring leave copies that the next frames begin
 * with (parts of at most 4 MiB that take from the budget; a frame that does not hold the last one holds nothing else), requests and steps
 * are GOU_PACE_TICKED, and what a frame needs is released when it is safe. gouSaveCheckpoint, gouSaveTraining, gouSaveModel and
 * gouGetDirections are GOU_NOT_READY until frames have brought what they write: call them again, they write what was when they were first
 * called.
 * GOU_ERROR_UNSUPPORTED are gouTick, GOU_PACE_AT_ONCE, gouSampleTraining (paint with gouCreateModel) and gouTraceSteps. Before such a
 * context is destroyed every frame must be finished. */
GOU_FUNCTION(GouResult, gouRecord, (GouContext context, const GouFrame* frame, const GouBudget* budget, GouTick* tick));

/* ---- Pixels ------------------------------------------------------------------------------------------------------------------- */

/* Images are packed [count, height, width, channels]; 1 channel is grey, 3 RGB, 4 RGBA, and 2 grey with alpha. Colour is encoded as sRGB.
 */
typedef struct GouShape {
  uint32_t type, size;
  const void* next;
  uint32_t width, height, channels;
  uint32_t latent;  /* numbers that make one image */
  uint32_t batch;   /* images computed at once */
  uint32_t classes; /* kinds of images that labels choose from: 0..classes - 1; 0: the model takes no labels */
} GouShape;

typedef enum GouPixelLayout {
  GOU_PIXELS_UNORM8 = 0,          /* bytes; colour premultiplied by alpha, so never above it */
  GOU_PIXELS_UNORM8_STRAIGHT = 1, /* bytes; colour not multiplied by alpha, as PNG has it */
  GOU_PIXELS_FLOAT_RAW = 2 /* floats in [-1, 1] as the model wrote them, colour not yet kept below alpha (it is after GOU_FILTER_SMOOTH) */
} GouPixelLayout;

/* Memory that receives images. */
typedef struct GouPixels {
  uint32_t type, size;
  const void* next;
  uint32_t layout;   /* GouPixelLayout */
  uint32_t channels; /* 0: the model's own; 4: RGBA whatever the model has (not for GOU_PIXELS_FLOAT_RAW) */
  void* data;
  size_t bytes; /* room at data: at least images * height * width * channels * (1, or 4 for floats) */
} GouPixels;

/* ---- Models ------------------------------------------------------------------------------------------------------------------- */

/* The models, as a JSON array: name, summary, trains (false: the network can be measured, but there is no training for it), and fields with
 * name, type, default, range or choices, and meaning. [any thread] */
GOU_FUNCTION(GouResult, gouListModels, (size_t * size, char* text));

/* Checks a recipe, a JSON object whose "model" names a model, and returns it with every field filled in. Unknown keys, wrong types and
 * values out of range are GOU_ERROR_INVALID_ARGUMENT and named. [any thread] */
GOU_FUNCTION(GouResult, gouResolveRecipe, (const char* recipe, size_t* size, char* text));

/* A model file written by gouSaveModel: from `path`, or, where path is NULL, from memory. */
typedef struct GouModelSource {
  uint32_t type, size;
  const void* next;
  const char* path;
  const void* data; /* the file's bytes, not needed after the call */
  size_t bytes;
  const char* name; /* for messages about data; NULL: "model in memory" */
  uint32_t batch;   /* images computed at once, 1..4096; 0: 16 */
  uint32_t reserved;
} GouModelSource;

/* Loads a model and prepares it for generation. [submits] [any thread] */
GOU_FUNCTION(GouResult, gouLoadModel, (GouContext context, const GouModelSource* source, GouModel* model));

/* Which weights a model made from a training paints with. */
typedef enum GouWeights {
  GOU_WEIGHTS_SNAPSHOT = 0, /* those of the last completed step, kept as they are */
  GOU_WEIGHTS_LIVE = 1      /* each request begins with those of the last completed step, whatever the training does meanwhile */
} GouWeights;

/* Makes a model from a training: averaged weights where the recipe averages them. The weights are copied on the device, for a live model
 * at the start of each request: one that begins while a ticked step is changing them waits until that step is submitted whole, and the next
 * one for it. Such requests and the training's steps go either both in ticks or both in frames. A snapshot is GOU_ERROR_BUSY at that time.
 * `batch` as in GouModelSource. A live model must be destroyed before its training, and is used by one thread at a time together with it.
 * [submits] [one at a time for a training] */
GOU_FUNCTION(GouResult, gouCreateModel, (GouTraining training, uint32_t weights, uint32_t batch, GouModel* model));

/* Writes the model's weights and recipe, for gouLoadModel; of a live model those that its last request began with. Files are replaced
 * whole or not at all. [submits] [one at a time for a model] */
GOU_FUNCTION(GouResult, gouSaveModel, (GouModel model, const char* path));

/* Ends a model; NULL does nothing. GOU_ERROR_WRONG_STATE, and nothing happens, while jobs of it are alive. [one at a time for a model] */
GOU_FUNCTION(GouResult, gouDestroyModel, (GouModel model));

/* [any thread] */
GOU_FUNCTION(GouResult, gouGetModelShape, (GouModel model, GouShape* shape));

/* A JSON object: "width", "height", "channels", "latent", "classes", "batch"; "parameters", how many numbers were trained, by network:
 * {"G": 123456}; "recipe": {...}; and "dispatches", what painting one batch runs on the GPU, in order: as the last request did, from a seed
 * or from latents, before one from a seed.
 *
 *     {"op": "conv2d_transpose+add+tanh", "label": "G/to_image", "output": [16, 32, 32, 4], "pass": 0, "passes": 1, "setup": false,
 *      "row": "subgroup image 4x1 unroll 1 shuffle texel", "microseconds": 952.44}
 *
 * "op" is the operation with what is fused into it, "label" the layer that asked for it, "row" the kernel as `gouache plan` prints it.
 * One operation may take several dispatches: this is number "pass" of "passes". "setup": it runs only when the weights have changed.
 * "microseconds" are the GPU time that it is expected to take, all its parts together: what prewarming, or what measured it for a first
 * ticked request or training, found, then following the timestamps of every tick; null where nobody has measured it. The text is as long
 * whatever the times are: room that was right once is right for as long as requests do not change from seeds to latents.
 * [one at a time for a model] */
GOU_FUNCTION(GouResult, gouDescribeModel, (GouModel model, size_t* size, char* text));

/* The directions in latent space that change the picture most: unit vectors n, at right angles to each other, along which the outputs of
 * the generator's first layer move farthest, |n A| for its weights A [latent, outputs] (the rows that read class numbers left out), the
 * farthest first. After Shen and Zhou 2021, "Closed-Form Factorization of Latent Semantics in GANs", arXiv:2007.06600. To walk along one,
 * paint from GouGenerate::latents of z + t * n. The first few are worth a slider each, with t in -3..3 or so.
 *
 * *count is the room in directions; it is set to how many there are, which is GouShape::latent. `directions` [*count, latent] and
 * `strengths` [*count], |n A|, are written for i below the smaller of *count's old value and that; either may be NULL. In each direction
 * the component of largest magnitude is positive. The same weights give the same bits; they are those that gouSaveModel would write. Waits
 * for what was submitted before; 64 numbers take some 5 milliseconds, 128 some 25, 512 half a second. GOU_ERROR_UNSUPPORTED: the model
 * reads an image, or its latents do not go into a dense layer first. GOU_ERROR_NOT_FINITE: the weights hold NaN or Inf. Without a queue
 * GOU_NOT_READY until frames have brought the weights: call again. [submits] [one at a time for a model] */
GOU_FUNCTION(GouResult, gouGetDirections, (GouModel model, uint32_t* count, float* directions, float* strengths));

/* ---- Targets ------------------------------------------------------------------------------------------------------------------ */

/* How you use an image or buffer before or after it is written. With stages 0, stages and access are all there are: right for every use
 * on the context's queue, if not the fastest. queue_family is the family that owns it: VK_QUEUE_FAMILY_IGNORED, or the context's own,
 * where ownership does not change (so also for VK_SHARING_MODE_CONCURRENT).
 *
 * Another family before: you have released it there, and it is acquired here; `stages` is where your submit waits for your semaphore. An
 * image whose layout is VK_IMAGE_LAYOUT_UNDEFINED is not acquired: what it held is dropped. Another family after: it is released here,
 * and you acquire it there. Your barriers must be ours in families, range and layouts: before.layout to TRANSFER_DST_OPTIMAL, and from
 * that to after.layout, for all mip levels of one layer; of a buffer the bytes that are written. */
typedef struct GouTargetState {
  VkImageLayout layout; /* images only; not UNDEFINED after */
  VkPipelineStageFlags stages;
  VkAccessFlags access;
  uint32_t queue_family;
} GouTargetState;

typedef enum GouTargetFlags {
  GOU_TARGET_STRAIGHT_ALPHA = 1, /* colour is not multiplied by alpha (0 where alpha is 0); otherwise it is, as sRGB-encoded numbers */
  /* What a sampler returns is linear light, multiplied by alpha in linear light unless straight. For VK_FORMAT_R16G16B16A16_SFLOAT and
   * other floats, and for VK_FORMAT_R8G8B8A8_SRGB, whose bytes then differ where alpha is neither 0 nor 1. Not for UNORM. */
  GOU_TARGET_LINEAR = 2
} GouTargetFlags;

/* A 2D image, or layers of an array, of yours or from gouGetImage: VK_FORMAT_R8_UNORM, R8G8B8A8_UNORM, R8G8B8A8_SRGB or
 * R16G16B16A16_SFLOAT, one sample, usage VK_IMAGE_USAGE_TRANSFER_DST_BIT. R8 is for grey models (1 or 2 channels). All mip
 * levels are written, filtered in linear light. Image i of the request goes to layer + i; or, with columns, into one layer's cell
 * (i % columns, i / columns) of cells that are as large as the request's images, counted from (x, y). An image larger than those (an
 * atlas) must have one mip level. */
typedef struct GouImageTarget {
  uint32_t type, size;
  const void* next;
  VkImage image;
  VkFormat format;
  uint32_t width, height, layers, mip_levels; /* of the image */
  uint32_t layer, x, y;                       /* of the request's first image */
  uint32_t columns;                           /* 0: one layer an image */
  uint32_t flags;                             /* GouTargetFlags */
  uint32_t reserved;
  GouTargetState before, after; /* of each layer written */
} GouImageTarget;

/* A buffer with VK_BUFFER_USAGE_TRANSFER_DST_BIT: tight rows of texels, image after image; also in VK_FORMAT_R32_SFLOAT and
 * VK_FORMAT_R32G32B32A32_SFLOAT. */
typedef struct GouBufferTarget {
  uint32_t type, size;
  const void* next;
  VkBuffer buffer;
  uint64_t offset; /* of the first texel, in bytes; a multiple of the texel's size */
  uint64_t bytes;  /* of the whole buffer */
  VkFormat format;
  uint32_t flags;               /* GouTargetFlags */
  GouTargetState before, after; /* of each image's bytes */
} GouBufferTarget;

/* For hosts that bring no image. */
typedef struct GouImageDescription {
  uint32_t type, size;
  const void* next;
  VkFormat format;
  uint32_t width, height;
  uint32_t layers;     /* 0: 1 */
  uint32_t mip_levels; /* 0: all, down to 1x1 */
  uint32_t reserved;
} GouImageDescription;

/* Makes an image to be sampled and copied from, in memory of the context's; its layout is undefined at first. */
GOU_FUNCTION(GouResult, gouCreateImage, (GouContext context, const GouImageDescription* description, GouImage* image));

/* Fills a target that writes the whole image and leaves it for any sampling on the context's queue, for you to change; and its view (or
 * NULL), which lives as long as the image. */
GOU_FUNCTION(GouResult, gouGetImage, (GouImage image, GouImageTarget* target, VkImageView* view));

/* Ends an image that the GPU does not use any more, which is yours to know; NULL does nothing. GOU_ERROR_BUSY while a job that writes it is
 * alive. */
GOU_FUNCTION(GouResult, gouDestroyImage, (GouImage image));

/* ---- Generation --------------------------------------------------------------------------------------------------------------- */

/* How an image of another size than the model's is made of what the model paints. */
typedef enum GouFilter {
  GOU_FILTER_SMOOTH = 0, /* for textures: bilinear where it grows, averaged where it shrinks, in linear light times alpha */
  GOU_FILTER_NEAREST = 1 /* for sprites of hard pixels: each texel is one that was painted */
} GouFilter;

/* Which images to paint, and where. Image i depends on the model, the seed, first + i and its class alone: how work is cut never changes
 * a bit, the batch changes no value by more than 1/255. */
typedef struct GouGenerate {
  uint32_t type, size;
  const void* next;
  uint64_t seed;
  uint64_t first;
  const float* latents; /* NULL, or [count, latent] floats to paint from; seed and first are ignored then */
  uint32_t count;       /* 1..65536 */
  uint32_t pace;        /* GouPace */
  const void* target;   /* GouImageTarget or GouBufferTarget; NULL: host memory, read with gouReadJob */
  /* For a model with classes: NULL, or [count] classes, each below GouShape::classes. With NULL image i is of class (first + i) modulo
   * classes, or with latents i modulo classes. NULL for a model without. */
  const uint32_t* labels;
  uint32_t width, height; /* of each image, up to 16384; both 0: the size that the model paints, which is what it was trained on */
  uint32_t filter;        /* GouFilter, for another size */
  uint32_t reserved;
} GouGenerate;

/* Begins to paint and returns at once; a ticked request advances in gouTick or gouRecord alone. Requests of one model are painted one
 * after the other, in the order in which they were begun. [submits] [one at a time for a model] */
GOU_FUNCTION(GouResult, gouBeginGenerate, (GouModel model, const GouGenerate* request, GouJob* job));

/* GOU_SUCCESS when every image is painted, else GOU_NOT_READY; never waits. A target may then be used: on the context's queue by any
 * later submission. Begins the next batch of a request at once that needs several, so call it once a frame. [submits] [one at a time for a
 * model] */
GOU_FUNCTION(GouResult, gouPollJob, (GouJob job));

/* Paints what is left of the request, and of those before it, and waits for it. For tools. [submits] [one at a time for a model] */
GOU_FUNCTION(GouResult, gouWaitJob, (GouJob job));

/* Waits for the request if need be and writes its images, as often as you like and in any layout. GOU_ERROR_WRONG_STATE for a request
 * with a target. [submits] [one at a time for a model] */
GOU_FUNCTION(GouResult, gouReadJob, (GouJob job, const GouPixels* pixels));

/* Ends a request, finished or not, as `when` (a GouDestroy) says; NULL does nothing. An image or buffer that was to be written may then
 * hold what it held before, or some of the new texels. [one at a time for a model] */
GOU_FUNCTION(GouResult, gouDestroyJob, (GouJob job, uint32_t when));

/* Reads the F32 tensor "latents" [count, latent] of a safetensors file, for GouGenerate. *count is the room at `latents` in rows; it is
 * set to the file's rows. With latents NULL only *count is set; with too little room also GOU_ERROR_TOO_SMALL is returned. [any thread] */
GOU_FUNCTION(GouResult, gouReadLatents, (GouModel model, const char* path, uint32_t* count, float* latents));

/* ---- Training ----------------------------------------------------------------------------------------------------------------- */

/* What to train on what. `pixels` is packed [count, height, width, channels] in `layout`; height and width must be what the recipe asks
 * for (its field "size"). Where channels are not (its field "image_channels"), grey becomes equal red, green and blue, colour becomes
 * grey by Rec. 709's weights, what has no alpha is opaque, and alpha that is dropped leaves the image on black. Kept as bytes, colour
 * premultiplied by alpha: straight bytes are multiplied, floats rounded to the nearest of 256 steps. */
typedef struct GouTrain {
  uint32_t type, size;
  const void* next;
  const char* recipe; /* JSON, see gouResolveRecipe */
  const void* pixels; /* bytes, or floats in [-1, 1] (GOU_PIXELS_FLOAT_RAW); a float out of range or NaN is an error that names its index */
  size_t bytes;       /* count * height * width * channels * (1, or 4 for floats) */
  uint32_t count, height, width, channels;
  uint32_t batch;         /* images a step, 2..4096; 0: 64 */
  uint32_t pace;          /* GouPace of its steps */
  uint64_t seed;          /* of the first weights, the order of the images and all noise */
  uint64_t memory_budget; /* bytes of device memory that may be used; 0: no limit */
  const uint32_t* labels; /* [count], the class of each image, below the recipe's "classes"; NULL where those are 0 */
  /* NULL, or a model of this context to go on from: the generator's weights, running statistics and averages begin as the model's, and the
   * discriminator begins fresh. Its variables must be those that the recipe's generator has. Read during the call only; of a live model,
   * what it painted with last. */
  GouModel start_from;
  uint32_t layout; /* GouPixelLayout of `pixels`; floats are premultiplied too */
  uint32_t reserved;
} GouTrain;

/* Plans the training, copies the images to the device and makes the first weights. [submits] [any thread] */
GOU_FUNCTION(GouResult, gouCreateTraining, (GouContext context, const GouTrain* train, GouTraining* training));

/* Ends a training as `when` (a GouDestroy) says; NULL does nothing. GOU_ERROR_WRONG_STATE while live models of it exist.
 * [one at a time for a training] */
GOU_FUNCTION(GouResult, gouDestroyTraining, (GouTraining training, uint32_t when));

/* [any thread] */
GOU_FUNCTION(GouResult, gouGetTrainingShape, (GouTraining training, GouShape* shape));

/* A JSON object: all that gouDescribeModel says, of the training's recipe and batch, with the discriminator's "parameters" too and one
 * step's "dispatches"; "memory", bytes of the training's own buffers by purpose: {"arena": 1234, "state": 5678, ...}, live models' and
 * staging left out; and "steps", as gouGetStepsDone counts. Never waits for the GPU and may be asked for while steps are under way; the
 * text takes some 5 microseconds a dispatch to write. It is as long whatever the numbers are: room that was right once is right.
 * [one at a time for a training] */
GOU_FUNCTION(GouResult, gouDescribeTraining, (GouTraining training, size_t* size, char* text));

/* Asks for `count` (from 1 on) more steps and returns at once; GOU_ERROR_WRONG_STATE until those asked for before were finished with
 * gouFinishSteps. Ticked, they advance in gouTick or gouRecord alone, from one to the next without you, several in a tick where the budget
 * lasts. At once, the first is submitted here and each next one by the gouPollSteps that sees the one before finished. How steps are
 * asked for and cut never changes a weight. [submits] [one at a time for a training] */
GOU_FUNCTION(GouResult, gouBeginSteps, (GouTraining training, uint64_t count));

/* GOU_SUCCESS when all steps asked for are over and can be finished, else GOU_NOT_READY; never waits. Takes the metrics of steps that
 * have finished meanwhile, as each gouTick and gouRecord does too. [submits] [one at a time for a training] */
GOU_FUNCTION(GouResult, gouPollSteps, (GouTraining training));

/* Drops those steps of which nothing is submitted yet; what is begun goes on to its end and is finished as ever.
 * [one at a time for a training] */
GOU_FUNCTION(GouResult, gouCancelSteps, (GouTraining training));

/* Submits what is left, waits for all steps asked for and ends them. GOU_ERROR_NOT_FINITE: one met NaN or Inf, no weight was updated from
 * a gradient that is not finite, and the steps after it were dropped and do not count. GOU_ERROR_WRONG_STATE, and nothing ends, while
 * frames of yours that hold parts are not safe. [submits] [one at a time for a training] */
GOU_FUNCTION(GouResult, gouFinishSteps, (GouTraining training));

/* Steps finished since the very beginning, those before a restored checkpoint included, as of the last gouTick, gouRecord, gouPollSteps or
 * gouFinishSteps. [one at a time for a training] */
GOU_FUNCTION(GouResult, gouGetStepsDone, (GouTraining training, uint64_t* steps));

/* The figures of the newest step that gouGetStepsDone counts (losses, mean D(real) and D(fake), gradient norms): *count is how many, and
 * names[i], values[i] are written for i below the smaller of *count's old value and that. names and values may be NULL. Names live as long
 * as the training. [one at a time for a training] */
GOU_FUNCTION(GouResult, gouGetMetrics, (GouTraining training, uint32_t* count, const char** names, float* values));

/* Paints `count` images (1..65536) with the averaged weights, or the current ones where the recipe averages none, from the latents of
 * `seed`, and waits. Image i is the same whatever the count; where the recipe has classes it is of class i modulo classes. [submits]
 * [one at a time for a training] */
GOU_FUNCTION(GouResult, gouSampleTraining, (GouTraining training, uint64_t seed, uint32_t count, const GouPixels* pixels));

/* A checkpoint has all that an identical continuation needs: on the same device, driver and kernel rows, training from it goes on bit for
 * bit as if it had never stopped. Files are replaced whole or not at all. [submits] [one at a time for a training] */
GOU_FUNCTION(GouResult, gouSaveCheckpoint, (GouTraining training, const char* path));

/* Continues from a checkpoint of the same recipe, batch, seed and images; a difference is named. [submits] [one at a time for a training]
 */
GOU_FUNCTION(GouResult, gouRestoreCheckpoint, (GouTraining training, const char* path));

/* Writes the generator alone, for gouLoadModel: what gouCreateModel copies. [submits] [one at a time for a training] */
GOU_FUNCTION(GouResult, gouSaveTraining, (GouTraining training, const char* path));

/* Runs `steps` steps (1..1000) and writes all that went into and came out of them to `path`, for replaying them elsewhere.
 * `after_step` (or NULL) is called after each and may call gouGetStepsDone and gouGetMetrics, nothing else. [submits] [one at a time for a
 * training] */
GOU_FUNCTION(GouResult, gouTraceSteps,
             (GouTraining training, const char* path, uint32_t steps, void (*after_step)(void* user), void* user));

/* ---- Prewarming --------------------------------------------------------------------------------------------------------------- */

/* How to prewarm: everything that an object will need is made, each of its dispatches runs once (some drivers compile only then), and
 * each is measured, so that work can be cut into parts of known length. Weights, results and figures stay what they are bit for bit.
 * Without it the first request or step does some of that, and is late. */
typedef struct GouPrewarm {
  uint32_t type, size;
  const void* next;
  uint32_t pace; /* GOU_PACE_AT_ONCE: in this call, a few milliseconds at a time. GOU_PACE_TICKED: by gouRecordPrewarm */
  uint32_t reserved;
  int (*progress)(void* user, uint32_t done, uint32_t total); /* NULL, or told how many parts are over; not 0 cancels. Within the call */
  void* user;
  /* NULL, or a request like those to come, for models: what writes into its target in its format and size is made, and runs once, too.
   * Nothing is painted and the target is not touched; it need not outlive the call. */
  const GouGenerate* request;
} GouPrewarm;

/* Prepares what requests by seed and by latents need. Afterwards ticked requests make nothing, and
 * wait for nothing. A ticked prewarm is GOU_NOT_READY until a later call finds all of it in safe frames; each call tells progress once.
 * Cancelling is GOU_ERROR_CANCELLED; the model can be used all the same, and prewarmed again. While a request is under way:
 * GOU_ERROR_WRONG_STATE. [submits, if at once] [one at a time for a model] */
GOU_FUNCTION(GouResult, gouPrewarmModel, (GouModel model, const GouPrewarm* prewarm));

/* The same for a training's step and, where there is a queue, for gouSampleTraining. [submits, if at once]
 * [one at a time for a training] */
GOU_FUNCTION(GouResult, gouPrewarmTraining, (GouTraining training, const GouPrewarm* prewarm));

/* Records the next parts of what was asked to be prewarmed in GOU_PACE_TICKED, as gouRecord does; the frames of both count on together.
 * Before it is complete requests and steps may begin: they are cut by what such devices take, and what is left to prewarm waits for their
 * end. Until a frame that prewarms an object is safe, destroying the object is GOU_ERROR_BUSY. [one at a time for a context] */
GOU_FUNCTION(GouResult, gouRecordPrewarm, (GouContext context, const GouFrame* frame, const GouBudget* budget, GouTick* tick));

/* ---- Checks before anything is made ------------------------------------------------------------------------------------------- */

/* What making a model or a training would take of the device's memory, and whether it can be made. */
typedef struct GouEstimate {
  uint32_t type, size;
  const void* next;
  uint64_t bytes[6]; /* by GouMemoryPurpose: what gouLoadModel or gouCreateTraining would allocate now */
  uint64_t total;    /* their sum. The first samples, traces and requests with latents take more */
  uint64_t in_use;   /* by the context now */
  uint64_t limit;    /* of GouMemory; 0: none */
  uint32_t fits;     /* 1: device and limits allow it, as far as can be known without trying */
  uint32_t reserved;
  char refusal[256]; /* "", or what is missing: a limit with both figures, or the operation that no kernel of the device runs */
} GouEstimate;

/* Allocate nothing on the device and compile nothing. Success whether it fits or not; errors are those of a damaged file or a mistaken
 * struct, as the call itself would give. For gouCheckTraining `pixels` and `labels` may be NULL. */
GOU_FUNCTION(GouResult, gouCheckModel, (GouContext context, const GouModelSource* source, GouEstimate* estimate));
GOU_FUNCTION(GouResult, gouCheckTraining, (GouContext context, const GouTrain* train, GouEstimate* estimate));

/* ---- Every function ----------------------------------------------------------------------------------------------------------- */

/* In the order of the table; new ones go to the end. */
/* clang-format off */
#define GOU_FOR_EACH_FUNCTION(X) \
  X(gouGetApi) X(gouVersion) X(gouResultName) X(gouLastError) \
  X(gouListDevices) X(gouCreateContext) X(gouDestroyContext) X(gouDescribeContext) X(gouContextError) X(gouTick) X(gouRecord) \
  X(gouListModels) X(gouResolveRecipe) X(gouLoadModel) X(gouDestroyModel) X(gouGetModelShape) X(gouDescribeModel) \
  X(gouBeginGenerate) X(gouPollJob) X(gouReadJob) X(gouReadLatents) \
  X(gouCreateTraining) X(gouDestroyTraining) X(gouGetTrainingShape) X(gouBeginSteps) X(gouPollSteps) X(gouFinishSteps) \
  X(gouGetStepsDone) X(gouGetMetrics) X(gouSampleTraining) X(gouSaveCheckpoint) X(gouRestoreCheckpoint) X(gouSaveTraining) \
  X(gouTraceSteps) X(gouGetRequirements) X(gouGetPipelineCache) X(gouWaitJob) X(gouDestroyJob) X(gouCreateModel) X(gouSaveModel) \
  X(gouCreateImage) X(gouGetImage) X(gouDestroyImage) \
  X(gouPrewarmModel) X(gouPrewarmTraining) X(gouRecordPrewarm) X(gouCheckModel) X(gouCheckTraining) X(gouCancelSteps) \
  X(gouSetTuning) X(gouGetTuning) X(gouGetDirections) X(gouDescribeTraining)
/* clang-format on */

#define GOU_MEMBER(name) PFN_##name name;
struct GouApi {
  uint32_t type, size;
  const void* next;
  GOU_FOR_EACH_FUNCTION(GOU_MEMBER)
};
#undef GOU_MEMBER

#ifdef __cplusplus
}
#endif

#endif
