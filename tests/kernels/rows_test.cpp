// Does every kernel row compute what the definitions say, write all of its results and nothing else, and read nothing but its inputs?
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "host/kernels/family.h"
#include "host/kernels/freeze.h"
#include "host/kernels/one_row.h"
#include "host/kernels/prune.h"
#include "host/kernels/spirv.h"
#include "host/kernels/winograd.h"
#include "host/plan/feeds.h"
#include "host/runtime/executable.h"
#include "shaders/shared/interface.h"
#include "tests/kernels/row_cases.h"
#include "tests/support/guarded_plan.h"
#include "tests/support/test_device.h"

namespace gouache::testing {
namespace {

/// Memory is filled with these before a run: what is not written, or read before it is, shows. A maximum may swallow a NaN.
constexpr std::uint32_t kPatterns[] = {0x7fc0dead, 0x7e96dead};  // NaN, 1e38

const std::vector<RowCase>& all_cases() {
  static const std::vector<RowCase> cases = row_cases();
  return cases;
}

/// A row's name without what depends on the shape.
std::string base_of(std::string row) {
  for (const char* varying : {" teams ", " parts ", " fold ", " splits "}) row = row.substr(0, row.find(varying));
  return row;
}

/// The rows of a case that run on this device.
struct Trial {
  Launch launch;
  std::vector<std::size_t> rows;
  std::vector<Kernel> kernels;  ///< those of `rows`
  std::string failure;          ///< why there are none
};

/// What a case has a kernel run.
std::vector<Dispatch> dispatches_of(const RowCase& one, const Kernel& kernel) {
  std::vector<Dispatch> dispatches = kernel.dispatches;
  if (!one.swapped) std::ranges::copy(kernel.natural, dispatches.begin());
  return dispatches;
}

/// What a driver compiles for them.
std::string pipelines_of(const std::vector<Dispatch>& dispatches) {
  std::string text;
  for (const Dispatch& dispatch : dispatches) {
    text += dispatch.module;
    for (const SpecConstant& constant : dispatch.constants)
      text += " " + std::to_string(constant.id) + "=" + std::to_string(constant.value);
  }
  return text;
}

/// How many teams a kernel's tiles take a subgroup for; 0: it has no tiles.
std::uint32_t teams_of(const Kernel& kernel) {
  std::uint32_t teams = 0;
  for (const Dispatch& dispatch : kernel.dispatches)
    for (const SpecConstant& constant : dispatch.constants)
      if (constant.id == CONSTANT_TEAMS) teams = constant.value;
  return teams;
}

/// How large a dispatch's tile is, in how many teams.
std::string size_of_tile(const Dispatch& dispatch) {
  std::string text;
  for (const SpecConstant& constant : dispatch.constants)
    if (constant.id <= CONSTANT_TEAMS) text += " " + std::to_string(constant.id) + "=" + std::to_string(constant.value);
  return text;
}

/// A dispatch's tile: of which shader, however it reads, how large, in how many teams.
std::string tile_of(const Dispatch& dispatch) {
  return dispatch.module.substr(0, std::min(dispatch.module.find(".texel"), dispatch.module.find(".storage"))) + size_of_tile(dispatch);
}

/// Whether a tile runs a program on its results.
bool runs_program(const Dispatch& dispatch) {
  return dispatch.subgroup_size != 0 && std::ranges::any_of(dispatch.constants, [](const SpecConstant& constant) {
           return constant.id == CONSTANT_PROGRAM_LENGTH && constant.value != 0;
         });
}

/// Running is cheap, compiling is not (a large tile takes a software driver half a second and more): a row takes part in the
/// cases that need no further pipeline, in those that bring a module's first run and in the first few others; past two, tiles take turns.
/// Of the two, one is kept for a row's other number of teams, without a program; spare kernels are tried for that alone.
/// A program runs in four rows of an op, and elsewhere once in each size of tile. What reads storage buffers where a row of texels does the
/// same has four, and each of its forms (columns a lane) one: such reads are what takes the newer lavapipe longest, five seconds for a
/// norm.
class Budget {
 public:
  explicit Budget(const DeviceCaps& caps) : slow_(caps.prefers_broadcast) {}

