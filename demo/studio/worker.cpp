// Who does what takes long, so that the window never waits?
#include "demo/studio/worker.h"

#ifdef __linux__
#include <sys/resource.h>
#endif

namespace gouache::studio {
namespace {

/// Gives way to other threads, as do those that the calling thread starts from now on, a driver's too: on few cores a driver's compiler
/// would keep its rasterizer from the window.
void give_way() {
#ifdef __linux__
  constexpr int kNice = 5;
  setpriority(PRIO_PROCESS, 0, kNice);  // of this thread alone, against POSIX
#endif
}

}  // namespace

Worker::Worker() : thread_([this] { work(); }) {}

void Worker::end() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard held(mutex_);
    ending_ = true;
    waiting_.clear();
    if (at_hand_) at_hand_->cancelled = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::shared_ptr<Progress> Worker::post(std::string title, Job job, Done done) {
  auto progress = std::make_shared<Progress>();
  {
    const std::lock_guard held(mutex_);
    waiting_.push_back({std::move(title), std::move(job), std::move(done), progress, nullptr});
  }
  wake_.notify_all();
  return progress;
}

void Worker::work() {
  give_way();
  for (;;) {
    Task task;
    {
      std::unique_lock held(mutex_);
      wake_.wait(held, [&] { return ending_ || !waiting_.empty(); });
      if (ending_) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
      title_ = task.title;
      at_hand_ = task.progress;
    }
    try {
      task.job(*task.progress);
    } catch (...) { task.error = std::current_exception(); }
    task.job = nullptr;  // what it holds goes here, not on the UI thread
    const std::lock_guard held(mutex_);
    at_hand_.reset();
    finished_.push_back(std::move(task));
  }
}

void Worker::deliver() {
  std::deque<Task> finished;
  {
    const std::lock_guard held(mutex_);
    finished.swap(finished_);
  }
  for (Task& task : finished)
    if (task.done) task.done(task.error);
}

bool Worker::busy() const {
  const std::lock_guard held(mutex_);
  return at_hand_ || !waiting_.empty() || !finished_.empty();
}

std::string Worker::title() const {
  const std::lock_guard held(mutex_);
  if (at_hand_) return title_;
  return !finished_.empty() ? finished_.front().title : !waiting_.empty() ? waiting_.front().title : std::string();
}

std::shared_ptr<Progress> Worker::progress() const {
  const std::lock_guard held(mutex_);
  return at_hand_;
}

std::string message_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) { return e.what(); } catch (...) {
    return "an unknown error";
  }
}

}  // namespace gouache::studio
