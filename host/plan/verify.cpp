// Is a plan right?  Every pair of dispatches that touches the same bytes is separated by a barrier, and every byte read is the one
// that its own tensor's writer left there. Written apart from the scheduler, so that one does not repeat the other's mistake.
#include <algorithm>

#include "host/plan/plan.h"

namespace gouache {
namespace {

struct Access {
  std::int32_t region;
  bool reads, writes;
};

std::vector<Access> accesses(const Plan& plan, const Command& command) {
  std::vector<Access> result;
  const Step& step = plan.steps[static_cast<std::size_t>(command.step)];
  for (const Binding& binding : step.kernel.dispatches[static_cast<std::size_t>(command.dispatch)].bindings)
    if (const std::int32_t region = region_of(step, binding.operand); region >= 0)
      result.push_back({region, binding.reads, binding.writes});
  return result;
}

std::string name_of(const Plan& plan, std::size_t command) {
  const Command& c = plan.commands[command];
  return "command " + std::to_string(command) + " (" + plan.steps[static_cast<std::size_t>(c.step)].launch.op + ")";
}

/// The region that `index` is a part of, at last.
std::int32_t outermost(const Plan& plan, std::int32_t index) {
  while (plan.regions[static_cast<std::size_t>(index)].parent >= 0) index = plan.regions[static_cast<std::size_t>(index)].parent;
  return index;
}

/// Whether bytes written as region `a` may be read as region `b`: the same tensor, or parts of one. State is never aliased.
bool same_tensor(const Plan& plan, std::int32_t a, std::int32_t b) {
  return plan.regions[static_cast<std::size_t>(a)].storage == Storage::state || outermost(plan, a) == outermost(plan, b);
}

}  // namespace

std::vector<std::string> verify(const Plan& plan) {
  std::vector<std::string> complaints;
  std::vector<std::vector<Access>> all;
  for (const Command& command : plan.commands) all.push_back(accesses(plan, command));
  const auto region = [&](const Access& a) -> const Region& { return plan.regions[static_cast<std::size_t>(a.region)]; };

  for (std::size_t later = 0; later < all.size(); ++later) {
    bool separated = plan.commands[later].barrier;
    for (std::size_t i = later; i-- > 0;) {
      const std::size_t earlier = i;
      if (separated) break;
      for (const Access& a : all[earlier])
        for (const Access& b : all[later]) {
          if (!region(a).overlaps(region(b)) || (!a.writes && !b.writes)) continue;
          const char* kind = a.writes ? (b.reads ? "read after write" : "write after write") : "write after read";
          complaints.push_back(name_of(plan, later) + ": " + kind + " of " + name_of(plan, earlier) + " without a barrier");
        }
      separated = plan.commands[earlier].barrier;
    }
  }

  for (std::size_t reader = 0; reader < all.size(); ++reader)
    for (const Access& read : all[reader]) {
      if (!read.reads || region(read).storage != Storage::arena) continue;
      bool found = false;
      for (std::size_t i = reader; i-- > 0 && !found;)
        for (const Access& write : all[i]) {
          if (!write.writes || !region(write).overlaps(region(read))) continue;
          found = true;
          if (!same_tensor(plan, write.region, read.region))
            complaints.push_back(name_of(plan, reader) + ": reads bytes that " + name_of(plan, i) + " overwrote with another tensor");
        }
      if (!found && !read.writes) complaints.push_back(name_of(plan, reader) + ": reads bytes that no command wrote");
    }

  // What setup computes for the runs must outlive every one of them.
  const auto setup = static_cast<std::size_t>(plan.setup_commands);
  for (std::size_t s = 0; s < setup; ++s)
    for (const Access& kept : all[s]) {
      if (!kept.writes) continue;
      const auto in_run = [&](const auto& what) {
        for (std::size_t i = setup; i < all.size(); ++i)
          for (const Access& access : all[i]) what(i, access);
      };
      bool read = false;
      in_run([&](std::size_t, const Access& access) {
        read |= access.reads && outermost(plan, access.region) == outermost(plan, kept.region);
      });
      in_run([&](std::size_t i, const Access& access) {
        if (read && access.writes && region(access).overlaps(region(kept)))
          complaints.push_back(name_of(plan, i) + ": overwrites what setup " + name_of(plan, s) + " made");
      });
    }
  return complaints;
}

}  // namespace gouache