  /// What cases there will be of a row.
  void expect(const RowCase& one, const Kernel& kernel) {
    share_of(one, kernel).forms.insert(teams_of(kernel));
    if (kernel.row.find("texel") != std::string::npos) texels_.insert(one.name);
  }

  bool affords(const RowCase& one, const Kernel& kernel, std::size_t row) {
    if (!kernel.row.starts_with(one.rows)) return false;
    if (one.always) return true;
    if (one.turn >= 0 && row % 4 != static_cast<std::size_t>(one.turn)) return false;
    Share& share = share_of(one, kernel);
    const std::vector<Dispatch> dispatches = dispatches_of(one, kernel);
    const bool tile = std::ranges::any_of(dispatches, [](const Dispatch& d) { return d.subgroup_size != 0; });
    const std::string pipelines = pipelines_of(dispatches);
    if (share.pipelines.count(pipelines)) return true;
    const bool fresh = std::ranges::any_of(dispatches, [&](const Dispatch& d) { return !modules_.count(d.module); });
    const bool other = !share.pipelines.empty() && std::ranges::any_of(dispatches, [&](const Dispatch& d) {
      return d.subgroup_size != 0 && !tiles_.count(tile_of(d));
    });
    if (!fresh && (other ? one.turn >= 0 : kernel.spare)) return false;
    const auto programmed = [&](const Dispatch& d) { return runs_program(d) && programmed_.count(size_of_tile(d)); };
    if (!fresh && !other && programs_[one.op] >= 4 && std::ranges::any_of(dispatches, programmed)) return false;
    const std::size_t taken = share.pipelines.size() + (share.pipelines.empty() || other ? 0 : share.forms.size() - share.tried.size());
    if (!fresh && !other && tile && taken >= 2 && (turns_++ % 16 != 0 || taken >= 3)) return false;
    if (!fresh && slow_ && share.pipelines.size() >= 12) return false;
    if (!tile && !slow_ && texels_.count(one.name) && kernel.row.find("texel") == std::string::npos && share.pipelines.size() >= 4 &&
        std::ranges::all_of(dispatches, [&](const Dispatch& d) { return tiles_.count(tile_of(d)); }))
      return false;
    share.pipelines.insert(pipelines);
    share.tried.insert(teams_of(kernel));
    for (const Dispatch& dispatch : dispatches) {
      modules_.insert(dispatch.module);
      tiles_.insert(tile_of(dispatch));
      if (runs_program(dispatch)) programmed_.insert(size_of_tile(dispatch)), ++programs_[one.op];
    }
    return true;
  }

 private:
  /// What a row of an op has had.
  struct Share {
    std::set<std::string> pipelines;
    std::set<std::uint32_t> forms, tried;  ///< numbers of teams: of all cases, of those that it took part in
  };
  Share& share_of(const RowCase& one, const Kernel& kernel) { return shares_[{one.op, base_of(kernel.row)}]; }

