// Which colours is the world of the sprites made of?
#include "demo/data/sprites.h"

namespace gouache::data {
namespace {

constexpr Hsv kSkins[] = {{24, 0.30f, 0.98f}, {26, 0.38f, 0.92f}, {24, 0.46f, 0.80f}, {22, 0.52f, 0.62f}, {20, 0.54f, 0.52f}};
constexpr Hsv kHairs[] = {{24, 0.62f, 0.42f},  {34, 0.66f, 0.66f},  {46, 0.60f, 0.92f}, {14, 0.76f, 0.72f},
                          {260, 0.22f, 0.28f}, {215, 0.08f, 0.82f}, {190, 0.50f, 0.66f}};
constexpr Hsv kCloths[] = {{356, 0.74f, 0.78f}, {22, 0.78f, 0.86f},  {45, 0.76f, 0.88f},  {100, 0.56f, 0.62f},
                           {150, 0.62f, 0.55f}, {182, 0.62f, 0.66f}, {210, 0.66f, 0.80f}, {232, 0.62f, 0.68f},
                           {272, 0.52f, 0.66f}, {318, 0.54f, 0.74f}, {30, 0.50f, 0.52f},  {40, 0.10f, 0.86f}};
constexpr Hsv kLeathers[] = {{24, 0.58f, 0.52f}, {18, 0.56f, 0.42f}, {30, 0.52f, 0.62f}, {250, 0.18f, 0.36f}};
constexpr Hsv kWoods[] = {{28, 0.58f, 0.58f}, {22, 0.60f, 0.48f}, {34, 0.54f, 0.68f}};
constexpr Hsv kMetals[] = {{216, 0.14f, 0.76f}, {216, 0.14f, 0.76f}, {30, 0.56f, 0.72f}, {240, 0.16f, 0.46f}, {205, 0.34f, 0.74f}};
constexpr Hsv kJewels[] = {{352, 0.80f, 0.90f}, {30, 0.84f, 0.96f},  {132, 0.68f, 0.76f}, {176, 0.66f, 0.84f},
                           {212, 0.74f, 0.94f}, {276, 0.62f, 0.86f}, {322, 0.62f, 0.94f}};

Ramp dyed(Dice& dice, Hsv base) {
  base.h += dice.between(-5.0f, 5.0f);
  return ramp(base);
}

}  // namespace

Ramp skin(Dice& dice) { return ramp(dice.pick(kSkins)); }
Ramp hair(Dice& dice) { return ramp(dice.pick(kHairs)); }
Ramp cloth(Dice& dice) { return dyed(dice, dice.pick(kCloths)); }
Ramp leather(Dice& dice) { return ramp(dice.pick(kLeathers)); }
Ramp wood(Dice& dice) { return ramp(dice.pick(kWoods)); }
Ramp metal(Dice& dice) { return ramp(dice.pick(kMetals)); }
Ramp gold() { return ramp({44, 0.74f, 0.92f}); }
Ramp steel() { return ramp({216, 0.14f, 0.76f}); }
Ramp bone() { return ramp({44, 0.14f, 0.90f}); }
Ramp parchment() { return ramp({40, 0.30f, 0.90f}); }
Ramp jewel(Dice& dice) { return dyed(dice, dice.pick(kJewels)); }

}  // namespace gouache::data
