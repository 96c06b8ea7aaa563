// gouache bench scale: how do time and memory an image go with the batch and with the size, and what is behind a cliff?
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "demo/cli/diagnostics_bench_networks.h"
#include "demo/cli/diagnostics_recipes.h"
#include "demo/data/plot.h"

namespace gouache::cli {
namespace {

constexpr std::int64_t kBatches[] = {1, 2, 4, 8, 16, 32, 64, 128, 256}, kSizes[] = {16, 32, 64, 128, 256, 512};
constexpr std::int64_t kBatchOfSizes = 4;
constexpr double kCliff = 0.75;  // of the rate of useful work one point before

/// What an op of a point takes, all ops of one label together.
struct OpTime {
  double ms = 0, flops = 0, bytes = 0;
  std::string kernel;
};
using OpTimes = std::map<std::string, OpTime>;

/// One measured batch or size.
struct Point {
  BenchRow row;
  OpTimes ops;
};

OpTimes op_times(NetworkRun& run, int repeats) {
  const std::vector<double> times = step_times(run, repeats);
  OpTimes ops;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Step& step = run.plan().steps[i];
    OpTime& op = ops[(step.launch.label.empty() ? "" : step.launch.label + " ") + step.launch.op];
    op.ms += times[i];
    op.flops += step.kernel.flops;
    op.bytes += step.kernel.bytes;
    if (op.kernel.find(step.kernel.row) == std::string::npos) op.kernel += (op.kernel.empty() ? "" : ", ") + step.kernel.row;
  }
  return ops;
}

/// The op that takes most more than at the rate of the point before it, or, where it is new, than at that point's whole rate.
std::string explain(const Point& before, const Point& now) {
  std::string worst;
  double most = 0, expected_of_worst = 0;
  for (const auto& [name, op] : now.ops) {
    const auto old = before.ops.find(name);
    const bool known = old != before.ops.end() && old->second.ms > 0;
    const double work = op.flops > 0 ? op.flops : op.bytes, old_work = known ? (op.flops > 0 ? old->second.flops : old->second.bytes) : 0;
    const double expected = old_work > 0 ? old->second.ms * work / old_work : before.row.ms * op.flops / before.row.flops;
    if (op.ms - expected <= most) continue;
    most = op.ms - expected;
    expected_of_worst = expected;
    worst = name;
  }
  if (worst.empty()) return "no op alone is to blame";
  const OpTime& op = now.ops.at(worst);
  const auto old = before.ops.find(worst);
  char text[128];
  std::snprintf(text, sizeof text, ": %.2f ms, %.2f at the rate before; ", op.ms, expected_of_worst);
  if (old == before.ops.end()) return worst + text + "an op that was not there before, row \"" + op.kernel + "\"";
  return worst + text +
         (old->second.kernel == op.kernel ? "the same row \"" + op.kernel + "\""
                                          : "row \"" + op.kernel + "\" instead of \"" + old->second.kernel + "\"");
}

Point measure(Bench& bench, Work work, const Network& network, std::int64_t size) {
  NetworkRun run(bench.device, bench.catalog, work, network);
  run.run();  // some drivers compile only now
  std::vector<double> times;
  for (int round = 0; round < bench.options.repeats; ++round) {
    bench.yardsticks.run();
    times.push_back(run.run());
  }
  Point point;
  BenchRow& row = point.row;
  row.name = network.name;
  row.flops = run.plan().flops();
  set_times(row, times);
  const double images = static_cast<double>(network.batch);
  row.figures = {{"batch", images},
                 {"size", static_cast<double>(size)},
                 {"ms_per_image", row.ms / images},
                 {"memory_bytes", static_cast<double>(run.memory())}};
  point.ops = op_times(run, bench.options.repeats);
  return point;
}

/// The recipe at every size that it takes.
std::vector<Recipe> sizes_of(const Recipe& recipe) {
  std::vector<Recipe> all;
  for (const std::int64_t size : kSizes) {
    try {
      Recipe sized = recipe;
      sized.set("size", std::to_string(size));
      all.push_back(Recipe::from_json(sized.to_json()));  // which looks at all fields together
    } catch (const Error&) {}                             // out of the model's range, or too many levels for its channels
  }
  return all;
}

void add(std::vector<BenchRow>& rows, std::vector<Point>& axis) {
  for (std::size_t i = 0; i < axis.size(); ++i) {
    if (i > 0 && axis[i].row.gflops() < kCliff * axis[i - 1].row.gflops()) axis[i].row.note = explain(axis[i - 1], axis[i]);
    rows.push_back(axis[i].row);
  }
}

double figure(const BenchRow& row, const std::string& key) {
  return std::ranges::find(row.figures, key, &std::pair<std::string, double>::first)->second;
}

/// Curves of a figure of the rows of one group against the binary logarithm of `key`.
data::Picture panel(const std::vector<BenchRow>& rows, const std::string& group, const std::string& key, const std::string& value,
                    double unit, const std::string& title) {
  data::Series curve{.name = value, .colour = data::kInks[value == "memory_bytes" ? 1 : 0], .x = {}, .y = {}};
  for (const BenchRow& row : rows) {
    if (row.group != group) continue;
    curve.x.push_back(std::log2(figure(row, key)));
    curve.y.push_back(figure(row, value) / unit);
  }
  return data::plot(title, "log2 of the " + key, {curve}, {.width = 960, .height = 360, .smoothing = 0, .log_y = true});
}

void draw(const std::string& path, const std::vector<BenchRow>& rows) {
  data::Picture stacked;
  for (const std::string key : {"batch", "size"})
    for (const bool memory : {false, true}) {
      const std::string group = "by " + key, value = memory ? "memory_bytes" : "ms_per_image";
      if (std::ranges::none_of(rows, [&](const BenchRow& row) { return row.group == group; })) continue;
      const data::Picture drawn = panel(rows, group, key, value, memory ? 1048576.0 : 1.0,
                                        (memory ? "Device memory, MiB, against the " : "Milliseconds an image against the ") + key);
      stacked.width = drawn.width;
      stacked.channels = drawn.channels;
      stacked.height += drawn.height;
      stacked.pixels.insert(stacked.pixels.end(), drawn.pixels.begin(), drawn.pixels.end());
    }
  data::write_png(path, stacked);
}

}  // namespace

