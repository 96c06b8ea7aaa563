// What do the treasures, foods and vessels among the items look like?
#include "demo/data/sprites_items.h"

namespace gouache::data {
namespace {

void potion(Canvas& c, Dice& d) {
  const Ramp liquid = jewel(d);
  const Ramp glass = with_alpha(ramp({200, 0.12f, 0.92f}), 150);
  const int form = d.whole(0, 2), level = d.whole(14, 20);
  const Mask bottle = form == 0   ? ellipse(15.5f, 19.5f, 10.5f, 10.2f)
                      : form == 1 ? polygon({{13, 9}, {18, 9}, {19, 13}, {27, 29}, {25.4f, 30.6f}, {5.6f, 30.6f}, {4, 29}, {12, 13}})
                                  : round_box(7, 11, 24, 30, 3.6f);
  c.paint(bottle | box(13, 6, 18, 12), glass, Light::ball);
  const Mask inside = bottle & box(0, level, 31, 31);
  c.blend(inside, liquid, Light::ball);
  c.fill(inside & box(0, level, 31, level), liquid.shine);
  c.paint(round_box(11, 7, 20, 9, 1.2f), ramp({200, 0.14f, 0.84f}), Light::bevel);
  c.paint(round_box(13, 2, 18, 6, 1.2f), wood(d), Light::column);
  const Mask glint = form == 1 ? line({12, 18}, {9.4f, 24}, 1.7f) : line({10, 16}, {9, 21}, 1.9f);
  c.fill(glint & bottle, kWhite);
  c.fill(box(19, 24, 20, 25) | box(17, 27, 17, 27), liquid.shine);
}

void key(Canvas& c, Dice& d) {
  const Ramp tones = d.chance(0.5f) ? gold() : metal(d);
  const int bow = d.whole(0, 2);
  c.paint(line({11, 20}, {26, 5}, 3.4f), tones, Light::bevel);
  c.paint(line({23, 8}, {27, 12}, 3.0f) | line({18.4f, 12.6f}, {22, 16.4f}, 3.0f), tones, Light::bevel);
  c.blend(line({11, 20}, {26, 5}, 3.4f), tones, Light::bevel);
  const Mask head = bow == 0   ? ring(9.5f, 21.5f, 7.6f, 7.6f, 3.2f)
                    : bow == 1 ? polygon({{9.5f, 12}, {19, 21.5f}, {9.5f, 31}, {0.4f, 21.5f}}) -
                                     polygon({{9.5f, 17.5f}, {13.5f, 21.5f}, {9.5f, 25.5f}, {5.5f, 21.5f}})
                               : (ellipse(6.5f, 20.0f, 4.8f, 4.8f) | ellipse(11.0f, 24.5f, 4.8f, 4.8f)) - ellipse(6.5f, 20.0f, 1.8f, 1.8f) -
                                     ellipse(11.0f, 24.5f, 1.8f, 1.8f);
  c.paint(head, tones, Light::bevel);
}

void gem(Canvas& c, Dice& d) {
  const Ramp t = jewel(d);
  const int cut = d.whole(0, 2);
  if (cut == 0) {  // brilliant
    const Mask whole = polygon({{8, 5}, {23, 5}, {30.4f, 13}, {15.5f, 30.4f}, {0.6f, 13}});
    c.paint(whole, t, Light::flat);
    c.fill(polygon({{8, 5}, {0.6f, 13}, {9.5f, 13}}) | polygon({{8, 5}, {15.5f, 5}, {9.5f, 13}}), t.light);
    c.fill(polygon({{23, 5}, {30.4f, 13}, {21.5f, 13}}), t.dark);
    c.fill(polygon({{9.5f, 13}, {15.5f, 5}, {21.5f, 13}}), t.shine);
    c.fill(polygon({{0.6f, 13}, {9.5f, 13}, {15.5f, 30.4f}}), t.light);
    c.fill(polygon({{21.5f, 13}, {30.4f, 13}, {15.5f, 30.4f}}), t.dark);
  } else if (cut == 1) {  // emerald
    const Mask whole = polygon({{10, 1.5f}, {21, 1.5f}, {27, 8}, {27, 23}, {21, 29.5f}, {10, 29.5f}, {4, 23}, {4, 8}});
    c.paint(whole, t, Light::bevel);
    c.fill(polygon({{10, 1.5f}, {4, 8}, {4, 23}, {9, 20}, {9, 10}, {12, 7}, {19, 7}, {21, 1.5f}}), t.light);
    c.fill(polygon({{27, 8}, {27, 23}, {21, 29.5f}, {10, 29.5f}, {12, 24}, {19, 24}, {22, 21}, {22, 10}}), t.dark);
    c.fill(line({11, 14}, {15, 10}, 2.0f), t.shine);
  } else {  // crystal
    const Mask whole = polygon({{15.5f, 0.5f}, {24, 9}, {22, 25}, {15.5f, 30.6f}, {9, 25}, {7, 9}});
    c.paint(whole, t, Light::flat);
    c.fill(polygon({{15.5f, 0.5f}, {7, 9}, {9, 25}, {13, 11}}), t.light);
    c.fill(polygon({{15.5f, 0.5f}, {24, 9}, {22, 25}, {15.5f, 30.6f}, {18, 12}}), t.dark);
    c.fill(line({11, 10}, {11.4f, 17}, 1.9f), t.shine);
  }
}

void coin(Canvas& c, Dice& d) {
  const Ramp t = d.chance(0.6f) ? gold() : d.chance(0.5f) ? steel() : ramp({24, 0.62f, 0.78f});
  c.paint(ellipse(15.5f, 15.5f, 13.6f, 13.6f), t, Light::ball);
  c.fill(ring(15.5f, 15.5f, 11.2f, 11.2f, 1.5f), t.dark);
  const int sign = d.whole(0, 3);
  const Mask relief =
      sign == 0
          ? polygon(
                {{15.5f, 7}, {18, 13}, {24, 13.4f}, {19, 17.4f}, {21, 23.6f}, {15.5f, 20}, {10, 23.6f}, {12, 17.4f}, {7, 13.4f}, {13, 13}})
      : sign == 1 ? polygon({{8.6f, 22}, {8, 10}, {12, 14}, {15.5f, 8}, {19, 14}, {23, 10}, {22.4f, 22}})
      : sign == 2 ? box(13, 9, 18, 22)
                  : ellipse(15.5f, 15.5f, 5.6f, 6.6f) - ellipse(18.4f, 13.4f, 5.0f, 5.4f);
  c.fill(relief.shifted(1, 1), t.dark);
  c.fill(relief, t.shine);
}

void scroll(Canvas& c, Dice& d) {
  const Ramp paper = parchment(), seal = cloth(d);
  c.paint(polygon({{7, 6}, {25, 6}, {24, 26}, {6, 26}}), paper, Light::column);
  for (int y = 10; y <= 20; y += 3) c.fill(box(10, y, d.whole(15, 21), y), paper.dark);
  const Mask roll = round_box(3, 2, 28, 7, 2.6f);
  for (const Mask& r : {roll, roll.shifted(0, 22)}) {
    c.paint(r, paper, Light::slope);
    c.paint(r & (box(2, 0, 4, 31) | box(27, 0, 29, 31)), seal, Light::slope);
  }
  if (d.chance(0.6f)) c.paint(ellipse(21.0f, 20.6f, 2.8f, 2.8f), seal, Light::ball);
}

void book(Canvas& c, Dice& d) {
  const Ramp cover = cloth(d), trim = d.chance(0.6f) ? gold() : metal(d);
  c.paint(round_box(5, 3, 26, 30, 2.0f), cover, Light::bevel);
  c.paint(box(8, 26, 25, 28), parchment(), Light::slope);
  c.paint(round_box(5, 2, 26, 26, 2.0f), cover, Light::bevel);
  c.blend(box(5, 4, 8, 25), cover, Light::column);
  c.fill(box(9, 3, 9, 25), cover.edge);
  c.paint(polygon({{22, 2}, {26.6f, 2}, {26.6f, 7}}) | polygon({{22, 27}, {26.6f, 27}, {26.6f, 21}}), trim, Light::bevel);
  const int sign = d.whole(0, 2);
  const Mask emblem = sign == 0   ? polygon({{17.5f, 7}, {22.6f, 14.5f}, {17.5f, 22}, {12.4f, 14.5f}})
                      : sign == 1 ? ring(17.5f, 14.0f, 5.2f, 5.2f, 2.2f)
                                  : (box(16, 7, 18, 21) | box(12, 10, 22, 12));
  c.paint(emblem, trim, Light::bevel);
}

void mushroom(Canvas& c, Dice& d) {
  const Ramp cap = ramp(d.pick<Hsv>({{356, 0.76f, 0.84f}, {24, 0.62f, 0.66f}, {272, 0.50f, 0.70f}, {200, 0.60f, 0.80f}})),
             stem = ramp({40, 0.16f, 0.94f});
  c.paint(polygon({{11, 15}, {20, 15}, {20, 24}, {22, 30.6f}, {9, 30.6f}, {11, 24}}), stem, Light::column);
  c.paint(ellipse(15.5f, 17.0f, 9.0f, 2.6f), ramp({36, 0.30f, 0.74f}), Light::flat);
  c.paint((ellipse(15.5f, 17.0f, 14.2f, 14.8f) & box(0, 0, 31, 16)) - ellipse(15.5f, 19.0f, 9.0f, 3.0f), cap, Light::ball);
  if (d.chance(0.75f)) {
    c.fill(ellipse(11.0f, 8.0f, 2.6f, 2.4f) | ellipse(19.5f, 6.5f, 1.9f, 1.9f) | ellipse(23.5f, 12.0f, 2.3f, 2.0f) |
               ellipse(15.6f, 12.6f, 1.8f, 1.5f) | ellipse(5.8f, 13.4f, 1.6f, 1.6f),
           kWhite);
  }
}

void apple(Canvas& c, Dice& d) {
  const Ramp fruit = ramp(d.pick<Hsv>({{356, 0.78f, 0.86f}, {92, 0.60f, 0.78f}, {44, 0.70f, 0.92f}, {286, 0.46f, 0.62f}}));
  c.paint(
      (ellipse(10.8f, 19.0f, 8.8f, 10.4f) | ellipse(20.2f, 19.0f, 8.8f, 10.4f) | box(10, 12, 20, 29)) - ellipse(15.5f, 8.6f, 3.2f, 2.2f),
      fruit, Light::ball);
  c.fill(line({8, 16}, {7.4f, 20}, 2.2f), fruit.shine);
  c.paint(line({15.5f, 11}, {17.6f, 3}, 2.0f), ramp({22, 0.60f, 0.44f}), Light::flat);
  if (d.chance(0.8f)) c.paint(polygon({{17, 7}, {20, 3}, {27, 2}, {25.6f, 7}, {21, 9}}), ramp({110, 0.60f, 0.66f}), Light::ball);
}

void heart(Canvas& c, Dice& d) {
  const Ramp t = d.chance(0.6f) ? ramp({352, 0.80f, 0.90f}) : jewel(d);
  const Mask whole =
      ellipse(9.2f, 10.6f, 7.8f, 7.6f) | ellipse(21.8f, 10.6f, 7.8f, 7.6f) | polygon({{1.8f, 13}, {15.5f, 9}, {29.2f, 13}, {15.5f, 30.4f}});
  c.paint(whole, t, Light::ball);
  c.fill(line({6.4f, 10.6f}, {9, 7.4f}, 2.6f), t.shine);
  if (d.chance(0.35f)) {
    c.paint(box(2, 14, 29, 16), gold(), Light::column);
    c.paint(round_box(13, 12, 18, 18, 1.4f), gold(), Light::bevel);
  }
}

void chest(Canvas& c, Dice& d) {
  const Ramp planks = wood(d), bands = d.chance(0.5f) ? gold() : metal(d);
  const bool open = d.chance(0.4f);
  if (open) {
    c.paint(round_box(3, 2, 28, 12, 4.0f), planks, Light::slope);
    c.fill(round_box(5, 4, 26, 13, 3.0f), planks.edge);
    c.paint(ellipse(15.5f, 14.6f, 10.6f, 4.6f), gold(), Light::ball);
    c.fill(box(9, 12, 10, 12) | box(14, 11, 15, 11) | box(20, 12, 21, 12), gold().shine);
    c.fill(box(18, 13, 19, 14), jewel(d).mid);
  } else {
    c.paint(round_box(3, 5, 28, 16, 4.6f), planks, Light::slope);
  }
  c.paint(round_box(2, 15, 29, 29, 1.0f), planks, Light::bevel);
  c.fill(box(3, 20, 28, 20) | box(3, 25, 28, 25), planks.dark);
  const int top = open ? 15 : 6;
  for (const Mask& band : {box(5, top, 7, 29), box(24, top, 26, 29)}) c.paint(band, bands, Light::column);
  c.paint(round_box(13, 15, 18, 21, 1.4f), bands, Light::bevel);
  c.fill(box(15, 17, 16, 19), kInk);
}

void finger_ring(Canvas& c, Dice& d) {
  const Ramp band = d.chance(0.6f) ? gold() : metal(d), stone = jewel(d);
  c.paint(ring(15.5f, 20.0f, 10.4f, 10.4f, 3.4f), band, Light::bevel);
  const int cut = d.whole(0, 2);
  const Mask gem = cut == 0   ? ellipse(15.5f, 7.0f, 5.8f, 5.8f)
                   : cut == 1 ? polygon({{15.5f, 0.6f}, {22.4f, 7}, {15.5f, 14}, {8.6f, 7}})
                              : round_box(10, 2, 21, 11, 1.4f);
  c.paint(gem, stone, Light::ball);
  c.fill(ellipse(13.4f, 5.4f, 1.5f, 1.5f), stone.shine);
}

void crown(Canvas& c, Dice& d) {
  const Ramp t = d.chance(0.7f) ? gold() : metal(d), stone = jewel(d);
  c.paint(polygon({{4, 28}, {1.6f, 9}, {9, 16}, {15.5f, 4}, {22, 16}, {29.4f, 9}, {27, 28}}), t, Light::column);
  for (const Mask& ball : {ellipse(2.6f, 8.6f, 2.1f, 2.1f), ellipse(15.5f, 4.0f, 2.6f, 2.6f), ellipse(28.4f, 8.6f, 2.1f, 2.1f)})
    c.paint(ball, stone, Light::ball);
  c.fill(box(4, 23, 27, 23), t.dark);
  c.blend(box(4, 24, 27, 27), t, Light::column);
  c.paint(polygon({{15.5f, 15}, {19.4f, 20}, {15.5f, 25}, {11.6f, 20}}), stone, Light::ball);
  c.fill(both(box(7, 25, 8, 26)), stone.light);
}

void bomb(Canvas& c, Dice& d) {
  const Ramp shell = ramp(d.pick<Hsv>({{240, 0.24f, 0.40f}, {240, 0.24f, 0.40f}, {356, 0.62f, 0.66f}, {210, 0.52f, 0.58f}}));
  c.paint(line({19, 9}, {24, 4}, 1.9f), parchment(), Light::flat);
  c.paint(ellipse(14.0f, 18.5f, 11.6f, 11.6f), shell, Light::ball);
  c.paint(polygon({{18, 6}, {23.5f, 11.5f}, {20.6f, 14}, {15.4f, 8.8f}}), steel(), Light::bevel);
  c.fill(ellipse(9.6f, 14.0f, 2.3f, 2.3f), shell.shine);
  c.paint(polygon({{25, 0.4f}, {26.5f, 3}, {30.4f, 2}, {28, 5}, {30, 8}, {26.5f, 6.6f}, {24, 9}, {24, 5.6f}, {21, 3.6f}, {24, 3.4f}}),
          ramp({42, 0.80f, 1.0f}), Light::flat);
}

constexpr SpriteKind kItems[] = {
    {"sword", 2, sword},   {"axe", 1, axe},       {"hammer", 1, hammer},    {"bow", 1, bow},           {"staff", 1, staff},
    {"shield", 2, shield}, {"torch", 1, torch},   {"potion", 2, potion},    {"key", 1, key},           {"gem", 2, gem},
    {"coin", 1, coin},     {"scroll", 1, scroll}, {"book", 1, book},        {"mushroom", 1, mushroom}, {"apple", 1, apple},
    {"heart", 1, heart},   {"chest", 1, chest},   {"ring", 1, finger_ring}, {"crown", 1, crown},       {"bomb", 1, bomb},
};

}  // namespace

std::span<const SpriteKind> items() { return kItems; }

}  // namespace gouache::data
