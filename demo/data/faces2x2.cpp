// What does the smallest training set look like?  Slanted faces after L. Serrano, "A friendly introduction to GANs".
#include <algorithm>
#include <array>
#include <cmath>

#include "demo/data/dice.h"
#include "demo/data/gathering.h"
#include "host/graph/error.h"

namespace gouache::data {

/// A face has its upper left and lower right pixels high (0.75 to 1) and the other two low (0 to 0.25).
Images load_faces2x2(const std::string& rest, const Wanted& wanted) {
  if (!rest.empty()) throw Error("builtin:faces2x2 has no parts, but ':" + rest + "' was asked for");
  constexpr uint32_t kDefaultCount = 1024;
  Wanted tiny = wanted;
  tiny.size = 2;
  Gathering images(tiny, wanted.count ? wanted.count : kDefaultCount, wanted.channels ? wanted.channels : 1);
  for (uint32_t i = 0; i < images.count(); i++) {
    Dice dice(wanted.seed, i);
    std::array<uint8_t, 4> face;
    for (size_t p = 0; p < 4; p++) {
      const float value = (p == 0 || p == 3) ? dice.between(0.75f, 1.0f) : dice.between(0.0f, 0.25f);
      face[p] = static_cast<uint8_t>(std::lround(255.0f * value));
    }
    images.add(i, {face, 2, 2, 1});
  }
  return images.take();
}

}  // namespace gouache::data
