// Which tensors may share memory?  Largest first, each at the lowest place that no tensor living at the same time covers
// (greedy by size: Pisarchyk and Lee 2020, arXiv:2001.03288).
#include <algorithm>

#include "host/plan/draft.h"

namespace gouache {
namespace {

bool live_together(const DraftValue& a, const DraftValue& b, const PlanOptions& options) {
  if (!options.alias || a.forever || b.forever) return true;
  return a.first <= b.last && b.first <= a.last;
}

std::int64_t align(std::int64_t bytes, std::int64_t alignment) { return (bytes + alignment - 1) / alignment * alignment; }

}  // namespace

std::vector<std::int64_t> alias(Draft& draft, std::int64_t alignment, const PlanOptions& options) {
  std::vector<DraftValue*> order;
  for (DraftValue& value : draft.values)
    if (value.storage == Storage::arena && value.bundle < 0 && value.first >= 0) order.push_back(&value);
  std::stable_sort(order.begin(), order.end(), [](const DraftValue* a, const DraftValue* b) { return a->bytes > b->bytes; });

  std::vector<std::int64_t> blocks;
  std::vector<DraftValue*> placed;
  for (DraftValue* value : order) {
    const std::int64_t bytes = align(value->bytes, alignment);
    for (std::int32_t block = 0;; ++block) {
      std::vector<const DraftValue*> in_the_way;
      for (const DraftValue* other : placed)
        if (other->block == block && live_together(*value, *other, options)) in_the_way.push_back(other);
      std::sort(in_the_way.begin(), in_the_way.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
      std::int64_t offset = 0;
      for (const DraftValue* other : in_the_way) {
        if (offset + bytes <= other->offset) break;
        offset = std::max(offset, align(other->offset + other->bytes, alignment));
      }
      if (offset > 0 && offset + bytes > options.max_block_bytes) continue;
      if (static_cast<std::size_t>(block) == blocks.size()) blocks.push_back(0);
      value->block = block;
      value->offset = offset;
      blocks[static_cast<std::size_t>(block)] = std::max(blocks[static_cast<std::size_t>(block)], offset + bytes);
      break;
    }
    placed.push_back(value);
  }
  return blocks;
}

}  // namespace gouache