  bool slow_;
  std::size_t turns_ = 0;
  std::set<std::string> modules_, tiles_, programmed_;
  std::map<std::string, std::size_t> programs_;  ///< tiles with a program, by op
  std::set<std::string> texels_;                 ///< cases that a row of texels runs
  std::map<std::pair<std::string, std::string>, Share> shares_;
};

/// A case with all of its kernels.
Trial whole_trial(const RowCase& one, const Catalog& catalog) {
  Trial all;
  try {
    Graph graph;
    one.build(graph);
    all.launch = launch_of(graph, layout_of(graph), catalog, one.op);
    all.kernels = catalog.candidates(all.launch);
    if (!one.rows.empty() && std::ranges::none_of(all.kernels, [&](const Kernel& kernel) { return kernel.row.starts_with(one.rows); }))
      all.failure = "no row begins with '" + one.rows + "'";
  } catch (const Error& error) { all.failure = error.what(); }
  return all;
}

std::vector<Trial> choose_trials(const DeviceCaps& caps) {
  const Catalog catalog(caps);
  Budget budget(caps);
  std::vector<Trial> trials;
  for (const RowCase& one : all_cases()) {
    trials.push_back(one.software && !caps.is_cpu ? Trial{} : whole_trial(one, catalog));
    for (const Kernel& kernel : trials.back().kernels) budget.expect(one, kernel);
  }
  for (std::size_t i = 0; i < trials.size(); ++i) {
    std::vector<Kernel> all;
    std::swap(all, trials[i].kernels);
    for (std::size_t row = 0; row < all.size(); ++row) {
      if (!budget.affords(all_cases()[i], all[row], row)) continue;
      trials[i].rows.push_back(row);
      trials[i].kernels.push_back(std::move(all[row]));
    }
  }
  return trials;
}

const std::vector<Trial>& all_trials() {
  static const std::vector<Trial> trials = choose_trials(test_device().caps());
  return trials;
}

/// Everything that the cases dispatch.
void for_each_dispatch(const std::function<void(const Dispatch&)>& call) {
  for (std::size_t i = 0; i < all_trials().size(); ++i)
    for (const Kernel& kernel : all_trials()[i].kernels)
      for (const Dispatch& dispatch : dispatches_of(all_cases()[i], kernel)) call(dispatch);
}

/// A case with what its inputs hold and what its results should be.
struct Prepared {
  explicit Prepared(const RowCase& a_case) : one(a_case) {
    one.build(graph);
    fed = feeds(graph);
    layout = layout_of(graph);
    expected = expected_of(graph, fed);
    for (const auto& output : graph.outputs()) results.push_back(output.first);
    for (const Update& update : graph.updates()) results.push_back(graph.node(update.variable).as<LeafAttributes>().name);
  }
  const RowCase& one;
  Graph graph;
  std::map<std::string, Array> fed;
  StateLayout layout;
  std::vector<Array> expected;
  std::vector<std::string> results;  ///< outputs and updated variables, as `expected`
};

/// What a row's results may differ by: Winograd's transforms cost accuracy.
Tolerance tolerance_of(const RowCase& one, const std::string& row) {
  Tolerance tolerance = one.tolerance;
  if (row.starts_with(kWinogradRow)) tolerance.part = std::max(tolerance.part, kWinogradError);
  return tolerance;
}

/// What is counted as tried is what the plan runs.
void expect_dispatches(const Plan& plan, const std::vector<Dispatch>& dispatches) {
  std::set<std::string> planned;
  for (const Step& step : plan.steps)
    for (const Dispatch& dispatch : step.kernel.dispatches) planned.insert(pipelines_of({dispatch}));
  for (const Dispatch& dispatch : dispatches)
    EXPECT_TRUE(planned.count(pipelines_of({dispatch}))) << dispatch.module << " is not in the plan";
}

void run_row(const Prepared& c, const Launch& launch, const Kernel& kernel, std::size_t row, const Tolerance& tolerance) {
  Device& device = test_device();
  const Catalog catalog(device.caps());
  const GuardedPlan guarded(make_plan(c.graph, c.layout, OneRow(catalog, launch, row), {.name = c.one.name, .alias = false}), c.layout);
  expect_dispatches(guarded.plan(), dispatches_of(c.one, kernel));
  State state(device, guarded.layout());
  Executable executable(device, state, guarded.plan());
  std::vector<Array> before;
  for (const std::uint32_t pattern : kPatterns) {
    const std::vector<std::byte> image = guarded.image(c.fed, pattern);
    std::vector<std::byte> memory(image.size());
    state.upload("memory", image);
    executable.run();
    state.download("memory", memory);
    Worst worst;
    std::vector<Array> now;
    for (std::size_t i = 0; i < c.results.size(); ++i) {
      now.push_back(guarded.read(c.results[i], memory));
      compare(c.results[i], now[i], c.expected[i], tolerance, worst);
    }
    EXPECT_LE(worst.error, 1) << worst.where << " (a part " << tolerance.part << " of the largest)";
    EXPECT_EQ(guarded.trespass(image, memory), "");
    for (std::size_t i = 0; i < before.size() && worst.error <= 1; ++i)
      EXPECT_EQ(before[i].values, now[i].values) << c.results[i] << " depends on what memory held before the run";
    before = std::move(now);
  }
}

class KernelRows : public ::testing::TestWithParam<std::size_t> {};

TEST_P(KernelRows, AgreeWithTheDefinitionAndKeepToTheirTensors) {
  const RowCase& one = all_cases()[GetParam()];
  const Trial& trial = all_trials()[GetParam()];
  EXPECT_EQ(trial.failure, "") << one.name;
  if (trial.rows.empty()) return;  // its rows have had their share of pipelines
  const Prepared prepared(one);
  for (std::size_t i = 0; i < trial.rows.size(); ++i) {
    SCOPED_TRACE(one.name + ", row \"" + trial.kernels[i].row + "\" on " + test_device().caps().name);
    run_row(prepared, trial.launch, trial.kernels[i], trial.rows[i], tolerance_of(one, trial.kernels[i].row));
  }
}

INSTANTIATE_TEST_SUITE_P(Case, KernelRows, ::testing::Range(std::size_t{0}, row_cases().size()), [](const auto& info) {
  std::string name = all_cases()[info.param].name;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
});

TEST(KernelRowTable, HasACaseForEveryRow) {
  std::set<std::pair<std::string, std::string>> tried;
  for (const Trial& trial : all_trials())
    for (const Kernel& kernel : trial.kernels) tried.insert({trial.launch.op, base_of(kernel.row)});
  std::size_t rows = 0;
  for (const KernelFamily* family : kernel_families()) {
    if (!family->rows) continue;
    for (const std::string& row : family->rows(test_device().caps())) {
      EXPECT_TRUE(tried.count({family->op, row})) << "no case runs " << family->op << "'s row \"" << row << "\"";
      ++rows;
    }
  }
  EXPECT_GT(rows, 10u);
}

/// Modules that no device of this kind can run, or that belong to no op (image targets have tests of their own). Packed weights are a
/// CPU's; tiles that broadcast read theirs from storage buffers.
bool is_exempt(const std::string& module, const DeviceCaps& caps) {
  const bool broadcasts = caps.prefers_broadcast || !caps.subgroup_shuffle;
  if (!caps.is_cpu && module.find(".whole.") != module.npos) return true;
  if (module.starts_with("pack_columns") && (!caps.is_cpu || (broadcasts && module.ends_with(".texel")))) return true;
  return module.ends_with("yardstick") || module.starts_with("target_") || module.ends_with(broadcasts ? ".shuffle" : ".broadcast");
}

/// The lines of shaders/modules.txt: module and the rest.
std::map<std::string, std::string> module_table() {
  std::map<std::string, std::string> modules;
  std::ifstream file(GOUACHE_SOURCE_DIR "/shaders/modules.txt");
  for (std::string line, module; std::getline(file, line);)
    if (std::istringstream(line) >> module && module[0] != '#') modules[module] = line.substr(module.size());
  EXPECT_GT(modules.size(), 50u);
  return modules;
}

TEST(KernelRowTable, HasACaseForEveryModule) {
  std::set<std::string> tried;
  for_each_dispatch([&](const Dispatch& dispatch) { tried.insert(dispatch.module); });
  for (const auto& [module, definitions] : module_table())
    EXPECT_TRUE(tried.count(module) || is_exempt(module, test_device().caps())) << "no case dispatches " << module;
}

/// Drivers get modules without specialization constants, and without the functions that a fused program does not have: nothing may be left
/// that freezing and pruning do not see through.
TEST(KernelRowTable, LeavesNothingForTheDriverToDecide) {
  constexpr std::uint32_t kHeader = 5, kFirstSpecialization = 48, kLastSpecialization = 52, kSwitch = 251;
  for_each_dispatch([&](const Dispatch& dispatch) {
    const std::vector<std::uint32_t> words = prune(freeze_constants(spirv(dispatch.module), dispatch.constants));
    for (std::size_t at = kHeader; at < words.size(); at += words[at] >> 16) {
      const std::uint32_t opcode = words[at] & 0xffff;
      ASSERT_TRUE(opcode < kFirstSpecialization || opcode > kLastSpecialization) << dispatch.module << ": opcode " << opcode;
      ASSERT_TRUE(opcode != kSwitch || dispatch.module == "random") << dispatch.module;
    }
  });
}

}  // namespace
}  // namespace gouache::testing
