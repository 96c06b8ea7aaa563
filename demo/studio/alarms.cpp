// Is a training going wrong, how would a person be told, and what could they try?
#include "demo/studio/alarms.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace gouache::studio {
namespace {

struct Words {
  AlarmKind kind;  ///< in the order of how serious they are
  const char *name, *what, *advice;
};
constexpr Words kWords[kAlarmKinds] = {
    {AlarmKind::not_finite, "not_finite", "The numbers ran away: a value became infinite or not a number, so training stopped.",
     "Go back to an earlier checkpoint and lower the learning rate to half or less. Weights were not harmed by the bad step."},
    {AlarmKind::collapse, "collapse", "The samples look more and more alike: the generator may have collapsed to few pictures.",
     "Go back to a checkpoint from before. Then try a lower learning rate, a gradient penalty R1 of 0.1 to 1, or more different images."},
    {AlarmKind::discriminator_strong, "discriminator_strong",
     "The discriminator is too strong: it tells real and painted images apart almost without error, so the generator learns little.",
     "Try a discriminator rate of 0.5, label smoothing of 0.1, a gradient penalty R1 of 0.1 to 1, or a little instance noise."},
    {AlarmKind::no_learning, "no_learning", "Nothing is being learned: the discriminator cannot tell real and painted images apart at all.",
     "Try a learning rate five times as high, or a wider network. Check that the images differ from one another."},
};

// A GAN that works has D(real) around 0.6 to 0.9; the first steps always look extreme, so nothing counts before kWarmUp.
constexpr double kWarmUp = 150, kMemory = 25, kSlowMemory = 200;  ///< steps
constexpr double kStrongFor = 200, kStrongOver = 60;              ///< steps until raised, until taken back
constexpr double kIdleFor = 400, kIdleOver = 20;
constexpr double kSheetsToRaise = 2, kSheetsToClear = 2;
constexpr double kFell = 0.5, kRose = 0.7;          ///< of the best diversity so far
constexpr double kHealthy = 0.6, kTooAlike = 0.12;  ///< of the training images' diversity
constexpr double kGrewEnough = 0.3;                 ///< best diversity from which a fall means something
// Over kChangeSteps, of the training images' diversity. Measured: DCGANs that learn change by 0.7 and more; with a learning rate of nearly
// nothing batch norm's running statistics still move the samples by 0.01.
constexpr double kStill = 0.03, kMoves = 0.06;
constexpr std::uint64_t kMustDifferAfter = 1500;  ///< steps after which samples that never differed are an alarm too

std::optional<float> finite(float value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; }

}  // namespace

const char* name_of(AlarmKind kind) { return kWords[static_cast<std::size_t>(kind)].name; }

double distance(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) {
  const std::size_t bytes = std::min(a.size(), b.size());
  if (bytes == 0) return 0;
  std::uint64_t squares = 0;
  for (std::size_t k = 0; k < bytes; ++k) {
    const int difference = int{a[k]} - int{b[k]};
    squares += static_cast<std::uint64_t>(difference * difference);
  }
  return std::sqrt(static_cast<double>(squares) / static_cast<double>(bytes)) / 255;
}

double diversity(std::span<const std::uint8_t> images, std::size_t count) {
  if (count < 2) return 0;
  const std::size_t bytes = images.size() / count;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < i; ++j) sum += distance(images.subspan(i * bytes, bytes), images.subspan(j * bytes, bytes));
  return sum / (static_cast<double>(count) * static_cast<double>(count - 1) / 2);
}

Vitals vitals_of(std::span<const std::string> names, std::span<const float> values) {
  Vitals vitals;
  struct Row {
    const char* name;
    std::optional<float>* to;
  };
  const Row rows[] = {{"D(real)", &vitals.d_real}, {"D(fake)", &vitals.d_fake},        {"loss D", &vitals.loss_d},
                      {"loss G", &vitals.loss_g},  {"gradient D", &vitals.gradient_d}, {"gradient G", &vitals.gradient_g}};
  for (std::size_t i = 0; i < names.size() && i < values.size(); ++i)
    for (const Row& row : rows)
      if (names[i] == row.name) *row.to = finite(values[i]);
  return vitals;
}

void Alarms::Mean::add(double x, double steps) {
  const double share = seen == 0 ? 1 : 1 - std::exp(-1 / steps);
  value += share * (x - value);
  ++seen;
}

void Alarms::Held::add(bool bad, bool good, double amount, double to_raise, double to_clear) {
  on = bad ? on + amount : 0;
  off = good && !bad ? off + amount : 0;
  if (!raised && on >= to_raise) {
    raised = true;
    off = 0;
  } else if (raised && off >= to_clear) {
    raised = false;
    on = 0;
  }
}

void Alarms::step(std::uint64_t step, const Vitals& vitals) {
  const double steps = last_step_ && step > last_step_ ? static_cast<double>(step - last_step_) : 1;
  last_step_ = step;
  steps_seen_ += static_cast<std::uint64_t>(steps);
  watch_discriminator(vitals, steps);
  watch_learning(vitals, steps);
  show(AlarmKind::discriminator_strong, strong_.raised, step);
  show_idle(step);
}

