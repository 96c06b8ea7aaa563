// What do the arms among the items look like?  Weapons lie on the diagonal, grip lower left, tip upper right, as in every inventory.
#include "demo/data/sprites_items.h"

namespace gouache::data {
namespace {

// The part of a mask on the upper left (sign -1) or lower right (sign 1) side of the diagonal.
Mask side(const Mask& mask, int sign) {
  Mask half;
  for (int y = 0; y < kCell; y++)
    for (int x = 0; x < kCell; x++)
      if (mask.at(x, y) && (x + y - 31) * sign > 0) half.set(x, y);
  return half;
}

// The mirror image on the other side of the diagonal.
Mask across(const Mask& mask) {
  Mask image;
  for (int y = 0; y < kCell; y++)
    for (int x = 0; x < kCell; x++)
      if (mask.at(31 - y, 31 - x)) image.set(x, y);
  return image;
}

// A bar along the diagonal from x = from to x = to, `reach` pixels to each side; its upper left side is in the light.
void diagonal_bar(Canvas& c, float from, float to, float reach, const Ramp& tones) {
  const Mask bar = line({from, 31.0f - from}, {to, 31.0f - to}, 2.0f * reach);
  c.paint(bar, tones, Light::flat);
  c.fill(side(bar, -1), tones.light);
  c.fill(side(bar, 1), tones.dark);
}

}  // namespace

void sword(Canvas& c, Dice& d) {
  const Ramp blade = metal(d), hilt = d.chance(0.6f) ? gold() : metal(d), grip = leather(d);
  const float broad = d.pick({2.6f, 3.2f, 4.2f});
  diagonal_bar(c, 3.5f, 9.0f, 1.5f, grip);
  const float k = broad * 0.7071f;
  const Mask body = polygon({{9.5f - k, 21.5f - k}, {25.5f - k, 5.5f - k}, {30, 1}, {25.5f + k, 5.5f + k}, {9.5f + k, 21.5f + k}});
  c.paint(body, blade, Light::flat);
  c.fill(side(body, -1), blade.light);
  c.fill(side(body, 1), blade.dark);
  c.fill(line({12, 19}, {24, 7}, 0.9f), blade.shine);
  const int guard = d.whole(0, 2);
  const float g = guard == 0 ? 4.2f : 5.2f;
  c.paint(line({10 - g, 21 - g}, {10 + g, 21 + g}, 3.0f), hilt, Light::bevel);
  if (guard == 2) c.paint(ellipse(10.0f, 21.0f, 1.9f, 1.9f), jewel(d), Light::ball);
  c.paint(ellipse(3.6f, 27.4f, 2.2f, 2.2f), hilt, Light::ball);
}

void axe(Canvas& c, Dice& d) {
  const Ramp head = metal(d), shaft = wood(d);
  diagonal_bar(c, 3.0f, 26.0f, 1.6f, shaft);
  const Mask blade = polygon({{19.4f, 10.2f},
                              {17.4f, 6.6f},
                              {18.2f, 1.4f},
                              {13.6f, 1.2f},
                              {8.8f, 3.6f},
                              {5.4f, 8.6f},
                              {5.2f, 13.6f},
                              {11.0f, 12.6f},
                              {15.2f, 14.4f}});
  const Mask keen = blade & polygon({{-4, -4}, {24, -4}, {-4, 24}});
  if (d.chance(0.45f)) {
    c.paint(across(blade), head, Light::flat);
    c.fill(across(keen), head.light);
    c.fill(
        side(across(blade - keen), 1) & polygon({{31, 8}, {31, 31}, {8, 31}, {12, 20}}) & polygon({{40, 5}, {5, 40}, {-6, 29}, {29, -6}}),
        head.dark);
  }
  c.paint(blade, head, Light::flat);
  c.fill(keen, head.shine);
  c.fill(blade & polygon({{30, -6}, {36, 0}, {0, 36}, {-6, 30}}), head.dark);
  diagonal_bar(c, 14.0f, 24.0f, 1.6f, shaft);
}

void hammer(Canvas& c, Dice& d) {
  const Ramp head = metal(d), shaft = wood(d);
  diagonal_bar(c, 3.5f, 22.0f, 1.7f, shaft);
  const Mask block = polygon({{11.5f, 7.5f}, {17.5f, 1.5f}, {29.5f, 13.5f}, {23.5f, 19.5f}});
  c.paint(block, head, Light::bevel);
  c.blend(polygon({{11.5f, 7.5f}, {17.5f, 1.5f}, {20, 4}, {14, 10}}), head, Light::flat);
  c.fill(polygon({{12.5f, 7.5f}, {17.5f, 2.5f}, {19, 4}, {14, 9}}), head.light);
  c.fill(line({20, 5}, {27, 12}, 1.0f), head.light);
  c.fill(line({16.6f, 10}, {22.6f, 16}, 2.0f), head.dark);
  if (d.chance(0.5f)) c.paint(line({17.6f, 10.4f}, {20.4f, 7.6f}, 3.2f), gold(), Light::bevel);
}

void bow(Canvas& c, Dice& d) {
  const Ramp limb = wood(d);
  c.fill(line({7, 3}, {28, 24}, 1.0f), kWhite);
  c.paint(ring(23.0f, 8.0f, 18.2f, 18.2f, 3.4f) & polygon({{4, 0}, {31, 27}, {31, 40}, {-9, 40}, {-9, 0}}), limb, Light::bevel);
  c.paint(line({10.2f, 18.4f}, {12.6f, 20.8f}, 4.2f), leather(d), Light::bevel);
  if (d.chance(0.6f)) {
    const Ramp head = metal(d);
    c.paint(line({5, 26}, {24, 7}, 1.3f), wood(d), Light::flat);
    c.paint(polygon({{0.6f, 30.4f}, {2, 23.6f}, {7.4f, 29}}), head, Light::bevel);
    c.paint(line({21, 7.4f}, {24.6f, 3.4f}, 1.8f) | line({23.6f, 10.4f}, {27.6f, 6.4f}, 1.8f), cloth(d), Light::flat);
  }
}

void staff(Canvas& c, Dice& d) {
  const Ramp shaft = wood(d), orb = jewel(d), claw = d.chance(0.5f) ? gold() : metal(d);
  diagonal_bar(c, 3.0f, 20.0f, 1.6f, shaft);
  const int style = d.whole(0, 2);
  if (style == 1) c.paint(ring(22.5f, 8.5f, 7.6f, 7.6f, 2.4f) - polygon({{23, 8}, {34, 5}, {26, -4}}), claw, Light::bevel);
  if (style == 2) c.paint(polygon({{15, 12}, {17.5f, 4}, {20, 8}}) | polygon({{19, 16}, {27, 13.5f}, {23, 11}}), claw, Light::bevel);
  c.paint(line({15.6f, 13.2f}, {17.8f, 15.4f}, 3.6f), claw, Light::bevel);
  const float r = style == 1 ? 4.0f : 5.4f;
  c.paint(ellipse(22.5f, 8.5f, r, r), orb, Light::ball);
  c.fill(ellipse(20.8f, 6.6f, 1.5f, 1.5f), orb.shine);
}

void shield(Canvas& c, Dice& d) {
  const Ramp rim = d.chance(0.4f) ? gold() : metal(d), field = cloth(d), second = cloth(d);
  const int form = d.whole(0, 2), sign = d.whole(0, 3);
  const auto shape = [&](float s) {
    if (form == 0) return ellipse(15.5f, 15.5f, 13.6f - s, 13.6f - s);
    if (form == 1)
      return polygon(
          {{3 + s, 2 + s}, {28 - s, 2 + s}, {28 - s, 15}, {24.5f - s, 23}, {15.5f, 30.4f - 1.3f * s}, {6.5f + s, 23}, {3 + s, 15}});
    return polygon({{3 + s, 4 + s},
                    {9, 4.6f + s},
                    {15.5f, 1 + s},
                    {22, 4.6f + s},
                    {28 - s, 4 + s},
                    {27.4f - s, 18},
                    {22, 26 - s},
                    {15.5f, 30.4f - s},
                    {9, 26 - s},
                    {3.6f + s, 18}});
  };
  c.paint(shape(0.0f), rim, Light::bevel);
  c.paint(shape(3.0f), field, Light::ball);
  const Mask inner = shape(3.0f);
  if (sign == 0) c.blend(inner & (box(14, 0, 17, 31) | box(0, 13, 31, 16)), second, Light::ball);
  if (sign == 1) c.blend(inner & box(16, 0, 31, 31), second, Light::column);
  if (sign == 2) c.blend(inner & line({4, 6}, {28, 26}, 6.0f), second, Light::ball);
  if (sign == 3) c.blend(inner & polygon({{2, 12}, {15.5f, 22}, {29, 12}, {29, 18}, {15.5f, 28}, {2, 18}}), second, Light::ball);
  c.paint(ellipse(15.5f, 14.5f, 3.4f, 3.4f), rim, Light::ball);
}

void torch(Canvas& c, Dice& d) {
  const Ramp fire = d.chance(0.75f) ? ramp({16, 0.86f, 0.94f}) : ramp({206, 0.72f, 0.92f});
  const Ramp core = fire.mid.r > fire.mid.b ? ramp({46, 0.74f, 1.0f}) : ramp({180, 0.36f, 1.0f});
  c.paint(polygon({{13, 16}, {18, 16}, {17, 30}, {14, 30}}), wood(d), Light::column);
  c.paint(round_box(11, 16, 20, 19, 1.2f), metal(d), Light::column);
  const float lean = d.between(-1.5f, 1.5f);
  c.paint(polygon({{15.5f + lean, 0.6f}, {19.5f, 5}, {21.6f, 10}, {20, 15.6f}, {11, 15.6f}, {9.4f, 10}, {11.6f, 7}, {13, 4}}), fire,
          Light::flat);
  c.blend(polygon({{15.5f + lean, 4.6f}, {18.8f, 10}, {18, 15.6f}, {13, 15.6f}, {12.2f, 10.6f}}), core, Light::flat);
  c.fill(ellipse(15.5f, 13.4f, 1.6f, 2.4f), core.shine);
}

}  // namespace gouache::data
