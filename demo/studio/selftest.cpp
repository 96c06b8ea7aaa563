// How is the self-test run beside the window?
#include "demo/studio/selftest.h"

#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <system_error>

namespace gouache::studio {
namespace {

#ifdef _WIN32
constexpr const char* kCommand = "gouache.exe";
#else
constexpr const char* kCommand = "gouache";
#endif
constexpr int kSomeWrong = 1;                   // what the command returns where a row failed
constexpr std::size_t kKeptOutput = 2000;       // bytes of what was printed last, for messages
constexpr std::size_t kMostReport = 64u << 20;  // bytes

std::string read_report(const std::filesystem::path& file) {
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (error || size > kMostReport) throw std::runtime_error("The self-test has left no report that can be read.");
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

Selftest::~Selftest() {
  if (running()) cancel();
}

std::filesystem::path Selftest::command() {
  const std::filesystem::path file = own_folder() / kCommand;
  std::error_code error;
  return std::filesystem::is_regular_file(file, error) ? file : std::filesystem::path();
}

void Selftest::start(const std::filesystem::path& command, const std::string& device, double now) {
  if (running()) return;
  std::random_device dice;
  file_ = std::filesystem::temp_directory_path() / ("gouache-selftest-" + std::to_string(dice()) + ".json");
  printed_.clear();
  last_.clear();
  count_ = {};
  report_.reset();
  failure_.clear();
  began_ = now;
  auto child = std::make_shared<std::unique_ptr<ChildProcess>>();
  starting_ = worker_.post(
      "Starting the self-test",
      [child, command, words = std::vector<std::string>{"selftest", "--json", file_.string(), "--device", device}](Progress& progress) {
        if (!progress.cancelled) *child = std::make_unique<ChildProcess>(command, words);
      },
      [this, child](const std::exception_ptr& error) {
        const bool cancelled = starting_->cancelled;
        starting_.reset();
        if (error) return fail(message_of(error));
        if (!cancelled) child_ = std::move(*child);
      });
}

void Selftest::update() {
  if (!child_) return;
  const bool running = child_->running();
  std::size_t before = 0;
  do {  // all of it where it has ended, else what a pipe holds
    before = printed_.size();
    child_->read(printed_);
  } while (!running && printed_.size() > before);
  const std::size_t whole = printed_.rfind('\n');
  if (whole != printed_.npos) {
    const SelftestCount more = count_lines(std::string_view(printed_).substr(0, whole + 1));
    count_.passed += more.passed;
    count_.failed += more.failed;
    last_ = printed_.substr(0, whole);
    if (last_.size() > kKeptOutput) last_.erase(0, last_.size() - kKeptOutput);
    printed_.erase(0, whole + 1);
  }
  if (!running) finish();
}

void Selftest::finish() {
  const int result = child_->result();
  child_.reset();
  if (result != 0 && result != kSomeWrong)
    return fail(result < 0 ? "The self-test has crashed. The driver may be damaged, or too old."
                           : "The self-test could not run: " + last_ + printed_);
  auto report = std::make_shared<SelftestReport>();
  worker_.post(
      "Reading the self-test's report",
      [report, file = file_](Progress&) {
        *report = read_selftest(read_report(file));
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
      },
      [this, report](const std::exception_ptr& error) {
        if (error) return fail(message_of(error));
        report_ = std::move(*report);
        const std::string rows = std::to_string(report_->passed) + " kernel rows agree with the CPU reference";
        if (report_->failed)
          notices_.error("Self-test: " + rows + ", " + std::to_string(report_->failed) + " do not.");
        else
          notices_.done("Self-test: " + rows + ".");
      });
}

void Selftest::fail(std::string why) {
  notices_.error(why);
  failure_ = std::move(why);
}

void Selftest::cancel() {
  if (starting_) starting_->cancelled = true;
  child_.reset();
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

}  // namespace gouache::studio
