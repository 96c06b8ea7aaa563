// How does a person read a plan?  One line a step, with its kernel row and its place in memory.
#include <cstdio>
#include <sstream>

#include "host/plan/plan.h"

namespace gouache {
namespace {

std::string mebibytes(std::int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", static_cast<double>(bytes) / (1 << 20));
  return text;
}

std::string place(const Plan& plan, std::int32_t index) {
  static const char* const kNames[] = {"arena", "state", "input", "output", "constant"};
  const Region& r = plan.regions[static_cast<std::size_t>(index)];
  std::string text = kNames[static_cast<int>(r.storage)];
  if (r.storage != Storage::arena || r.block != 0) text += " " + std::to_string(r.block);
  return text + " " + mebibytes(r.offset) + ".." + mebibytes(r.offset + r.bytes);
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 2), ' ');
  return text;
}

}  // namespace

std::string name_of(const Launch& launch) {
  if (launch.op == "elementwise") return to_text(launch.program);
  std::string program = to_text(launch.program);
  const bool prologue = launch.op == "reduce" || launch.op == "batch_norm_gradient";
  for (char& c : program)
    if (c == ' ') c = '+';
  if (launch.program.empty()) return launch.op;
  return prologue ? program + "+" + launch.op : launch.op + "+" + program;
}

std::string to_text(const Plan& plan) {
  std::ostringstream out;
  out << "plan  " << plan.name << "  " << plan.steps.size() << " steps, " << plan.commands.size() << " dispatches  arena "
      << mebibytes(plan.arena_bytes()) << " MiB (bound " << mebibytes(plan.lower_bound) << ")\n";
  std::vector<int> barriers(plan.steps.size(), 0);
  for (const Command& command : plan.commands) barriers[static_cast<std::size_t>(command.step)] |= command.barrier && command.dispatch == 0;
  std::string label;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (step.launch.label != label) out << "  " << (label = step.launch.label) << "\n";
    std::string shapes;
    for (const TensorType& t : step.launch.inputs) shapes += to_text(t.shape) + " ";
    shapes += "->";
    for (const TensorType& t : step.launch.outputs) shapes += " " + to_text(t.shape);
    const bool setup =
        plan.setup_commands > 0 && plan.commands[static_cast<std::size_t>(plan.setup_commands) - 1].step >= static_cast<std::int32_t>(i);
    out << (setup ? " s" : "  ") << (barriers[i] ? "|" : " ") << padded(std::to_string(i), 5) << padded(name_of(step.launch), 34)
        << padded(shapes + to_text(step.launch.attributes) + to_text(step.launch.band), 64) << padded(step.kernel.row, 40)
        << place(plan, step.outputs[0]) << "\n";
  }
  return out.str();
}

}  // namespace gouache
