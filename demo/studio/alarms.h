// Is a training going wrong, how would a person be told, and what could they try?
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace gouache::studio {

enum class AlarmKind { not_finite, collapse, discriminator_strong, no_learning };
inline constexpr std::size_t kAlarmKinds = 4;

struct Alarm {
  AlarmKind kind;
  std::string what;         ///< one plain sentence
  std::string advice;       ///< what to try, one or two sentences
  std::uint64_t since = 0;  ///< step at which it was raised
};

/// "collapse" and so on, for scripts.
const char* name_of(AlarmKind kind);

/// Mean distance between two of the images: root mean square over the values of each pair, 0 (all alike) to 1. Images are packed bytes, all
/// of one size; 0 for fewer than two.
double diversity(std::span<const std::uint8_t> images, std::size_t count);

/// Root mean square difference of two images or sheets of one size, packed bytes: 0 (the same) to 1.
double distance(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

/// Sheets that lie at least so many steps apart are compared for whether anything is learned.
inline constexpr std::uint64_t kChangeSteps = 300;

/// The figures that alarms look at; empty where the training has none of that kind.
struct Vitals {
  std::optional<float> d_real, d_fake, loss_d, loss_g;
  std::optional<float> gradient_d, gradient_g;  ///< norms
};
/// Picks them by the names that the plugin gives.
Vitals vitals_of(std::span<const std::string> names, std::span<const float> values);

/// Watches a training. An alarm is raised when its condition has held for long, and taken back when one that is milder has not held for
/// long: it does not flicker. Not thread-safe.
class Alarms {
 public:
  /// `margins`: the loss is hinge, so that D(real) and D(fake) are scores without ends; else they aim at 1 and 0.
  explicit Alarms(bool margins = false) : margins_(margins) {}

  void step(std::uint64_t step, const Vitals& vitals);
  /// Of a sheet of samples that was painted after `step`: its diversity over that of the training images, and its distance from a sheet of
  /// the same latents kChangeSteps or more before, over the same; none where there is no such sheet.
  void sheet(std::uint64_t step, double relative_diversity, std::optional<double> relative_change = {});
  /// Training stopped at NaN or Inf; stays until reset().
  void not_finite(std::uint64_t step, const std::string& what);
  /// Begins anew, as after going back to a checkpoint.
  void reset();

  /// The most serious first.
  const std::vector<Alarm>& active() const { return active_; }
  /// Newest relative diversity; negative: none yet.
  double diversity_now() const { return diversity_now_; }

 private:
  /// Follows a figure: a mean that forgets, over about so many steps.
  struct Mean {
    double value = 0;
    std::uint64_t seen = 0;
    void add(double x, double steps);
  };
  /// Counts in steps (or sheets) how long a condition has held.
  struct Held {
    double on = 0, off = 0;
    bool raised = false;
    /// `bad` raises it after `to_raise`, `good` takes it back after `to_clear`; between both it stays what it is.
    void add(bool bad, bool good, double amount, double to_raise, double to_clear);
  };
  void watch_discriminator(const Vitals& vitals, double steps);
  void watch_learning(const Vitals& vitals, double steps);
  void show(AlarmKind kind, bool raised, std::uint64_t step);
  void show_idle(std::uint64_t step);

  bool margins_;
  std::uint64_t last_step_ = 0, steps_seen_ = 0;
  Mean real_, fake_, loss_d_, loss_g_, loss_g_slow_, gap_;
  double best_loss_g_ = 0;
  Held strong_, collapsed_, idle_, still_;
  double best_diversity_ = 0, diversity_now_ = -1;
  std::uint64_t sheets_ = 0;
  std::vector<Alarm> active_;
};

}  // namespace gouache::studio
