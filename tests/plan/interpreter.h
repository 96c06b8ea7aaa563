// What would a device make of a plan?  Runs the steps of a plan on the CPU, over the same bytes, by the definitions of the ops.
#pragma once

#include <map>
#include <string>

#include "host/plan/plan.h"

namespace gouache::test {

/// Variables and inputs by name in; variables and outputs by name out.
std::map<std::string, Array> interpret(const Plan& plan, const StateLayout& state, const std::map<std::string, Array>& feeds);

}  // namespace gouache::test
