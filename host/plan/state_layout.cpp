// Where does each variable lie?
#include "host/plan/state_layout.h"

#include "host/graph/error.h"

namespace gouache {

const StateSlot& StateLayout::at(const std::string& name) const {
  const auto found = slots.find(name);
  if (found == slots.end()) throw Error(ErrorCode::internal, "state: there is no variable '" + name + "'");
  return found->second;
}

void StateLayout::add_block(const std::string& name, const std::vector<std::pair<std::string, TensorType>>& tensors,
                            const std::vector<std::string>& runs) {
  const auto block = static_cast<std::int32_t>(blocks.size());
  std::int64_t offset = 0;
  for (const std::string& run : runs)
    for (const auto& [tensor, type] : tensors) {
      if (!slots.emplace(run + tensor, StateSlot{block, offset, type}).second)
        throw Error(ErrorCode::internal, "state: variable '" + run + tensor + "' is laid out twice");
      offset += (type.bytes() + 255) / 256 * 256;
    }
  blocks.push_back({name, offset});
}

}  // namespace gouache