/// Too strong: almost no error on either side; or the generator's loss is twice its best and still growing while D(fake) is low.
void Alarms::watch_discriminator(const Vitals& vitals, double steps) {
  if (!vitals.d_real || !vitals.d_fake) return;
  for (double i = 0; i < std::min(steps, kSlowMemory); ++i) {
    real_.add(double{*vitals.d_real}, kMemory);
    fake_.add(double{*vitals.d_fake}, kMemory);
    if (vitals.loss_d) loss_d_.add(double{*vitals.loss_d}, kMemory);
    if (!vitals.loss_g) continue;
    loss_g_.add(double{*vitals.loss_g}, kMemory);
    loss_g_slow_.add(double{*vitals.loss_g}, kSlowMemory);
  }
  if (static_cast<double>(steps_seen_) < kWarmUp) {
    best_loss_g_ = loss_g_.value;
    return;
  }
  best_loss_g_ = std::min(best_loss_g_, loss_g_.value);
  const double real = real_.value, fake = fake_.value;
  const bool certain = margins_ ? loss_d_.seen > 0 && loss_d_.value < 0.02 : real > 0.97 && fake < 0.03;
  const bool growing = !margins_ && vitals.loss_g && fake < 0.1 && best_loss_g_ > 0 && loss_g_.value > 2 * best_loss_g_ &&
                       loss_g_.value > 1.05 * loss_g_slow_.value;
  const bool unsure = margins_ ? loss_d_.value > 0.1 : real < 0.94 || fake > 0.08;
  strong_.add(certain || growing, unsure, steps, kStrongFor, kStrongOver);
}

/// Idle: D says the same of real and painted images for hundreds of steps, or no gradient reaches the networks.
void Alarms::watch_learning(const Vitals& vitals, double steps) {
  const bool has_gap = vitals.d_real && vitals.d_fake, has_gradient = vitals.gradient_g && vitals.gradient_d;
  if ((!has_gap && !has_gradient) || static_cast<double>(steps_seen_) < kWarmUp) return;
  const double gap = has_gap ? std::abs(double{*vitals.d_real} - double{*vitals.d_fake}) : 1;
  const double gradient = has_gradient ? double{std::min(*vitals.gradient_g, *vitals.gradient_d)} : 1;
  for (double i = 0; i < std::min(steps, kSlowMemory); ++i) gap_.add(gap, kMemory);
  const bool bad = (has_gap && gap_.value < 0.01) || gradient < 1e-7;
  const bool good = gap_.value > 0.02 && gradient > 1e-6;
  idle_.add(bad, good, steps, kIdleFor, kIdleOver);
}

void Alarms::sheet(std::uint64_t step, double relative_diversity, std::optional<double> relative_change) {
  if (!std::isfinite(relative_diversity)) return;
  if (relative_change) {
    const double change = *relative_change;
    still_.add(kStill > change, change > kMoves, 1, kSheetsToRaise, kSheetsToClear);
  }
  show_idle(step);
  diversity_now_ = relative_diversity;
  best_diversity_ = std::max(best_diversity_, relative_diversity);
  ++sheets_;
  const double now = relative_diversity;
  const bool fell = best_diversity_ >= kGrewEnough && now < kFell * std::min(best_diversity_, 1.0) && now < kHealthy;
  const bool never = step >= kMustDifferAfter && now < kTooAlike && !still_.raised;
  const bool good = now >= kHealthy || (now > kRose * std::min(best_diversity_, 1.0) && now > 1.5 * kTooAlike);
  collapsed_.add(fell || never, good, 1, kSheetsToRaise, kSheetsToClear);
  show(AlarmKind::collapse, collapsed_.raised, step);
}

void Alarms::not_finite(std::uint64_t step, const std::string& what) {
  show(AlarmKind::not_finite, false, step);
  show(AlarmKind::not_finite, true, step);
  if (!what.empty()) active_.front().what += " (" + what + ")";
}

void Alarms::show_idle(std::uint64_t step) {
  const bool before = std::ranges::find(active_, AlarmKind::no_learning, &Alarm::kind) != active_.end();
  show(AlarmKind::no_learning, idle_.raised || still_.raised, step);
  if (!before && still_.raised)
    std::ranges::find(active_, AlarmKind::no_learning, &Alarm::kind)->what =
        "Nothing is being learned: the samples have not changed over the last " + std::to_string(kChangeSteps) + " steps.";
}

void Alarms::reset() { *this = Alarms(margins_); }

void Alarms::show(AlarmKind kind, bool raised, std::uint64_t step) {
  const auto at = std::ranges::find(active_, kind, &Alarm::kind);
  if (raised == (at != active_.end())) return;
  if (!raised) {
    active_.erase(at);
    return;
  }
  const Words& words = kWords[static_cast<std::size_t>(kind)];
  active_.push_back({kind, words.what, words.advice, step});
  std::ranges::sort(active_, {}, &Alarm::kind);
}

}  // namespace gouache::studio
