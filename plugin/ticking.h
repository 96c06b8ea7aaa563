// How does all ticked work of a context advance?
#pragma once

#include "plugin/objects.h"

namespace gouache {

/// The context's pacer where `pace` (a GouPace, `name` for errors) asks for one, made at the first time; else null.
Pacer* pacer_of(GouContext_T& context, std::uint32_t pace, const char* name);

/// Refuses what only a queue can do.
void require_queue(const GouContext_T& context);

/// One gouTick, or with a frame one gouRecord: pictures first, then trainings.
void advance(GouContext_T& context, const GouFrame* frame, const GouBudget& budget, GouTick& tick);

/// Where no queue was lent: what waits to be copied comes first in a frame, and takes from its budget. Whether all else must wait for
/// later frames. The context's turn is held.
bool record_copies(GouContext_T& context, const GouFrame& frame, TickBudget& budget, GouTick& tick);

/// A frame that can be recorded into.
const GouFrame& checked_frame(const GouFrame* frame);

/// Refuses to end an object while frames of the host may still be at work for it; the context's turn is held.
void refuse_while_in_frames(PacedRun* run);

}  // namespace gouache
