// How does a training go on beside a window that never waits?
#include "demo/studio/training_session.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <utility>

namespace gouache::studio {
namespace {

constexpr std::uint64_t kUntilPaused = std::numeric_limits<std::uint64_t>::max();
constexpr const char* kSpeed = "images/s";

std::string step_text(std::uint64_t step) { return "step " + std::to_string(step); }

/// The checkpoint that was written last: of the newest attempt the latest step.
std::optional<Checkpoint> last_of(const std::vector<Checkpoint>& all) {
  const auto order = [](const Checkpoint& c) { return std::pair(c.attempt, c.step); };
  const auto found = std::ranges::max_element(all, {}, order);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

std::optional<Metrics> figures_of(const Checkpoint& checkpoint) {
  std::ifstream in(checkpoint.figures, std::ios::binary);
  if (!in) return std::nullopt;
  try {
    return Metrics::read(in);
  } catch (const std::runtime_error&) { return std::nullopt; }  // the training counts; its curves begin anew
}

}  // namespace

TrainingSession::TrainingSession(GouContext context, Worker& worker, std::string runs_folder, Rehearse rehearse)
    : context_(context), worker_(worker), runs_folder_(std::move(runs_folder)), rehearse_(std::move(rehearse)) {}

TrainingSession::State TrainingSession::state() const {
  if (opening_ || replacing_) return State::loading;
  if (!open_) return failure_.empty() ? State::none : State::failed;
  if (left_ > 0 || stepping_) return State::running;
  return steps_ == 0 ? State::ready : State::paused;
}

const char* TrainingSession::state_name() const {
  constexpr const char* kNames[] = {"none", "loading", "ready", "running", "paused", "failed"};
  return kNames[static_cast<std::size_t>(state())];
}

std::vector<TrainingSession::Message> TrainingSession::take_messages() { return std::exchange(messages_, {}); }

void TrainingSession::report(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const api::Failure& failure) {
    if (failure.result() == GOU_ERROR_DEVICE_LOST) throw;  // nothing of ours can go on
    messages_.push_back({true, failure.what()});
  } catch (const std::exception& other) { messages_.push_back({true, other.what()}); }
}

// ---- Making and ending ----

void TrainingSession::create(TrainingWish wish, SharedImages images, const std::string& name) {
  end([this, wish = std::move(wish), images = std::move(images), name] {
    make([context = context_, root = runs_folder_, rehearse = rehearse_, wish, images, name](Made& made, Progress& progress) {
      const SharedImages shown = images ? images : load_images(wish);
      rehearse([&](GouContext other) { return open_training(other, wish, shown, std::nullopt, progress); });
      made.open = open_training(context, wish, shown, std::nullopt, progress);
      made.open->folder = RunFolder::fresh(root, name, wish);
    });
  });
}

void TrainingSession::resume(const std::string& run_folder) {
  end([this, run_folder] {
    make([context = context_, rehearse = rehearse_, run_folder](Made& made, Progress& progress) {
      RunFolder folder = RunFolder::open(run_folder);
      made.checkpoints = folder.checkpoints();
      made.at = last_of(made.checkpoints);
      if (made.at) made.figures = figures_of(*made.at);
      const SharedImages images = load_images(folder.wish());
      rehearse([&](GouContext other) { return open_training(other, folder.wish(), images, std::nullopt, progress); });
      made.open = open_training(context, folder.wish(), images, made.at, progress);
      made.open->folder = std::move(folder);
    });
  });
}

void TrainingSession::make(std::function<void(Made&, Progress&)> job) {
  failure_.clear();
  auto result = std::make_shared<Made>();
  opening_ = worker_.post(
      "Preparing the training", [result, job = std::move(job)](Progress& progress) { job(*result, progress); },
      [this, result](const std::exception_ptr& error) {
        opening_.reset();
        if (!error) return made(*result);
        report(error);
        failure_ = messages_.back().text;
      });
}

void TrainingSession::made(Made& made) {
  open_ = std::move(made.open);
  checkpoints_ = std::move(made.checkpoints);
  attempt_ = made.at ? made.at->attempt : 1;
  begin_at(std::move(made.figures));
  saved_step_ = made.at ? std::optional(steps_) : std::nullopt;
  if (made.at) messages_.push_back({false, "The training goes on from " + step_text(steps_) + "."});
}

/// Takes over where the training stands now; `figures`: of all steps before, where they are known.
void TrainingSession::begin_at(std::optional<Metrics> figures) {
  api::check(gouGetStepsDone(open_->training.get(), &steps_));
  std::vector<std::string> names = open_->figures;
  names.push_back(kSpeed);
  if (figures && figures->names() == names)
    metrics_ = std::move(*figures);
  else if (metrics_.names() != names || metrics_.last_step() < steps_)
    metrics_ = Metrics(std::move(names));
  metrics_.cut(steps_);
  figures_.assign(metrics_.names().size(), 0.0f);
  alarms_ = Alarms(open_->margins);
  left_ = 0;
  saved_at_ = now_;
  tried_step_ = sheet_step_ = std::nullopt;
  sheets_.cut(steps_);
  rate_ = {};
  ++weights_version_;
}

void TrainingSession::cancel() {
  if (opening_) opening_->cancelled = true;
}

void TrainingSession::close() {
  end([] {});
}

void TrainingSession::end(std::function<void()> next) {
  if (opening_ || replacing_) return;
  if (!open_) {
    sheets_.clear();
    metrics_ = Metrics();
    checkpoints_.clear();
    return next();
  }
  left_ = 0;
  replacing_ = true;
  if (steps_ > 0 && saved_step_ != steps_) add_save();
  errands_.push_back({false, [this, next = std::move(next)] {
                        worker_.post("Ending the training", [ending = std::move(open_)](Progress&) mutable { ending.reset(); }, {});
                        open_.reset();
                        replacing_ = false;
                        saved_step_.reset();
                        end(next);
                      }});
}

// ---- Wishes ----

void TrainingSession::start() {
  if (open_ && !replacing_) left_ = kUntilPaused;
}

void TrainingSession::pause() { left_ = 0; }

void TrainingSession::step() {
  if (open_ && !replacing_) left_ = 1;
}

void TrainingSession::save() {
  if (open_) add_save();
}

void TrainingSession::add_save() {
  errands_.push_back({true, [this] {
                        if (saved_step_ == steps_) return;  // meanwhile
                        const Checkpoint place = open_->folder.place(steps_, attempt_);
                        const Pixels sheet = sheets_.size() && sheets_.at(sheets_.size() - 1).step == steps_
                                                 ? sheets_.at(sheets_.size() - 1).pixels
                                                 : nullptr;
                        auto listed = std::make_shared<std::vector<Checkpoint>>();
                        tried_step_ = steps_;
                        saved_at_ = now_;
                        post_alone(
                            "Saving " + step_text(steps_),
                            [place, sheet, listed, figures = metrics_](OpenTraining& open) {
                              *listed = save_checkpoint(open, place, sheet, figures, kMostCheckpoints);
                            },
                            [this, place, listed] {
                              checkpoints_ = std::move(*listed);
                              saved_step_ = place.step;
                            });
                      }});
}

void TrainingSession::restore(const Checkpoint& checkpoint) {
  if (!open_ || replacing_) return;
  left_ = 0;
  if (steps_ > 0 && saved_step_ != steps_) add_save();
  errands_.push_back({false, [this, checkpoint] {
                        auto figures = std::make_shared<std::optional<Metrics>>();
                        post_alone(
                            "Going to " + step_text(checkpoint.step),
                            [checkpoint, figures](OpenTraining& open) {
                              api::check(gouRestoreCheckpoint(open.training.get(), checkpoint.path.c_str()));
                              *figures = figures_of(checkpoint);
                            },
                            [this, checkpoint, figures] {
                              begin_at(std::move(*figures));
                              saved_step_ = steps_;
                              attempt_ = checkpoint.attempt;
                              for (const Checkpoint& other : checkpoints_)  // what comes next must not replace what came before
                                if (other.step > steps_) attempt_ = std::max(attempt_, other.attempt + 1);
                              messages_.push_back({false, "The training is at " + step_text(steps_) + " again."});
                            });
                      }});
}

void TrainingSession::snapshot(std::function<void(api::Model, std::uint64_t step, Progress&)> make, Worker::Done done) {
  if (!open_ || replacing_) return;
  errands_.push_back({false, [this, make = std::move(make), done = std::move(done)] {
                        auto copy = std::make_shared<api::Model>();
                        post_alone(
                            "Copying the weights of " + step_text(steps_),
                            [copy](OpenTraining& open) {
                              GouModel model = nullptr;
                              api::check(gouCreateModel(open.training.get(), GOU_WEIGHTS_SNAPSHOT, kSnapshotBatch, &model));
                              copy->reset(model);
                            },
                            [this, copy, make, done, step = steps_] {
                              worker_.post(
                                  "Preparing the weights of " + step_text(step),
                                  [copy, make, step](Progress& progress) { make(std::move(*copy), step, progress); }, done);
                            });
                      }});
}

void TrainingSession::post_alone(std::string title, std::function<void(OpenTraining&)> job, std::function<void()> done) {
  away_ = true;
  rate_.pause();
  worker_.post(
      std::move(title), [open = open_, job = std::move(job)](Progress&) { job(*open); },
      [this, done = std::move(done)](const std::exception_ptr& error) {
        away_ = false;
        if (error)
          report(error);
        else
          done();
      });
}

// ---- Frame by frame ----

void TrainingSession::update(double seconds, bool others_idle) {
  now_ = seconds;
  if (!open_ || away_) return;
  try {
    advance(others_idle);
  } catch (const api::Failure&) {
    left_ = 0;
    report(std::current_exception());
  }
}

void TrainingSession::advance(bool others_idle) {
  take_figures();
  if (stepping_) {
    if ((left_ == 0 || !errands_.empty()) && !std::exchange(cancelled_, true)) api::check(gouCancelSteps(open_->training.get()));
    if (api::check(gouPollSteps(open_->training.get()))) finish_steps();
  }
  if (open_->job && api::check(gouPollJob(open_->job.get()))) return read_sheet_later();
  if (!stepping_) between_steps(others_idle);
}

void TrainingSession::take_figures() {
  std::uint64_t done = 0;
  api::check(gouGetStepsDone(open_->training.get(), &done));
  if (done <= steps_) return;
  const std::uint64_t fresh = done - steps_;
  steps_ = done;
  if (left_ != kUntilPaused) left_ -= std::min(left_, fresh);
  ++weights_version_;
  auto count = static_cast<std::uint32_t>(figures_.size() - 1);
  api::check(gouGetMetrics(open_->training.get(), &count, nullptr, figures_.data()));
  rate_.add(now_, static_cast<double>(fresh) * open_->folder.wish().batch);
  const double speed = rate_.per_second();
  figures_.back() = speed > 0 ? static_cast<float>(speed) : std::numeric_limits<float>::quiet_NaN();
  metrics_.add(steps_, figures_);
  const std::span<const float> newest(figures_.data(), figures_.size() - 1);
  alarms_.step(steps_, vitals_of(open_->figures, newest));
  for (std::size_t i = 0; i < newest.size(); ++i)
    if (!std::isfinite(newest[i])) return stop_at_not_finite(open_->figures[i] + " at " + step_text(steps_));
}

void TrainingSession::stop_at_not_finite(const std::string& what) {
  left_ = 0;
  alarms_.not_finite(steps_, what);
}

void TrainingSession::finish_steps() {
  const GouResult result = gouFinishSteps(open_->training.get());
  stepping_ = false;
  if (result == GOU_ERROR_NOT_FINITE)
    stop_at_not_finite("at " + step_text(steps_ + 1));
  else
    api::check(result);
  take_figures();
}

void TrainingSession::between_steps(bool others_idle) {
  const bool asked = !errands_.empty() && errands_.front().with_sheet;
  if ((asked || due(sheet_every)) && sheet_step_ != steps_ && !open_->job) begin_sheet();
  const bool unsaved = steps_ > 0 && tried_step_ != steps_ && saved_step_ != steps_;
  const bool long_ago = left_ > 0 && now_ - saved_at_ > most_unsaved_seconds;
  if (errands_.empty() && unsaved && (due(checkpoint_every) || long_ago)) add_save();
  if (!errands_.empty()) {
    if (open_->job || !others_idle) return;
    const Errand errand = std::move(errands_.front());
    errands_.pop_front();
    errand.post();
  } else if (left_ > 0) {
    begin_steps();
  } else {
    rate_.pause();
  }
}

std::optional<double> TrainingSession::change_since_long(const Sheet& sheet) const {
  if (sheet.step < kChangeSteps || open_->images_diversity <= 0) return {};
  const std::size_t earlier = sheets_.before(sheet.step - kChangeSteps);
  if (earlier == sheets_.size() || sheets_.at(earlier).pixels->size() != sheet.pixels->size()) return {};
  return distance(*sheet.pixels, *sheets_.at(earlier).pixels) / open_->images_diversity;
}

/// Up to the next step at which something is due.
void TrainingSession::begin_steps() {
  std::uint64_t count = left_;
  for (const std::uint64_t every : {sheet_every, checkpoint_every})
    if (every > 0) count = std::min(count, every - steps_ % every);
  rate_.add(now_, 0);
  api::check(gouBeginSteps(open_->training.get(), count));
  stepping_ = true;
  cancelled_ = false;
}

void TrainingSession::begin_sheet() {
  sheet_step_ = steps_;
  auto request = api::of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.seed = open_->folder.wish().seed;
  request.count = open_->plan.count;
  request.pace = GOU_PACE_TICKED;
  GouJob job = nullptr;
  api::check(gouBeginGenerate(open_->live.get(), &request, &job));
  open_->job.reset(job);
}

void TrainingSession::read_sheet_later() {
  auto sheet = std::make_shared<Sheet>();
  away_ = true;
  worker_.post(
      "Looking at the samples of " + step_text(*sheet_step_),
      [open = open_, sheet, step = *sheet_step_](Progress&) { *sheet = read_sheet(*open, step); },
      [this, sheet](const std::exception_ptr& error) {
        away_ = false;
        if (error) return report(error);
        alarms_.sheet(sheet->step, sheet->diversity, change_since_long(*sheet));
        sheets_.add(std::move(*sheet));
      });
}

}  // namespace gouache::studio
