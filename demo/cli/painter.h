// Which device does the command line paint on?
#pragma once

#include <string>

#include "demo/api/objects.h"

namespace gouache::cli {

using namespace api;

/// A device of our own, by what --device says.
Context open_context(const std::string& device);

}  // namespace gouache::cli
