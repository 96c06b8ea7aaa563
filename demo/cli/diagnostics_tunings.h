// Where does gouache tune keep what it measured, and who finds it there?  One file a device, driver version and set of shaders.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "host/kernels/tuning.h"

namespace gouache {
class Device;
}

namespace gouache::cli {

/// The file of a device with this tuning_key(), its path in UTF-8: in $GOUACHE_TUNING, else in gouache/tuning of the user's cache folder.
std::string tuning_file(const std::string& key);

/// What the file holds; nothing where there is none. Throws Error when it cannot be read.
std::optional<std::string> tuning_in(const std::string& file);

/// The device's own; null where there is none. Throws Error naming the file when it is damaged or foreign.
std::shared_ptr<const Tuning> stored_tuning(const Device& device);

}  // namespace gouache::cli
