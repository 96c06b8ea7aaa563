// What does a GouGenerate ask for?  Checked and translated.
#pragma once

#include "gouache/gouache.h"
#include "plugin/objects.h"

namespace gouache {

/// Refuses what does not suit the model, naming it; makes what the request's target is written with. While no other call works on the
/// model.
PaintingRequest painting_wish(GouModel_T& model, const GouGenerate& wish);

}  // namespace gouache
