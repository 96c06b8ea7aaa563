// How long will a plan's dispatches take on a device that has not been measured?
#pragma once

#include "host/runtime/executable.h"

namespace gouache {

/// One time a command, from the operations and bytes that its kernel counts and what devices of this kind reach; careful: rather too long
/// than too short, as it decides how finely work is cut.
Profile guess_profile(const DeviceFacts& facts, const Plan& plan);

}  // namespace gouache
