// How does a context get its device, and what is said of devices?
#pragma once

#include <memory>
#include <string>

#include "gouache/gouache.h"
#include "host/vulkan/device.h"

namespace gouache {

/// A device of our own by number or part of its name; Refusal that lists the devices when none matches.
std::unique_ptr<Device> open_device(const GouOwnDevice& wish);
/// The host's device; Refusal for handles that are missing.
std::unique_ptr<Device> borrow_device(const GouVulkanHost& host);

/// For gouListDevices and gouDescribeContext.
std::string devices_json();
std::string device_json(const Device& device);

}  // namespace gouache
