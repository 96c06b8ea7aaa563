// Where does the command's own memory come from?
#pragma once

namespace gouache::cli {

/// Has the heap of the main thread grow at once, in large pages, before anything is in it: a driver that is loaded and makes pipelines
/// takes some 20 MB of it, page by page else. glibc on Linux; elsewhere nothing happens. For the beginning of main().
void grow_heap() noexcept;

}  // namespace gouache::cli
