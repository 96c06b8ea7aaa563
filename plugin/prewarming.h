// How do objects get everything ready before their first request?
#pragma once

#include <span>

#include "plugin/objects.h"

namespace gouache {

/// One gouPrewarmModel or gouPrewarmTraining for `runners`, which nothing is under way for, and a model's writers (null for a training): at
/// once, or asks for it in frames. Throws Refusal(GOU_ERROR_CANCELLED) when the host's progress callback says so.
GouResult prewarm(GouContext_T& context, std::span<Runner* const> runners, TargetWriters* writers, const GouPrewarm& wish);

/// One gouRecordPrewarm.
void record_prewarm(GouContext_T& context, const GouFrame& frame, const GouBudget& budget, GouTick& tick);

/// Refuses to end an object while frames of the host may still be at work on warming it up; the context's turn is held.
void refuse_while_warming(const GouContext_T& context, std::span<Runner* const> warming, const TargetWriters* writers);

}  // namespace gouache
