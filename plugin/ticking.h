// How does all ticked work of a context advance?
#pragma once

#include "plugin/objects.h"

namespace gouache {

/// The context's pacer, made at the first time.
Pacer& pacer_of(GouContext_T& context);

/// Whether `pace` (a GouPace, `name` for errors) is GOU_PACE_TICKED.
bool is_ticked(std::uint32_t pace, const char* name);

/// One gouTick, or with a frame one gouRecord: pictures first, then trainings.
void advance(GouContext_T& context, const GouFrame* frame, const GouBudget& budget, GouTick& tick);

/// Refuses, by `when` (a GouDestroy), to end an object with work in flight; `in_frames` is whether frames of the host hold it.
void refuse_while_busy(std::uint32_t when, bool in_flight, bool in_frames);

}  // namespace gouache
