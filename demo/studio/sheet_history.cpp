// What did the samples look like earlier, in a bounded amount of memory?
#include "demo/studio/sheet_history.h"

#include <algorithm>
#include <utility>

#include "demo/studio/run_folder.h"

namespace gouache::studio {

void SheetHistory::add(Sheet sheet) {
  while (!sheets_.empty() && sheets_.back().step >= sheet.step) sheets_.pop_back();
  const std::size_t most = most_bytes_ / std::max<std::size_t>(sheet.pixels->size(), 1);
  sheets_.push_back(std::move(sheet));
  if (sheets_.size() <= std::max<std::size_t>(most, 3)) return;
  std::vector<std::uint64_t> steps;
  for (const Sheet& kept : sheets_) steps.push_back(kept.step);
  const std::vector<std::size_t> gone = superfluous(steps, most, false);
  for (auto at = gone.rbegin(); at != gone.rend(); ++at) sheets_.erase(sheets_.begin() + static_cast<std::ptrdiff_t>(*at));
}

void SheetHistory::cut(std::uint64_t step) {
  while (!sheets_.empty() && sheets_.back().step > step) sheets_.pop_back();
}

std::size_t SheetHistory::before(std::uint64_t step) const {
  const auto after = std::ranges::upper_bound(sheets_, step, {}, &Sheet::step);
  return after == sheets_.begin() ? sheets_.size() : static_cast<std::size_t>(after - sheets_.begin()) - 1;
}

}  // namespace gouache::studio
