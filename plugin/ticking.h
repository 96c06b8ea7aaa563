// How does all ticked work of a context advance?
#pragma once

#include "plugin/objects.h"

namespace gouache {

/// The context's pacer where `pace` (a GouPace, `name` for errors) asks for one, made at the first time; else null.
Pacer* pacer_of(GouContext_T& context, std::uint32_t pace, const char* name);

/// One gouTick, or with a frame one gouRecord: pictures first, then trainings.
void advance(GouContext_T& context, const GouFrame* frame, const GouBudget& budget, GouTick& tick);

/// Refuses to end an object while frames of the host may still be at work for it.
void refuse_while_in_frames(PacedRun* run);

}  // namespace gouache
