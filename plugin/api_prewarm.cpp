// What happens at the boundary when a host has models and trainings made ready?  Check, translate, call.
#include "gouache/gouache.h"
#include "plugin/checks.h"
#include "plugin/guard.h"
#include "plugin/painting_wish.h"
#include "plugin/prewarming.h"
#include "plugin/ticking.h"

using namespace gouache;

GouResult gouPrewarmModel(GouModel model, const GouPrewarm* prewarm) {
  return guarded("gouPrewarmModel", context_of(model), [&] {
    required(model, "model");
    const GouPrewarm& wish = checked(prewarm);
    const Alone alone(*model);
    model->context->device->require_alive();
    if (model->at_work()) throw Refusal(GOU_ERROR_WRONG_STATE, "a request is under way; poll it until it is ready, or read it");
    if (wish.request) painting_wish(*model, checked(wish.request));  // the model keeps what writes its target
    model->warming = model->generator->runners();
    return gouache::prewarm(*model->context, model->warming, &model->writers, wish);
  });
}

GouResult gouPrewarmTraining(GouTraining training, const GouPrewarm* prewarm) {
  return guarded("gouPrewarmTraining", context_of(training), [&] {
    required(training, "training");
    const GouPrewarm& wish = checked(prewarm);
    if (wish.request) throw Refusal(GOU_ERROR_INVALID_ARGUMENT, "GouPrewarm: request is for models; expected NULL for a training");
    const Alone alone(*training);
    training->context->device->require_alive();
    if (training->stepping) throw Refusal(GOU_ERROR_WRONG_STATE, "steps are under way; finish them with gouFinishSteps first");
    if (training->tracing) throw Refusal(GOU_ERROR_WRONG_STATE, "a trace is under way");
    training->warming = training->trainer.runners();
    return gouache::prewarm(*training->context, training->warming, nullptr, wish);
  });
}

GouResult gouRecordPrewarm(GouContext context, const GouFrame* frame, const GouBudget* budget, GouTick* tick) {
  return guarded("gouRecordPrewarm", context, [&] {
    required(context, "context");
    const GouFrame& into = checked_frame(frame);
    const GouBudget& most = checked(budget);
    record_prewarm(*context, into, most, checked(tick));
  });
}
