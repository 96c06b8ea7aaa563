// How does all ticked work of a context advance?
#pragma once

#include "plugin/objects.h"

namespace gouache {

/// The context's pacer, made at the first time.
Pacer& pacer_of(GouContext_T& context);

/// Whether `pace` (a GouPace, `name` for errors) is GOU_PACE_TICKED; refuses the other one where no queue was lent.
bool is_ticked(const GouContext_T& context, std::uint32_t pace, const char* name);

/// Refuses what only a queue can do.
void require_queue(const GouContext_T& context);

/// One gouTick, or with a frame one gouRecord: pictures first, then trainings.
void advance(GouContext_T& context, const GouFrame* frame, const GouBudget& budget, GouTick& tick);

/// Refuses, by `when` (a GouDestroy), to end an object with work in flight; `in_frames` is whether frames of the host hold it.
void refuse_while_busy(std::uint32_t when, bool in_flight, bool in_frames);

/// Where no queue was lent: what waits to be copied comes first in a frame, and takes from its budget. Whether all else must wait for
/// later frames. The context's turn is held.
bool record_copies(GouContext_T& context, const GouFrame& frame, TickBudget& budget, GouTick& tick);

/// A frame that can be recorded into.
const GouFrame& checked_frame(const GouFrame* frame);

}  // namespace gouache
