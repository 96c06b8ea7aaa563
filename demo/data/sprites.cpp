// How is image i of "builtin:sprites" made from the seed?
#include "demo/data/sprites.h"

#include <algorithm>
#include <numeric>

#include "demo/data/gathering.h"
#include "demo/data/source.h"
#include "host/graph/error.h"

namespace gouache::data {
namespace {

constexpr uint32_t kDefaultCount = 4096;

// The kinds that a request names: everything, "characters", "items", or kinds joined by '+' ("knight+mage+potion").
std::vector<SpriteKind> kinds_of(const std::string& names) {
  std::vector<SpriteKind> all(characters().begin(), characters().end());
  if (names == "characters") return all;
  const size_t people = all.size();
  all.insert(all.end(), items().begin(), items().end());
  if (names == "items") return {all.begin() + static_cast<std::ptrdiff_t>(people), all.end()};
  if (names.empty()) return all;
  std::vector<SpriteKind> chosen;
  for (size_t begin = 0; begin <= names.size();) {
    const size_t end = std::min(names.find('+', begin), names.size());
    const std::string name = names.substr(begin, end - begin);
    const auto found = std::find_if(all.begin(), all.end(), [&](const SpriteKind& kind) { return name == kind.name; });
    if (found == all.end()) {
      std::string known;
      for (const SpriteKind& kind : all) known += std::string(" ") + kind.name;
      throw Error("builtin:sprites: there is no kind '" + name +
                  "'; expected 'characters', 'items', or kinds joined by '+' out of:" + known);
    }
    chosen.push_back(*found);
    begin = end + 1;
  }
  return chosen;
}

}  // namespace

Images load_sprites(const std::string& rest, const Wanted& wanted) {
  const std::vector<SpriteKind> kinds = kinds_of(rest);
  const int weight = std::accumulate(kinds.begin(), kinds.end(), 0, [](int sum, const SpriteKind& kind) { return sum + kind.weight; });
  Gathering images(wanted, wanted.count ? wanted.count : kDefaultCount, wanted.channels ? wanted.channels : 4);
  for (uint32_t i = 0; i < images.count(); i++) {
    Dice dice(wanted.seed, i);
    uint32_t kind = 0;
    for (int ticket = dice.whole(0, weight - 1); ticket >= kinds[kind].weight; kind++) ticket -= kinds[kind].weight;
    Canvas canvas;
    kinds[kind].draw(canvas, dice);
    canvas.outline();
    std::array<uint8_t, kCell * kCell * 4> rgba;
    for (int y = 0, at = 0; y < kCell; y++)
      for (int x = 0; x < kCell; x++)
        for (const uint8_t byte : {canvas.at(x, y).r, canvas.at(x, y).g, canvas.at(x, y).b, canvas.at(x, y).a})
          rgba[static_cast<size_t>(at++)] = byte;
    images.add(i, {rgba, kCell, kCell, 4}, kind);
  }
  for (const SpriteKind& kind : kinds) images.name_label(kind.name);
  return images.take();
}

}  // namespace gouache::data
