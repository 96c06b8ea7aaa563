// Which characters are there, and what does each of them wear and hold?
#include "demo/data/sprites.h"

namespace gouache::data {
namespace {

constexpr Colour kEyes[] = {{60, 92, 150, 255}, {70, 116, 70, 255}, {92, 60, 44, 255}, {86, 66, 120, 255}};

void knight(Canvas& c, Dice& d) {
  Look l = look(d);
  if (d.chance(0.4f)) draw_cape(c, l.trim);
  draw_legs(c, l.metal, l.metal);
  draw_armour(c, l.metal, l.cloth, d.chance(0.7f));
  draw_arms(c, l.metal, l.metal);
  draw_head(c, l.skin);
  const int helmet = d.whole(0, 1);
  if (helmet == 1) draw_face(c, l.skin, l.hair, d.pick(kEyes), Face::human);
  draw_helmet(c, l.metal, helmet, l.cloth);
  draw_held(c, d.pick({Held::sword, Held::sword, Held::spear, Held::axe}), steel(), leather(d), l.cloth);
  draw_fist(c, l.metal);
  if (d.chance(0.75f)) draw_held_shield(c, l.cloth, l.metal, d.whole(0, 2));
}

void mage(Canvas& c, Dice& d) {
  Look l = look(d);
  const int style = d.whole(0, 1) * 2;
  draw_robe(c, l.cloth, l.trim);
  draw_arms(c, l.cloth, l.skin);
  draw_head(c, l.skin);
  if (d.chance(0.5f)) draw_hair(c, l.hair, style);
  draw_face(c, l.skin, l.hair, d.pick(kEyes), d.chance(0.5f) ? Face::bearded : Face::human);
  draw_pointed_hat(c, l.cloth, l.trim, d.chance(0.4f));
  draw_held(c, Held::staff, l.metal, wood(d), jewel(d));
  draw_fist(c, l.skin);
}

void ranger(Canvas& c, Dice& d) {
  Look l = look(d);
  const Ramp cloak = ramp(d.pick<Hsv>({{120, 0.46f, 0.50f}, {150, 0.50f, 0.46f}, {84, 0.46f, 0.52f}, {28, 0.46f, 0.46f}}));
  draw_cape(c, cloak);
  draw_legs(c, l.trousers, l.boots);
  draw_tunic(c, l.cloth, l.boots);
  draw_arms(c, l.cloth, l.boots);
  draw_head(c, l.skin);
  draw_face(c, l.skin, l.hair, d.pick(kEyes), Face::human);
  draw_hood(c, cloak);
  draw_held(c, d.pick({Held::bow, Held::bow, Held::sword}), steel(), wood(d), l.cloth);
  draw_fist(c, l.boots);
}

void villager(Canvas& c, Dice& d) {
  Look l = look(d);
  const bool dress = d.chance(0.4f);
  if (dress) {
    draw_robe(c, l.cloth, l.trim);
  } else {
    draw_legs(c, l.trousers, l.boots);
    draw_tunic(c, l.cloth, l.boots);
  }
  draw_arms(c, d.chance(0.5f) ? l.cloth : l.trim, l.skin);
  draw_head(c, l.skin);
  const bool beard = !dress && d.chance(0.25f);
  draw_face(c, l.skin, l.hair, d.pick(kEyes), beard ? Face::bearded : Face::human);
  draw_hair(c, l.hair, dress ? d.pick({1, 2, 4}) : d.pick({0, 1, 3, 0}));
  if (d.chance(0.25f)) draw_straw_hat(c, ramp({46, 0.5f, 0.88f}), l.cloth);
}

void dwarf(Canvas& c, Dice& d) {
  Look l = look(d);
  draw_legs(c, l.trousers, l.boots);
  draw_armour(c, d.chance(0.5f) ? l.metal : l.boots, l.cloth, true);
  draw_arms(c, l.cloth, l.skin);
  draw_head(c, l.skin);
  draw_face(c, l.skin, ramp(d.pick<Hsv>({{18, 0.74f, 0.74f}, {34, 0.66f, 0.66f}, {46, 0.56f, 0.90f}, {215, 0.08f, 0.82f}})), kEyes[0],
            Face::bearded);
  draw_helmet(c, l.metal, 2, l.cloth);
  draw_held(c, d.pick({Held::axe, Held::hammer}), steel(), wood(d), l.cloth);
  draw_fist(c, l.skin);
}

void monarch(Canvas& c, Dice& d) {
  Look l = look(d);
  draw_cape(c, l.trim);
  draw_robe(c, l.cloth, parchment());
  draw_arms(c, l.cloth, l.skin);
  draw_head(c, l.skin);
  draw_hair(c, l.hair, d.pick({0, 2}));
  draw_face(c, l.skin, l.hair, d.pick(kEyes), d.chance(0.5f) ? Face::bearded : Face::human);
  draw_crown(c, gold(), jewel(d));
  draw_held(c, Held::staff, gold(), gold(), jewel(d));
  draw_fist(c, l.skin);
}

void orc(Canvas& c, Dice& d) {
  Look l = look(d);
  const Ramp hide = ramp(d.pick<Hsv>({{104, 0.48f, 0.60f}, {86, 0.46f, 0.62f}, {130, 0.34f, 0.52f}, {150, 0.32f, 0.50f}}));
  draw_legs(c, l.trousers, l.boots);
  if (d.chance(0.5f))
    draw_tunic(c, l.boots, l.trousers);
  else
    draw_armour(c, ramp({240, 0.16f, 0.46f}), l.cloth, false);
  draw_arms(c, hide, hide);
  draw_head(c, hide, true);
  draw_face(c, hide, l.hair, {236, 190, 60, 255}, Face::orc);
  const int top = d.whole(0, 2);
  if (top == 0) draw_hair(c, ramp(d.pick<Hsv>({{260, 0.22f, 0.36f}, {8, 0.72f, 0.76f}, {40, 0.70f, 0.88f}})), 5);
  if (top == 1) draw_helmet(c, ramp({240, 0.16f, 0.46f}), 2, l.cloth);
  draw_held(c, d.pick({Held::axe, Held::club, Held::hammer}), l.metal, wood(d), l.cloth);
  draw_fist(c, hide);
}

void skeleton(Canvas& c, Dice& d) {
  Look l = look(d);
  const Ramp old = d.chance(0.6f) ? bone() : ramp({70, 0.16f, 0.80f});
  for (const Mask& leg : {box(12, 23, 13, 28), box(18, 23, 19, 28)}) c.paint(leg, old, Light::flat);
  for (const Mask& foot : {round_box(10, 28, 13, 30, 1.0f), round_box(18, 28, 21, 30, 1.0f)}) c.paint(foot, old, Light::bevel);
  c.paint(round_box(11, 22, 20, 24, 1.5f), old, Light::bevel);
  c.paint(round_box(10, 16, 21, 22, 2.2f), old, Light::column);
  c.fill(both(box(11, 18, 14, 18) | box(11, 20, 14, 20) | box(12, 22, 14, 22)), old.edge);
  const Mask arm = box(7, 17, 8, 22);
  for (const Mask& a : {arm, arm.mirrored()}) c.paint(a, old, Light::flat);
  c.paint(box(23, 21, 25, 23), old, Light::bevel);
  draw_head(c, old);
  c.paint(round_box(11, 13, 20, 16, 1.0f), old, Light::column);
  c.blend(box(12, 12, 19, 14), old, Light::column);
  draw_face(c, old, old, d.pick<Colour>({{220, 60, 60, 255}, {90, 220, 230, 255}, {240, 200, 70, 255}}), Face::skull);
  const int top = d.whole(0, 3);
  if (top == 0) draw_helmet(c, l.metal, 2, l.cloth);
  if (top == 1) draw_hood(c, l.cloth);
  draw_held(c, d.pick({Held::sword, Held::spear, Held::axe}), l.metal, wood(d), l.cloth);
  draw_fist(c, old);
  if (d.chance(0.4f)) draw_held_shield(c, wood(d), l.metal, 0);
}

void robot(Canvas& c, Dice& d) {
  const Ramp body =
      ramp(d.pick<Hsv>({{216, 0.14f, 0.76f}, {30, 0.56f, 0.78f}, {190, 0.42f, 0.70f}, {352, 0.56f, 0.76f}, {46, 0.62f, 0.88f}}));
  const Ramp joint = ramp({240, 0.16f, 0.40f}), glow = jewel(d);
  for (const Mask& leg : {box(12, 23, 14, 27), box(17, 23, 19, 27)}) c.paint(leg, joint, Light::column);
  for (const Mask& foot : {round_box(10, 27, 14, 30, 1.2f), round_box(17, 27, 21, 30, 1.2f)}) c.paint(foot, body, Light::bevel);
  for (const Mask& arm : {box(7, 17, 8, 21), box(23, 17, 24, 21)}) c.paint(arm, joint, Light::column);
  for (const Mask& hand :
       {stencil(5, 21, {"#####", "##### ", "#  ##", "#  ##"}), stencil(5, 21, {"#####", "#####", "#  ##", "#  ##"}).mirrored()})
    c.paint(hand, body, Light::bevel);
  c.paint(round_box(9, 16, 22, 24, 2.0f), body, Light::column);
  c.paint(ellipse(15.5f, 20.0f, 2.6f, 2.6f), glow, Light::ball);
  c.paint(box(15, 1, 16, 4), joint, Light::flat);
  c.paint(round_box(14, 0, 17, 2, 1.4f), glow, Light::ball);
  c.paint(both(box(7, 8, 9, 11)), joint, Light::bevel);
  c.paint(round_box(9, 4, 22, 15, 2.4f), body, Light::ball);
  c.paint(round_box(11, 7, 20, 12, 1.2f), ramp({230, 0.40f, 0.26f}), Light::flat);
  c.fill(both(d.chance(0.5f) ? box(12, 9, 13, 10) : box(12, 8, 13, 11)), glow.light);
  c.fill(box(12, 9, 12, 9) | box(18, 9, 18, 9), glow.shine);
  if (d.chance(0.5f)) c.fill(box(14, 11, 17, 11), glow.mid);
}

void demon(Canvas& c, Dice& d) {
  Look l = look(d);
  const Ramp hide = ramp(d.pick<Hsv>({{356, 0.70f, 0.76f}, {10, 0.70f, 0.80f}, {320, 0.50f, 0.56f}, {262, 0.42f, 0.60f}}));
  const Ramp wing = ramp({330, 0.46f, 0.42f});
  const Mask left = polygon({{12, 16}, {1.5f, 8}, {1, 20}, {4, 18.6f}, {6, 22}, {8, 20}, {12, 24}});
  for (const Mask& w : {left, left.mirrored()}) c.paint(w, wing, Light::slope);
  draw_legs(c, hide, l.boots);
  draw_armour(c, hide, l.cloth, false);
  c.paint(box(10, 22, 21, 25), l.boots, Light::column);
  draw_arms(c, hide, hide);
  draw_head(c, hide, true);
  draw_face(c, hide, l.hair, {250, 220, 90, 255}, Face::orc);
  const Mask horn = stencil(8, 0, {"##   ", "##   ", "###  ", " ### ", " ####", "  ###"});
  for (const Mask& h : {horn, horn.mirrored()}) c.paint(h, bone(), Light::bevel);
  if (d.chance(0.7f)) {
    draw_held(c, Held::trident, ramp({240, 0.16f, 0.46f}), l.boots, l.cloth);
    draw_fist(c, hide);
  }
}

void ghost(Canvas& c, Dice& d) {
  const Ramp veil =
      with_alpha(ramp(d.pick<Hsv>({{210, 0.16f, 0.96f}, {170, 0.24f, 0.94f}, {264, 0.24f, 0.94f}, {330, 0.18f, 0.96f}})), 218);
  const int sway = d.whole(-1, 1);
  c.paint(round_box(7, 3, 24, 24, 8.5f) | box(7, 13, 24, 26), veil, Light::ball);
  for (int i = 0; i < 3; i++)
    c.blend(polygon({{7.0f + 6.0f * static_cast<float>(i), 26},
                     {13.0f + 6.0f * static_cast<float>(i), 26},
                     {9.5f + 6.0f * static_cast<float>(i) + static_cast<float>(sway), 31}}),
            veil, Light::flat);
  const Mask hand = round_box(4, 16, 8, 19, 1.7f);
  for (const Mask& h : {hand, hand.mirrored()}) c.paint(h, veil, Light::bevel);
  c.fill(both(round_box(11, 9, 13, 13, 1.5f)), kInk);
  c.fill(box(11, 10, 11, 10) | box(18, 10, 18, 10), kWhite);
  if (d.chance(0.5f))
    c.fill(round_box(14, 15, 17, 19, 1.6f), kInk);
  else
    c.fill(stencil(13, 15, {"#    #", " #### "}), kInk);
  c.fill(both(box(9, 14, 10, 14)), ramp({340, 0.4f, 0.95f}).mid);
}

void slime(Canvas& c, Dice& d) {
  Ramp gel = with_alpha(jewel(d), 226);
  const bool royal = d.chance(0.3f);
  const int tall = royal ? 2 : d.whole(0, 2);
  const float top = 11.0f - 2.0f * static_cast<float>(tall);
  c.paint((ellipse(15.5f, 30.0f, 13.0f, 30.0f - top) | round_box(2, 24, 29, 30, 3.0f)) & box(0, 0, 31, 30), gel, Light::ball);
  c.fill(round_box(8, 12 - tall, 11, 14 - tall, 1.3f) | box(7, 16 - tall, 8, 17 - tall), gel.shine);
  c.fill(both(round_box(10, 19, 12, 23, 1.4f)), kInk);
  c.fill(box(10, 20, 10, 20) | box(19, 20, 19, 20), kWhite);
  c.fill(d.chance(0.5f) ? stencil(13, 24, {"#    #", " #### "}) : round_box(14, 24, 17, 26, 1.2f), kInk);
  if (royal) draw_crown(c, gold(), jewel(d));
}

constexpr SpriteKind kCharacters[] = {
    {"knight", 4, knight}, {"mage", 4, mage},       {"ranger", 3, ranger}, {"villager", 4, villager},
    {"dwarf", 2, dwarf},   {"monarch", 2, monarch}, {"orc", 3, orc},       {"skeleton", 3, skeleton},
    {"robot", 2, robot},   {"demon", 2, demon},     {"ghost", 2, ghost},   {"slime", 2, slime},
};

}  // namespace

std::span<const SpriteKind> characters() { return kCharacters; }

}  // namespace gouache::data
