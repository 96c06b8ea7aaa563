// What does a suite of gouache bench measure, and in which form does it report?  A suite is one row of the table in diagnostics_bench.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "host/graph/graph.h"
#include "host/kernels/family.h"
#include "host/runtime/executable.h"
#include "host/vulkan/device.h"

namespace gouache::cli {

struct BenchOptions {
  std::string what, recipe, device, filter, out;  ///< recipe: empty for the suite's own networks
  std::int64_t batch = 0;                         ///< 0: the suite's own
  int repeats = 5;
  bool json = false, every_row = false, ops = false, training = false, tuned = false, inside = false;
};

/// What a row is held against: nothing but fma, or nothing but copying.
enum class Against : std::uint8_t { multiply_adds, copy };

struct BenchRow {
  std::string name;
  Against against = Against::multiply_adds;
  double flops = 0, bytes = 0;                          ///< useful operations; bytes of tensors read and written
  double ms = 0, best = 0;                              ///< median and fastest
  double spread = 0;                                    ///< (slowest - fastest) / median
  std::string kernel, group;                            ///< of one group a summary is printed; empty: of none
  std::vector<std::pair<std::string, double>> figures;  ///< further ones of the suite, by their JSON keys
  std::string note;
  double gflops() const { return ms > 0 ? flops / ms * 1e-6 : 0; }
  double gbytes() const { return ms > 0 ? bytes / ms * 1e-6 : 0; }
};

/// Sets ms, best and spread from the times of single runs, in milliseconds.
void set_times(BenchRow& row, std::vector<double> times);

/// Plans of one dispatch each, run again between a suite's rows: everything shares the machine's moods.
class Yardsticks {
 public:
  explicit Yardsticks(Device& device);
  ~Yardsticks();
  void run();             ///< each once
  double gflops() const;  ///< of shaders/yardstick.comp, at the median of the runs so far
  double gbytes() const;  ///< read and written by shaders/copy_yardstick.comp in its faster form, likewise
  /// A row as a part of its yardstick, 0..1.
  double part(const BenchRow& row) const { return row.against == Against::copy ? row.gbytes() / gbytes() : row.gflops() / gflops(); }

 private:
  struct One;
  std::unique_ptr<One> multiply_adds_;
  std::vector<std::unique_ptr<One>> copies_;
};

struct Bench {
  Device& device;
  const Catalog& catalog;
  const BenchOptions& options;
  Yardsticks& yardsticks;
};

/// diagnostics_bench_kernels.cpp: single ops over the shapes of diagnostics_bench_shapes.cpp.
std::vector<BenchRow> bench_kernels(Bench& bench);
/// diagnostics_bench_models.cpp: whole training steps, or batches painted, and with --ops what each op in them takes.
std::vector<BenchRow> bench_train(Bench& bench);
std::vector<BenchRow> bench_generate(Bench& bench);
/// diagnostics_bench_scale.cpp: time and memory an image against batch and size, as rows, a table and a picture.
std::vector<BenchRow> bench_scale(Bench& bench);
void print_scale(const std::vector<BenchRow>& rows);
/// diagnostics_bench_start.cpp: how long until the first image, cold and with the driver's cache; the other side of it, in a process of
/// its own, prints one JSON object.
std::vector<BenchRow> bench_start(Bench& bench);
void print_start(const std::vector<BenchRow>& rows);
int start_inside(const BenchOptions& options);

/// One op over shapes that models really have.
struct BenchCase {
  std::string name, op;  ///< the op or composite whose row is named
  std::function<void(Graph&)> build;
  Against against = Against::multiply_adds;
  std::string group;
  bool setup = false;  ///< weights are variables and what depends on them alone is not timed: painting does it once
};
std::vector<BenchCase> bench_cases();

}  // namespace gouache::cli
