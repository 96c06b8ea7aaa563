// Where does a tool's own Vulkan come from?  The one place that asks the operating system for a shared library.
#include "host/vulkan/loader.h"

#include <string>

#include "host/graph/error.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace gouache {

namespace {

#if defined(_WIN32)
constexpr const char* kLibraries[] = {"vulkan-1.dll"};
#elif defined(__APPLE__)
constexpr const char* kLibraries[] = {"libvulkan.1.dylib", "libvulkan.dylib", "libMoltenVK.dylib"};
#else
constexpr const char* kLibraries[] = {"libvulkan.so.1", "libvulkan.so"};
#endif

PFN_vkVoidFunction open_symbol(const char* library, const char* symbol) {
#ifdef _WIN32
  HMODULE module = LoadLibraryA(library);
  return module ? reinterpret_cast<PFN_vkVoidFunction>(GetProcAddress(module, symbol)) : nullptr;
#else
  void* module = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  return module ? reinterpret_cast<PFN_vkVoidFunction>(dlsym(module, symbol)) : nullptr;
#endif
}

PFN_vkGetInstanceProcAddr open_loader() {
  for (const char* library : kLibraries)
    if (PFN_vkVoidFunction function = open_symbol(library, "vkGetInstanceProcAddr"))
      return reinterpret_cast<PFN_vkGetInstanceProcAddr>(function);
  return nullptr;
}

}  // namespace

PFN_vkGetInstanceProcAddr load_vulkan() {
  static const PFN_vkGetInstanceProcAddr loader = open_loader();
  if (!loader)
    throw Error(ErrorCode::unsupported,
                std::string("Vulkan: the loader library ") + kLibraries[0] + " was not found; install the Vulkan loader");
  return loader;
}

}  // namespace gouache
