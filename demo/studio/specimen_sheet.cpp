// How are specimens painted into an atlas, and drawn from it?
#include "demo/studio/specimen_sheet.h"

#include <algorithm>

namespace gouache::studio {

void SpecimenSheet::show(const std::shared_ptr<OpenModel>& model, std::vector<Specimen> specimens, std::uint32_t columns) {
  if (model == model_ && specimens == specimens_) return;
  model_ = model;
  specimens_ = std::move(specimens);
  if (!model || specimens_.empty()) return;
  PaintingWish wish;
  wish.count = static_cast<std::uint32_t>(specimens_.size());
  wish.columns = columns;
  for (const Specimen& specimen : specimens_) {
    wish.latents.insert(wish.latents.end(), specimen.latent.begin(), specimen.latent.end());
    if (model->shape.classes > 0) wish.labels.push_back(specimen.label);
  }
  painting_.paint(model, std::move(wish));
}

std::optional<std::uint32_t> SpecimenSheet::place(std::uint32_t index) const {
  if (!painting_.shown() || index >= specimens_.size()) return std::nullopt;
  const Specimen& wanted = specimens_[index];
  const PaintingWish& wish = painting_.wish();
  const auto holds = [&](std::uint32_t at) {
    const std::size_t size = wanted.latent.size(), from = at * size;
    return from + size <= wish.latents.size() && std::equal(wanted.latent.begin(), wanted.latent.end(), wish.latents.begin() + from) &&
           (wish.labels.empty() || wish.labels[at] == wanted.label);
  };
  if (holds(index)) return index;
  for (std::uint32_t at = 0; at < wish.count; ++at)
    if (holds(at)) return at;
  return std::nullopt;
}

void SpecimenSheet::draw(ImDrawList& list, std::uint32_t place, ImVec2 from, ImVec2 to, bool smooth) const {
  const Texture* texture = painting_.shown();
  if (!texture || place >= painting_.wish().count) return;
  auto [least, most] = painting_.cell(place);
  if (smooth) {  // half a pixel in, so that nothing of the neighbours is mixed in
    const float x = 0.5f / static_cast<float>(texture->width()), y = 0.5f / static_cast<float>(texture->height());
    least = {least.x + x, least.y + y};
    most = {most.x - x, most.y - y};
  }
  list.AddImage(texture->id({.nearest = !smooth}), from, to, least, most);
}

}  // namespace gouache::studio
