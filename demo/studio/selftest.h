// How is the self-test run beside the window?
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "demo/studio/child_process.h"
#include "demo/studio/notices.h"
#include "demo/studio/selftest_report.h"
#include "demo/studio/worker.h"

namespace gouache::studio {

/// The command `gouache selftest` as a program of its own: it takes minutes on a CPU, a driver that crashes does not take the window with
/// it, and the worker stays free. UI thread; no call waits.
class Selftest {
 public:
  Selftest(Worker& worker, Notices& notices) : worker_(worker), notices_(notices) {}
  ~Selftest();
  Selftest(const Selftest&) = delete;
  Selftest& operator=(const Selftest&) = delete;

  /// Where the command lies: beside this program. Empty where it is not there.
  static std::filesystem::path command();
  /// On the device of that name; the worker starts it. Fails with a notice where it cannot be started.
  void start(const std::filesystem::path& command, const std::string& device, double now);
  /// Once a frame.
  void update();
  void cancel();

  bool running() const { return child_ || starting_; }
  double began() const { return began_; }                ///< as start() was told
  const SelftestCount& count() const { return count_; }  ///< of the rows that are over
  const std::optional<SelftestReport>& report() const { return report_; }
  const std::string& failure() const { return failure_; }  ///< why there is no report; ""

 private:
  void finish();
  void fail(std::string why);

  Worker& worker_;
  Notices& notices_;
  std::unique_ptr<ChildProcess> child_;
  std::shared_ptr<Progress> starting_;  ///< null: no start is under way
  std::filesystem::path file_;
  std::string printed_, last_;  ///< a line that is not whole yet; the lines before it
  double began_ = 0;
  SelftestCount count_;
  std::optional<SelftestReport> report_;
  std::string failure_;
};

}  // namespace gouache::studio
