// How are the parts of a character drawn, from boots to hats?
#include "demo/data/sprites.h"

namespace gouache::data {

Look look(Dice& d) { return {skin(d), hair(d), cloth(d), cloth(d), leather(d), leather(d), metal(d)}; }

void draw_legs(Canvas& c, const Ramp& trousers, const Ramp& boots) {
  for (const Mask& leg : {box(11, 23, 14, 27), box(17, 23, 20, 27)}) c.paint(leg, trousers, Light::column);
  for (const Mask& boot : {round_box(10, 27, 14, 30, 1.2f), round_box(17, 27, 21, 30, 1.2f)}) c.paint(boot, boots, Light::bevel);
}

void draw_tunic(Canvas& c, const Ramp& cloth, const Ramp& belt) {
  c.paint(polygon({{10.5f, 16}, {20.5f, 16}, {21.5f, 18}, {21, 21}, {22, 26}, {9, 26}, {10, 21}, {9.5f, 18}}), cloth, Light::column);
  c.shade(box(10, 16, 21, 16));
  c.blend(box(10, 22, 21, 22), belt, Light::column);
  c.fill(box(15, 22, 16, 22), gold().light);
}

void draw_robe(Canvas& c, const Ramp& cloth, const Ramp& trim) {
  c.paint(polygon({{11, 16}, {20, 16}, {21.5f, 18}, {23.6f, 31}, {7.4f, 31}, {9.5f, 18}}), cloth, Light::column);
  c.shade(box(10, 16, 21, 16));
  c.blend(polygon({{14.4f, 16}, {16.6f, 16}, {17.5f, 31}, {13.5f, 31}}), trim, Light::column);
  c.blend(polygon({{7.6f, 29}, {23.4f, 29}, {23.7f, 31}, {7.3f, 31}}), trim, Light::column);
}

void draw_armour(Canvas& c, const Ramp& metal, const Ramp& tabard, bool has_tabard) {
  c.paint(round_box(10, 16, 21, 24, 1.5f), metal, Light::column);
  c.shade(box(10, 16, 21, 16));
  if (has_tabard) {
    c.paint(box(12, 17, 19, 26), tabard, Light::column);
    c.fill(box(15, 18, 16, 23) | box(14, 19, 17, 20), gold().light);
  } else {
    c.fill(box(13, 18, 14, 19), metal.shine);
    c.fill(box(11, 22, 20, 22), metal.edge);
  }
}

void draw_arms(Canvas& c, const Ramp& sleeve, const Ramp& hand) {
  const Mask arm = round_box(6, 16, 9, 22, 1.7f);
  for (const Mask& a : {arm, arm.mirrored()}) c.paint(a, sleeve, Light::bevel);
  const Mask fist = round_box(6, 21, 8, 23, 1.0f);
  for (const Mask& f : {fist, fist.mirrored()}) c.paint(f, hand, Light::bevel);
}

void draw_cape(Canvas& c, const Ramp& cloth) { c.paint(polygon({{9, 15}, {22, 15}, {26.2f, 29}, {4.8f, 29}}), cloth, Light::slope); }

void draw_head(Canvas& c, const Ramp& skin, bool pointed_ears) {
  if (pointed_ears)
    for (const Mask& ear :
         {stencil(5, 8, {"#    ", "###  ", " ####", "  ###"}), stencil(5, 8, {"#    ", "###  ", " ####", "  ###"}).mirrored()})
      c.paint(ear, skin, Light::slope);
  else
    c.paint(both(box(9, 10, 9, 12)), skin, Light::flat);
  c.paint(round_box(10, 4, 21, 15, 4.6f), skin, Light::ball);
}

void draw_face(Canvas& c, const Ramp& skin, const Ramp& hair, Colour eyes, Face face) {
  switch (face) {
    case Face::none: return;
    case Face::human:
    case Face::bearded:
      c.fill(both(box(12, 10, 13, 12)), kInk);
      c.fill(box(13, 12, 13, 12) | box(19, 12, 19, 12), eyes);
      c.fill(box(12, 10, 12, 10) | box(18, 10, 18, 10), kWhite);
      if (face == Face::human) {
        c.fill(box(15, 14, 16, 14), skin.edge);
      } else {
        const Mask beard =
            polygon({{9.5f, 11}, {11.4f, 13.6f}, {19.6f, 13.6f}, {21.5f, 11}, {21.5f, 16.6f}, {18, 21}, {13, 21}, {9.5f, 16.6f}});
        c.paint(beard, hair, Light::ball);
        c.fill(box(15, 15, 16, 15), hair.edge);
      }
      return;
    case Face::orc:
      c.fill(both(box(11, 8, 13, 8) | box(13, 9, 14, 9)), skin.edge);
      c.fill(both(box(11, 9, 12, 10)), eyes);
      c.fill(both(box(13, 10, 13, 10)), kInk);
      c.fill(box(12, 14, 19, 14), skin.edge);
      c.fill(both(box(12, 13, 12, 14)), kWhite);
      return;
    case Face::skull:
      c.fill(both(round_box(11, 9, 14, 12, 1.4f)), kInk);
      c.fill(both(box(13, 10, 13, 11)), eyes);
      c.fill(box(15, 12, 16, 13), kInk);
      c.fill(both(box(12, 15, 12, 16) | box(14, 15, 14, 16)), kInk);
      return;
  }
}

void draw_hair(Canvas& c, const Ramp& hair, int style) {
  const Mask skull = round_box(9, 3, 22, 12, 5.0f);
  const Mask open = round_box(11, 8, 20, 16, 1.5f);
  switch (style) {
    case 0: c.paint((round_box(9, 3, 22, 9, 4.6f) - box(11, 8, 20, 16)), hair, Light::ball); return;
    case 1: c.paint(skull - polygon({{11, 16}, {11, 9.4f}, {18.5f, 6.4f}, {20.5f, 9}, {20.5f, 16}}), hair, Light::ball); return;
    case 2: c.paint((round_box(8, 3, 23, 19, 5.0f) - open) - box(11, 14, 20, 20), hair, Light::ball); return;
    case 3:
      c.paint(polygon({{8, 11},
                       {7, 6},
                       {9.5f, 6.5f},
                       {9, 1.6f},
                       {13, 3.6f},
                       {15.5f, 0.6f},
                       {18, 3.6f},
                       {22.4f, 1.6f},
                       {21.5f, 6.5f},
                       {24, 6},
                       {23, 11},
                       {20.5f, 8},
                       {18.5f, 9.4f},
                       {16, 7},
                       {13, 9.4f},
                       {10.5f, 8}}),
              hair, Light::ball);
      return;
    case 4:
      c.paint(ellipse(15.5f, 2.8f, 3.2f, 2.4f), hair, Light::ball);
      c.paint((round_box(9, 4, 22, 12, 5.0f) - round_box(11, 8, 20, 16, 2.0f)), hair, Light::ball);
      return;
    default: c.paint(round_box(14, 1, 17, 7, 1.4f), hair, Light::column); return;
  }
}

void draw_pointed_hat(Canvas& c, const Ramp& cloth, const Ramp& band, bool bent) {
  const Mask hat = bent ? polygon({{21.5f, 7.5f}, {19.6f, 3}, {23.4f, 3.2f}, {24, 5}, {23, 1}, {17, 0.4f}, {13, 2}, {9.5f, 7.5f}})
                        : polygon({{21.5f, 7.5f}, {16.6f, 0.5f}, {14.4f, 0.5f}, {9.5f, 7.5f}});
  c.paint(hat, cloth, Light::column);
  c.blend(box(10, 4, 21, 5) & hat, band, Light::column);
  c.paint(ellipse(15.5f, 7.0f, 9.6f, 1.7f), cloth, Light::column);
}

void draw_hood(Canvas& c, const Ramp& cloth) {
  const Mask opening = round_box(11, 7, 20, 15, 3.4f);
  c.paint((round_box(8, 3, 23, 17, 5.5f) | polygon({{12, 4}, {15.5f, 1}, {19, 4}})) - opening, cloth, Light::ball);
  c.shade(opening & box(11, 7, 20, 8));
}

void draw_helmet(Canvas& c, const Ramp& metal, int style, const Ramp& plume) {
  if (style == 0) {
    c.paint(round_box(14, 0, 19, 5, 2.0f), plume, Light::ball);
    c.paint(round_box(9, 3, 22, 16, 4.2f), metal, Light::ball);
    c.fill(box(11, 9, 20, 10), kInk);
    c.blend(box(15, 5, 16, 15), metal, Light::flat);
    c.fill(box(15, 4, 15, 15), metal.shine);
    c.fill(both(box(12, 12, 12, 14) | box(14, 12, 14, 14)) - box(15, 12, 15, 14), metal.edge);
    return;
  }
  if (style == 2)
    for (const Mask& horn : {stencil(5, 1, {"##   ", "###  ", " ### ", " ####", "  ###"}),
                             stencil(5, 1, {"##   ", "###  ", " ### ", " ####", "  ###"}).mirrored()})
      c.paint(horn, bone(), Light::bevel);
  c.paint((round_box(9, 2, 22, 12, 5.0f) - box(11, 8, 20, 16)) | box(15, 8, 16, 11), metal, Light::ball);
  c.blend(box(9, 7, 22, 7), metal, Light::column);
  c.fill(both(box(11, 7, 11, 7) | box(14, 7, 14, 7)), metal.shine);
  if (style == 1) c.paint(box(15, 0, 16, 4), plume, Light::bevel);
}

void draw_crown(Canvas& c, const Ramp& metal, const Ramp& gem) {
  c.paint(polygon({{9.6f, 7}, {9, 0.6f}, {12.3f, 3.6f}, {15.5f, 0.2f}, {18.8f, 3.6f}, {22.1f, 0.6f}, {21.5f, 7}}), metal, Light::column);
  c.fill(box(15, 4, 16, 5), gem.mid);
  c.fill(box(15, 4, 15, 4), gem.shine);
  c.fill(both(box(11, 5, 11, 5)), gem.mid);
}

void draw_straw_hat(Canvas& c, const Ramp& straw, const Ramp& band) {
  c.paint(round_box(10, 1, 21, 7, 4.0f), straw, Light::ball);
  c.blend(box(10, 5, 21, 5), band, Light::column);
  c.paint(ellipse(15.5f, 7.0f, 10.6f, 1.7f), straw, Light::column);
}

void draw_held(Canvas& c, Held thing, const Ramp& metal, const Ramp& shaft, const Ramp& glow) {
  const Mask pole = box(5, 5, 6, 30);
  switch (thing) {
    case Held::nothing: return;
    case Held::sword:
      c.paint(box(5, 7, 7, 20) | box(6, 6, 6, 6), metal, Light::column);
      c.paint(box(3, 20, 9, 20), gold(), Light::bevel);
      c.paint(box(5, 21, 7, 25), shaft, Light::column);
      return;
    case Held::axe:
      c.paint(box(6, 7, 7, 28), shaft, Light::column);
      c.paint(stencil(1, 8, {" ###   ", "#######", "#######", "#######", "#######", " ###   "}), metal, Light::ball);
      return;
    case Held::hammer:
      c.paint(box(6, 9, 7, 28), shaft, Light::column);
      c.paint(round_box(2, 6, 10, 11, 1.0f), metal, Light::bevel);
      return;
    case Held::staff:
      c.paint(box(6, 7, 7, 30), shaft, Light::column);
      c.paint(ellipse(6.5f, 6.0f, 3.6f, 3.6f), glow, Light::ball);
      c.fill(box(5, 4, 6, 4) | box(5, 5, 5, 5), glow.shine);
      return;
    case Held::spear:
      c.paint(box(6, 8, 7, 30), shaft, Light::column);
      c.paint(polygon({{6.5f, 0.6f}, {9.4f, 6}, {7.4f, 10}, {5.6f, 10}, {3.6f, 6}}), metal, Light::column);
      return;
    case Held::bow:
      c.paint(ring(8.6f, 18.0f, 6.2f, 10.4f, 2.1f) & box(0, 6, 6, 30), shaft, Light::column);
      c.fill(box(7, 9, 7, 27), kWhite);
      return;
    case Held::club:
      c.paint(polygon({{4.4f, 7}, {9, 7}, {9.4f, 13}, {7.8f, 26}, {5.4f, 26}, {3.8f, 13}}), shaft, Light::column);
      c.fill(stencil(4, 9, {"#   #", "  #  ", "#   #"}), metal.shine);
      return;
    case Held::trident:
      c.paint(pole.shifted(1, 5), shaft, Light::column);
      c.paint(stencil(3, 4, {"#  ##  #", "## ## ##", "## ## ##", "########", " ###### ", "   ##   "}), metal, Light::column);
      return;
    case Held::torch:
      c.paint(box(6, 13, 7, 27), shaft, Light::column);
      c.paint(polygon({{6.5f, 3}, {10.2f, 9}, {9, 14}, {4, 14}, {2.8f, 9}}), ramp({14, 0.86f, 0.94f}), Light::flat);
      c.blend(polygon({{6.5f, 7}, {8.6f, 11}, {8, 14}, {5, 14}, {4.4f, 11}}), ramp({46, 0.72f, 1.0f}), Light::flat);
      return;
  }
}

void draw_fist(Canvas& c, const Ramp& hand) { c.paint(round_box(5, 21, 8, 23, 1.0f), hand, Light::bevel); }

void draw_held_shield(Canvas& c, const Ramp& field, const Ramp& rim, int style) {
  const auto shape = [&](float grow) {
    if (style == 0) return ellipse(24.0f, 21.0f, 5.6f + grow, 5.6f + grow);
    if (style == 1)
      return polygon({{19.0f - grow, 15.0f - grow},
                      {29.2f + grow, 15.0f - grow},
                      {29.2f + grow, 21.5f},
                      {24.1f, 28.0f + 1.4f * grow},
                      {19.0f - grow, 21.5f}});
    return round_box(static_cast<int>(20 - grow), static_cast<int>(16 - grow), static_cast<int>(28 + grow), static_cast<int>(26 + grow),
                     1.2f);
  };
  c.paint(shape(0.0f), rim, Light::bevel);
  c.blend(shape(-1.0f), field, Light::ball);
  if (style == 0) {
    c.paint(ellipse(24.0f, 21.0f, 1.6f, 1.6f), rim, Light::ball);
  } else {
    c.fill(box(24, 17, 24, 25) | box(21, 20, 27, 20), rim.light);
  }
}

}  // namespace gouache::data
