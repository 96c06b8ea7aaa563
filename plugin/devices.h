// How does a context get its device, and what is said of devices?
#pragma once

#include <memory>
#include <string>

#include "gouache/gouache.h"
#include "host/vulkan/device.h"
#include "plugin/chain.h"

namespace gouache {

/// A device of our own by number or part of its name; Refusal that lists the devices when none matches.
std::unique_ptr<Device> open_device(const GouOwnDevice& wish, const ContextChain& chain);
/// The host's device; Refusal for what is missing or contradicts itself.
std::unique_ptr<Device> borrow_device(const GouVulkanHost& host, const ContextChain& chain);

/// Fills in what gouGetRequirements promises, from a checked struct.
void fill_requirements(VkInstance instance, VkPhysicalDevice device, PFN_vkGetInstanceProcAddr get_instance_proc_addr,
                       GouRequirements& requirements);

/// For gouListDevices and gouDescribeContext.
std::string devices_json();
std::string device_json(const Device& device);

}  // namespace gouache
