// Which functions draw the items?  Every one draws one item of its kind into an empty cell; the outline comes last and is not theirs.
#pragma once

#include "demo/data/sprites.h"

namespace gouache::data {

// sprites_weapons.cpp
void sword(Canvas&, Dice&);
void axe(Canvas&, Dice&);
void hammer(Canvas&, Dice&);
void bow(Canvas&, Dice&);
void staff(Canvas&, Dice&);
void shield(Canvas&, Dice&);
void torch(Canvas&, Dice&);

}  // namespace gouache::data
