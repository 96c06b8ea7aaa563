// How does a training go on beside a window that never waits?
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "demo/studio/alarms.h"
#include "demo/studio/training_work.h"

namespace gouache::studio {

/// One training at a time: made, saved and restored on the worker, begun, followed and paused on the UI thread, in gouTick's time. All
/// calls are for the UI thread; none waits.
class TrainingSession {
 public:
  enum class State { none, loading, ready, running, paused, failed };
  static constexpr std::size_t kMostCheckpoints = 24;
  static constexpr std::uint32_t kSnapshotBatch = 16;  ///< pictures that a snapshot paints at once

  /// Makes the training that is about to be made, on another context.
  using Rehearsed = std::function<std::shared_ptr<OpenTraining>(GouContext)>;
  /// Called on the worker before a training is made: may make it elsewhere first, where that spares the window what drivers do then.
  using Rehearse = std::function<void(const Rehearsed&)>;

  /// Runs are kept in folders below `runs_folder`. Worker and context must outlive the session.
  TrainingSession(GouContext context, Worker& worker, std::string runs_folder, Rehearse rehearse);
  TrainingSession(const TrainingSession&) = delete;
  TrainingSession& operator=(const TrainingSession&) = delete;

  /// Makes a training, after ending the one before. `images` null: they are loaded. `name` becomes the run's folder's.
  void create(TrainingWish wish, SharedImages images, const std::string& name);
  /// Opens a run's folder at its newest checkpoint.
  void resume(const std::string& run_folder);
  /// Stops the making of a training.
  void cancel();
  /// Ends it; its folder stays.
  void close();

  void start();
  void pause();
  void step();
  void save();
  /// Goes back (or forth) to a checkpoint and pauses there. What was not saved is saved first, so that this can be undone.
  void restore(const Checkpoint& checkpoint);
  /// Calls `make` on the worker with a model of the weights as they are after a step, then `done` here.
  void snapshot(std::function<void(api::Model, std::uint64_t step, Progress&)> make, Worker::Done done);

  /// Once a frame, before gouTick. `seconds`: a clock's. `others_idle`: no request to live() by anybody else is under way.
  void update(double seconds, bool others_idle);

  State state() const;
  /// Words for it: "running" and so on.
  const char* state_name() const;
  const std::string& failure() const { return failure_; }
  /// The newest weights to paint with, for requests of pace GOU_PACE_TICKED; null: none, or the training is the worker's just now, and no
  /// call for the model may be made, nor for a request to it.
  GouModel live() const { return open_ && !away_ ? open_->live.get() : nullptr; }
  /// Whether new requests to live() may begin; while not, those under way are to come to an end.
  bool may_paint() const { return live() && errands_.empty(); }
  /// Whether there is a training, away or not.
  bool is_open() const { return open_ != nullptr; }
  const OpenTraining& training() const { return *open_; }
  /// Grows whenever live() paints something else.
  std::uint64_t weights_version() const { return weights_version_; }

  std::uint64_t steps() const { return steps_; }
  /// Of the checkpoints to come; grows when the training goes on from one that others follow.
  unsigned attempt() const { return attempt_; }
  double images_per_second() const { return rate_.per_second(); }
  const Metrics& metrics() const { return metrics_; }
  const Alarms& alarms() const { return alarms_; }
  const SheetHistory& sheets() const { return sheets_; }
  const std::vector<Checkpoint>& checkpoints() const { return checkpoints_; }

  /// Steps between sheets and between checkpoints by itself; 0: none.
  std::uint64_t sheet_every = 25, checkpoint_every = 250;
  /// A checkpoint is saved after so many seconds of training in any case.
  double most_unsaved_seconds = 180;

  struct Message {
    bool error;
    std::string text;
  };
  /// What happened since it was last asked.
  std::vector<Message> take_messages();

 private:
  /// Something for the worker that needs the training whole and alone.
  struct Errand {
    bool with_sheet;             ///< a sheet of the step at hand is painted first
    std::function<void()> post;  ///< called when all is quiet; hands over with post_alone()
  };
  /// What the worker made of a wish, or of a run's folder.
  struct Made {
    std::shared_ptr<OpenTraining> open;
    std::vector<Checkpoint> checkpoints;
    std::optional<Checkpoint> at;  ///< where it goes on from
    std::optional<Metrics> figures;
  };
  void make(std::function<void(Made&, Progress&)> job);
  void made(Made& made);
  void begin_at(std::optional<Metrics> figures);
  /// Saves what is unsaved, ends the training, and then calls `next`.
  void end(std::function<void()> next);
  void post_alone(std::string title, std::function<void(OpenTraining&)> job, std::function<void()> done);
  void report(const std::exception_ptr& error);
  void add_save();
  void advance(bool others_idle);
  void take_figures();
  void stop_at_not_finite(const std::string& what);
  void finish_steps();
  void begin_sheet();
  void read_sheet_later();
  /// The distance from the sheet kChangeSteps before, over the diversity of the images.
  std::optional<double> change_since_long(const Sheet& sheet) const;
  void begin_steps();
  void between_steps(bool others_idle);
  bool due(std::uint64_t every) const { return every > 0 && steps_ % every == 0; }

  GouContext context_;
  Worker& worker_;
  std::string runs_folder_;
  Rehearse rehearse_;

  std::shared_ptr<OpenTraining> open_;
  std::shared_ptr<Progress> opening_;  ///< while one is made
  bool replacing_ = false;             ///< the next one is made when the one at hand has ended
  std::string failure_;
  bool away_ = false;  ///< the worker has it
  bool stepping_ = false, cancelled_ = false;
  std::uint64_t left_ = 0;  ///< steps that are wanted; the largest number: until it is paused
  std::uint64_t steps_ = 0, weights_version_ = 0;
  std::optional<std::uint64_t> sheet_step_, saved_step_, tried_step_;  ///< of the newest sheet, checkpoint, and attempt at one
  unsigned attempt_ = 1;
  std::deque<Errand> errands_;

  double now_ = 0, saved_at_ = 0;  ///< seconds
  Rate rate_;
  Metrics metrics_;
  std::vector<float> figures_;
  Alarms alarms_;
  SheetHistory sheets_;
  std::vector<Checkpoint> checkpoints_;
  std::vector<Message> messages_;
};

}  // namespace gouache::studio
