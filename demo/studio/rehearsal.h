// How does the window go on while a driver compiles?
#pragma once

#include <functional>

#include "demo/studio/gpu.h"

namespace gouache::studio {

/// Mesa's software driver compiles a kernel when it first runs, on the queue that draws the window, too. So what is about to be loaded or
/// created and prewarmed is first loaded and prewarmed by `work` on a device of its own, by threads that give way to the window: the
/// driver's cache of shaders has the kernels then. Does nothing on other devices, which compile on the thread that calls. For the worker;
/// what `work` throws is thrown.
void rehearse(const Gpu& gpu, const std::function<void(GouContext)>& work);

}  // namespace gouache::studio
