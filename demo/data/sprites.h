// Which sprites can be drawn, and with which palettes?
#pragma once

#include <span>

#include "demo/data/canvas.h"
#include "demo/data/dice.h"

namespace gouache::data {

/// One kind of sprite: its label, how often it turns up, and the function that draws one of them.
struct SpriteKind {
  const char* name;
  int weight;
  void (*draw)(Canvas&, Dice&);
};
std::span<const SpriteKind> characters();
std::span<const SpriteKind> items();

// Palettes, shared so that all sprites belong to one world.
Ramp skin(Dice&);
Ramp hair(Dice&);
Ramp cloth(Dice&);  ///< twelve dyes
Ramp leather(Dice&);
Ramp wood(Dice&);
Ramp metal(Dice&);  ///< steel, bronze, dark iron, blue steel
Ramp gold();
Ramp steel();
Ramp bone();
Ramp parchment();
Ramp jewel(Dice&);  ///< saturated: gems, orbs, potions
inline constexpr Colour kInk{28, 22, 38, 255};
inline constexpr Colour kWhite{250, 250, 245, 255};

// ---- The doll: characters face us, and heads, bodies, arms and legs lie at the same places in all of them. ----

struct Look {
  Ramp skin, hair, cloth, trim, trousers, boots, metal;
};
Look look(Dice&);

enum class Face { human, bearded, orc, skull, none };

void draw_legs(Canvas&, const Ramp& trousers, const Ramp& boots);
void draw_tunic(Canvas&, const Ramp& cloth, const Ramp& belt);
void draw_robe(Canvas&, const Ramp& cloth, const Ramp& trim);
void draw_armour(Canvas&, const Ramp& metal, const Ramp& tabard, bool has_tabard);
void draw_arms(Canvas&, const Ramp& sleeve, const Ramp& hand);
void draw_cape(Canvas&, const Ramp& cloth);
void draw_head(Canvas&, const Ramp& skin, bool pointed_ears = false);
void draw_face(Canvas&, const Ramp& skin, const Ramp& hair, Colour eyes, Face face);
void draw_hair(Canvas&, const Ramp& hair, int style);  ///< style 0..5: cropped, parted, long, spiky, bun, crest
void draw_pointed_hat(Canvas&, const Ramp& cloth, const Ramp& band, bool bent);
void draw_hood(Canvas&, const Ramp& cloth);
void draw_helmet(Canvas&, const Ramp& metal, int style, const Ramp& plume);  ///< style 0..2: great helm, open with nose guard, horned
void draw_crown(Canvas&, const Ramp& metal, const Ramp& gem);
void draw_straw_hat(Canvas&, const Ramp& straw, const Ramp& band);

enum class Held { nothing, sword, axe, hammer, staff, spear, bow, club, trident, torch };
/// In the hand to our left, drawn before the fist that closes round it.
void draw_held(Canvas&, Held thing, const Ramp& metal, const Ramp& shaft, const Ramp& glow);
void draw_fist(Canvas&, const Ramp& hand);
void draw_held_shield(Canvas&, const Ramp& field, const Ramp& rim, int style);  ///< style 0..2: round, kite, square

}  // namespace gouache::data
