// What does Gouache call in Vulkan?
#include "tests/support/watched.h"

#include <atomic>
#include <set>
#include <stdexcept>
#include <type_traits>

#include "tests/support/heap.h"

namespace gouache::testing {
namespace {

// One number and one name for each function of Gouache's device table.
#define NUMBER(function, need, older_name) number_##function,
enum Number { GOUACHE_DEVICE_FUNCTIONS(NUMBER) kFunctions };
#undef NUMBER
#define NAME(function, need, older_name) #function,
const char* const kNames[] = {GOUACHE_DEVICE_FUNCTIONS(NAME)};
#undef NAME

Watched* watched = nullptr;
PFN_vkGetInstanceProcAddr real_loader = nullptr;
PFN_vkGetDeviceProcAddr real_device_loader = nullptr;
PFN_vkVoidFunction real_functions[kFunctions] = {};
std::atomic<std::uint64_t> counts[kFunctions] = {};
std::set<std::string> loaded;

/// Called even if refused: afterwards no work is under way and no command buffer is being recorded, as tests go on to use them.
constexpr bool is_called_anyway(int which) {
  return which == number_vkWaitForFences || which == number_vkWaitSemaphores || which == number_vkEndCommandBuffer;
}

/// Whether `name` is a row's function, under the name it has in the core or the one it had before (or nullptr).
bool is_row(const std::string& name, const char* core, const char* older) { return name == core || (older && name == older); }

template <int Which, class Function>
struct Between;

template <int Which, class Result, class... Arguments>
struct Between<Which, Result(VKAPI_PTR*)(Arguments...)> {
  static VKAPI_ATTR Result VKAPI_CALL call(Arguments... arguments) {
    const HeapPause the_drivers;
    counts[Which]++;
    const auto real = reinterpret_cast<Result(VKAPI_PTR*)(Arguments...)>(real_functions[Which]);
    if constexpr (std::is_same_v<Result, VkResult>) {
      const VkResult refusal = watched->refuse ? watched->refuse(kNames[Which]) : VK_SUCCESS;
      if (refusal != VK_SUCCESS && is_called_anyway(Which)) real(arguments...);
      if (refusal != VK_SUCCESS) return refusal;
    }
    return real(arguments...);
  }
};

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL load_device_function(VkDevice device, const char* name) {
  const HeapPause the_tests;
  loaded.insert(name);
  if (const auto found = watched->replaced.find(name); found != watched->replaced.end()) return found->second;
  const PFN_vkVoidFunction real = real_device_loader(device, name);
  if (!real) return nullptr;
#define BETWEEN(function, need, older_name)                                                         \
  if (is_row(name, #function, older_name)) {                                                        \
    real_functions[number_##function] = real;                                                       \
    return reinterpret_cast<PFN_vkVoidFunction>(&Between<number_##function, PFN_##function>::call); \
  }
  GOUACHE_DEVICE_FUNCTIONS(BETWEEN)
#undef BETWEEN
  return real;
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL load_function(VkInstance instance, const char* name) {
  const HeapPause the_tests;
  loaded.insert(name);
  if (const auto found = watched->replaced.find(name); found != watched->replaced.end()) return found->second;
  const PFN_vkVoidFunction real = real_loader(instance, name);
  if (std::string(name) != "vkGetDeviceProcAddr") return real;
  real_device_loader = reinterpret_cast<PFN_vkGetDeviceProcAddr>(real);
  return reinterpret_cast<PFN_vkVoidFunction>(&load_device_function);
}

}  // namespace

Watched::Watched(PFN_vkGetInstanceProcAddr real) {
  if (watched) throw std::logic_error("two devices are watched at once");
  watched = this;
  real_loader = real;
  loaded.clear();
  start_counting();
}

Watched::~Watched() { watched = nullptr; }

PFN_vkGetInstanceProcAddr Watched::loader() const { return &load_function; }

std::vector<std::string> Watched::functions() { return {std::begin(kNames), std::end(kNames)}; }

std::map<std::string, std::uint64_t> Watched::calls() const {
  std::map<std::string, std::uint64_t> made;
  for (int i = 0; i < kFunctions; i++)
    if (counts[i]) made[kNames[i]] = counts[i];
  return made;
}

void Watched::start_counting() {
  for (std::atomic<std::uint64_t>& count : counts) count = 0;
}

bool Watched::was_loaded(const std::string& function) const { return loaded.count(function) != 0; }

}  // namespace gouache::testing