std::vector<BenchRow> bench_scale(Bench& bench) {
  const BenchOptions& o = bench.options;
  const Work work = o.training ? Work::train : Work::paint;
  const Recipe recipe = o.recipe.empty() ? Recipe::from_json(R"({"model": "dcgan", "channels": 256, "latent": 100, "image_channels": 3})")
                                         : recipe_of(o.recipe);
  const std::int64_t largest = o.batch ? o.batch : kBatches[std::size(kBatches) - 1], size = recipe.integer("size");
  std::vector<Point> batches, sizes;
  for (const std::int64_t batch : kBatches)
    if (batch <= largest && (batch > 1 || work == Work::paint))  // a training needs two images
      batches.push_back(measure(bench, work, {recipe.model() + " batch " + std::to_string(batch), recipe, batch}, size));
  const std::int64_t images = std::min(kBatchOfSizes, largest);
  for (const Recipe& sized : sizes_of(recipe)) {
    const std::int64_t extent = sized.integer("size");
    sizes.push_back(measure(bench, work, {recipe.model() + " size " + std::to_string(extent), sized, images}, extent));
  }
  for (Point& point : batches) point.row.group = "by batch";
  for (Point& point : sizes) point.row.group = "by size";
  std::vector<BenchRow> rows;
  add(rows, batches);
  add(rows, sizes);
  if (!o.out.empty()) draw(o.out, rows);
  return rows;
}

void print_scale(const std::vector<BenchRow>& rows) {
  std::printf("%8s %6s %12s %9s %7s %12s  %s\n", "batch", "size", "ms an image", "GFLOP/s", "spread", "memory, MiB",
              "where work slows down by a quarter");
  std::string group = rows.empty() ? "" : rows.front().group;
  for (const BenchRow& row : rows) {
    if (row.group != group) std::printf("\n");
    group = row.group;
    std::printf("%8.0f %6.0f %12.4f %9.1f %6.0f%% %12.2f  %s\n", figure(row, "batch"), figure(row, "size"), figure(row, "ms_per_image"),
                row.gflops(), 100 * row.spread, figure(row, "memory_bytes") / 1048576, row.note.c_str());
  }
}

}  // namespace gouache::cli
