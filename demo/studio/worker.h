// Who does what takes long, so that the window never waits?
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace gouache::studio {

/// How far a job is, told by it and read by the window.
struct Progress {
  std::atomic<float> done{-1};  ///< 0..1; below 0: not known
  std::atomic<bool> cancelled{false};
  /// For prewarming: false asks to end.
  bool parts(unsigned done_parts, unsigned total) {
    done = total ? static_cast<float>(done_parts) / static_cast<float>(total) : 0;
    return !cancelled;
  }
};

/// One background thread that does jobs one after the other, and gives way to others (Linux).
class Worker {
 public:
  Worker();
  ~Worker() { end(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  using Job = std::function<void(Progress&)>;
  /// `error` is null when the job came to its end, else what it threw.
  using Done = std::function<void(std::exception_ptr error)>;
  /// Does `job` on the thread, then calls `done` in deliver(). `title` is shown meanwhile ("Loading sprites"). UI thread.
  std::shared_ptr<Progress> post(std::string title, Job job, Done done);
  /// Calls what is done; once a frame, UI thread.
  void deliver();

  /// Cancels what is left and waits for the job at hand; nothing is delivered any more.
  void end();

  bool busy() const;
  std::string title() const;                   ///< of the job at hand, about to be delivered, or waiting; "" while idle
  std::shared_ptr<Progress> progress() const;  ///< of the job at hand; null while idle

 private:
  struct Task {
    std::string title;
    Job job;
    Done done;
    std::shared_ptr<Progress> progress;
    std::exception_ptr error;
  };
  void work();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> waiting_, finished_;
  std::string title_;
  std::shared_ptr<Progress> at_hand_;
  bool ending_ = false;
  std::thread thread_;
};

/// The message of an exception.
std::string message_of(const std::exception_ptr& error);

}  // namespace gouache::studio
