// What does the planner ask of the kernels, and what do they answer?
#include "host/plan/catalog.h"

#include "host/graph/error.h"

namespace gouache {

std::string to_text(const Launch& launch) {
  std::string text = launch.op;
  for (const TensorType& t : launch.inputs) text += " " + to_text(t.shape);
  text += " ->";
  for (const TensorType& t : launch.outputs) text += " " + to_text(t.shape);
  text += to_text(launch.attributes);
  if (!launch.program.empty()) text += " with " + to_text(launch.program);
  return text + to_text(launch.band);
}

std::string to_text(const Band& band) {
  if (band.width == 0) return "";
  return " to columns " + std::to_string(band.first) + ".." + std::to_string(band.first + band.width - 1) + " of " +
         std::to_string(band.pitch);
}

std::int64_t Launch::written_bytes(std::size_t index) const {
  const std::int64_t own = outputs[index].bytes();
  return index == 0 && band.width > 0 ? own / band.width * band.pitch : own;
}

Kernel KernelCatalog::select(const Launch& launch) const {
  std::vector<Kernel> rows = candidates(launch);
  if (rows.empty()) throw Error(ErrorCode::unsupported, "no kernel on this device runs " + to_text(launch));
  return std::move(rows.front());
}

}  // namespace gouache
