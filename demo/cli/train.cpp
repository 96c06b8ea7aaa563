// gouache train: how does a source of images become a trained model, and how does the run tell what it does?
#include <CLI/CLI.hpp>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "demo/cli/command.h"
#include "demo/cli/painter.h"
#include "demo/cli/progress.h"
#include "demo/cli/sheets.h"
#include "demo/cli/train_log.h"
#include "demo/data/source.h"

namespace gouache::cli {
namespace {

using Json = nlohmann::ordered_json;

struct TrainOptions {
  std::string model, source, out, recipe_file, start_from, trace, device;
  std::vector<std::string> settings;
  std::uint64_t steps = 2000, seed = 0, sample_every = 250, checkpoint_every = 500;
  std::uint32_t batch = 64, trace_steps = 3;
  bool resume = false;
};

volatile std::sig_atomic_t interrupted = 0;

/// The first Ctrl-C asks for a tidy end; a second one ends at once.
extern "C" void ask_to_stop(int signal) {
  interrupted = 1;
  std::signal(signal, SIG_DFL);
}

/// The recipe file, overridden by --model and every --set, with all fields filled in.
Json resolve_recipe(const TrainOptions& options) {
  Json recipe = Json::object();
  if (!options.recipe_file.empty()) {
    std::ifstream file(options.recipe_file, std::ios::binary);
    if (!file) throw std::runtime_error(options.recipe_file + ": this recipe cannot be read");
    std::string content(65537, '\0');
    file.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(file.gcount()));
    if (content.size() > 65536) throw std::runtime_error(options.recipe_file + ": this recipe is larger than 65536 bytes");
    recipe = Json::parse(content, nullptr, false);
    if (!recipe.is_object()) throw std::runtime_error(options.recipe_file + ": this recipe is not a JSON object");
  }
  if (!options.model.empty()) recipe["model"] = options.model;
  if (!recipe.contains("model")) throw Misuse("which model? Say --model NAME or give a --recipe that names one (see gouache models)");
  for (const std::string& setting : options.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == setting.npos || equals == 0) throw Misuse("--set " + setting + ": expected key=value");
    const std::string key = setting.substr(0, equals), value = setting.substr(equals + 1);
    const Json number = Json::parse(value, nullptr, false);
    recipe[key] = number.is_number() ? number : Json(value);
  }
  const std::string given = recipe.dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(text([&](size_t* size, char* to) { return gouResolveRecipe(given.c_str(), size, to); }));
}

/// With labels where the recipe has classes, and none where it has not.
data::Images load_images(const TrainOptions& options, const Json& recipe) {
  data::Images images =
      data::load(options.source, {.size = recipe.value("size", 2u), .channels = recipe.value("image_channels", 1u), .seed = options.seed});
  const auto classes = recipe.value("classes", 0u);
  if (classes == 0) images.labels.clear();
  if (classes > 0 && images.labels.empty())
    throw Misuse(options.source + " has no labels, the recipe has classes=" + std::to_string(classes) + "; expected --set classes=0");
  if (classes > 0 && classes != images.label_names.size())
    throw Misuse(options.source + " has " + std::to_string(images.label_names.size()) + " classes, the recipe has classes=" +
                 std::to_string(classes) + "; expected --set classes=" + std::to_string(images.label_names.size()));
  return images;
}

Training create_training(GouContext context, const TrainOptions& options, const Json& recipe, const data::Images& images) {
  const std::string text_of_recipe = recipe.dump();
  auto train = of_type<GouTrain>(GOU_TYPE_TRAIN);
  train.recipe = text_of_recipe.c_str();
  train.pixels = images.pixels.data();
  train.bytes = images.pixels.size();
  train.labels = images.labels.empty() ? nullptr : images.labels.data();
  train.count = images.count;
  train.height = images.height;
  train.width = images.width;
  train.channels = images.channels;
  train.batch = options.batch;
  train.seed = options.seed;
  Model start;
  if (!options.start_from.empty() && !options.resume) start = load_model(context, options.start_from, 0);
  train.start_from = start.get();
  GouTraining training = nullptr;
  check(gouCreateTraining(context, &train, &training));
  return Training(training);
}

std::string quoted(const std::string& word) {
  const bool plain = word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%") == word.npos;
  if (plain && !word.empty()) return word;
  std::string safe = "'";
  for (char c : word) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return safe + "'";
}

/// The command that goes on where this run stopped.
std::string resume_command(const TrainOptions& o) {
  std::string line = "gouache train --data " + quoted(o.source) + " --out " + quoted(o.out);
  if (!o.model.empty()) line += " --model " + quoted(o.model);
  if (!o.recipe_file.empty()) line += " --recipe " + quoted(o.recipe_file);
  for (const std::string& setting : o.settings) line += " --set " + quoted(setting);
  line += " --steps " + std::to_string(o.steps) + " --batch " + std::to_string(o.batch) + " --seed " + std::to_string(o.seed) +
          " --sample-every " + std::to_string(o.sample_every) + " --checkpoint-every " + std::to_string(o.checkpoint_every);
  if (!o.device.empty()) line += " --device " + quoted(o.device);
  return line + " --resume";
}

/// One run, from an open training to its files.
class Run {
 public:
  Run(const TrainOptions& options, GouTraining training)
      : options_(options),
        training_(training),
        shape_(shape(training)),
        steps_(steps_done()),
        restored_(steps_),
        progress_(steps_, options.steps, options.batch),
        log_(in("log.csv"), metric_names(), steps_) {}

  int train() {
    if (!options_.trace.empty() && steps_ < options_.steps) trace();
    try {
      while (steps_ < options_.steps && !interrupted) {
        check(gouBeginSteps(training_, 1));
        check(gouFinishSteps(training_));
        after_step();
        between_steps();
      }
    } catch (const Failure& failure) {
      progress_.end();
      log_.flush();
      if (failure.result() == GOU_ERROR_NOT_FINITE) throw std::runtime_error(std::string(failure.what()) + "; " + what_is_kept());
      throw;
    }
    progress_.end();
    return finish();
  }

 private:
  std::string in(const std::string& name) const { return (std::filesystem::path(options_.out) / name).string(); }

  std::uint64_t steps_done() const {
    std::uint64_t steps = 0;
    check(gouGetStepsDone(training_, &steps));
    return steps;
  }

  std::vector<std::string> metric_names() {
    std::uint32_t count = 0;
    check(gouGetMetrics(training_, &count, nullptr, nullptr));
    std::vector<const char*> names(count);
    check(gouGetMetrics(training_, &count, names.data(), nullptr));
    values_.resize(count);
    names_.assign(names.begin(), names.end());
    return names_;
  }

  void after_step() {
    auto count = static_cast<std::uint32_t>(values_.size());
    check(gouGetMetrics(training_, &count, nullptr, values_.data()));
    steps_ = steps_done();
    std::string figures;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!std::isfinite(values_[i]))
        throw Failure(GOU_ERROR_NOT_FINITE, ("step " + std::to_string(steps_) + ": " + names_[i] + " is not finite").c_str());
      if (figure_of(names_[i]) != Figure::loss) continue;
      char value[24];
      std::snprintf(value, sizeof value, "%.3f", static_cast<double>(values_[i]));
      figures += (figures.empty() ? "" : "  ") + names_[i] + " " + value;
    }
    log_.add(steps_, values_, progress_.step(steps_, figures));
  }

  void between_steps() {
    const bool samples = options_.sample_every && steps_ % options_.sample_every == 0;
    const bool checkpoint = options_.checkpoint_every && steps_ % options_.checkpoint_every == 0;
    if (samples) {
      char name[32];
      std::snprintf(name, sizeof name, "samples/step_%06llu.png", static_cast<unsigned long long>(steps_));
      paint(in(name));
      log_.flush();
    }
    if (checkpoint) save_checkpoint();
    if (samples || checkpoint) progress_.resume_clock();
  }

  void save_checkpoint() {
    log_.flush();
    check(gouSaveCheckpoint(training_, in("checkpoint.safetensors").c_str()));
    kept_ = steps_;
  }

  /// The same latents every time: how the same 64 pictures grow, or about as many in a column a class.
  void paint(const std::string& path) const {
    const std::uint32_t columns = columns_of(shape_.classes), count = columns ? 64 / columns * columns : 64;
    const std::vector<std::uint8_t> pixels = sample(training_, options_.seed, count);
    write_sheet(path, {pixels, count, shape_.width, shape_.height, shape_.channels, columns});
  }

  void trace() {
    const std::uint64_t left = options_.steps - steps_;
    const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(options_.trace_steps, left));
    check(gouTraceSteps(training_, options_.trace.c_str(), count, &Run::traced, this));
    if (trace_error_) std::rethrow_exception(trace_error_);
    between_steps();
  }
  static void traced(void* run) {  // called through C: an exception waits until the trace is over
    auto& self = *static_cast<Run*>(run);
    try {
      if (!self.trace_error_) self.after_step();
    } catch (...) { self.trace_error_ = std::current_exception(); }
  }

  std::string what_is_kept() const {
    const std::optional<std::uint64_t> kept = kept_ ? kept_ : restored_ ? std::optional(restored_) : std::nullopt;
    if (!kept) return "there was no checkpoint yet";
    return "the last good checkpoint is " + in("checkpoint.safetensors") + " (step " + std::to_string(*kept) + ")";
  }

  int finish() {
    save_checkpoint();
    check(gouSaveTraining(training_, in("model.safetensors").c_str()));
    if (interrupted) {
      std::cerr << "gouache: stopped at step " << steps_ << "; " << in("checkpoint.safetensors") << " and " << in("model.safetensors")
                << " are saved. To go on:\n  " << resume_command(options_) << std::endl;
      return kInterrupted;
    }
    paint(in("samples.png"));
    log_.plot(in("losses.png"));
    std::cout << "samples  " << in("samples.png") << "\nlosses   " << in("losses.png") << "\nmodel    " << in("model.safetensors") << "\n";
    return kDone;
  }

  const TrainOptions& options_;
  GouTraining training_;
  GouShape shape_;
  std::vector<std::string> names_;
  std::vector<float> values_;
  std::uint64_t steps_, restored_;
  std::optional<std::uint64_t> kept_;  ///< step of the checkpoint this run wrote last
  std::exception_ptr trace_error_;
  Progress progress_;
  TrainLog log_;
};

int train(const TrainOptions& options) {
  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
  const Json recipe = resolve_recipe(options);
  const std::filesystem::path folder(options.out);
  const std::string checkpoint = (folder / "checkpoint.safetensors").string();
  if (options.resume && !std::filesystem::exists(checkpoint))
    throw std::runtime_error(checkpoint + ": there is no checkpoint to resume from");
  const data::Images images = load_images(options, recipe);
  make_folder((folder / "samples").string());
  const Context context = open_context(options.device);
  const Training training = create_training(context.get(), options, recipe, images);
  if (options.resume) {
    check(gouRestoreCheckpoint(training.get(), checkpoint.c_str()));
    std::uint64_t done = 0;
    check(gouGetStepsDone(training.get(), &done));
    if (done > options.steps)
      throw Misuse(checkpoint + " has done " + std::to_string(done) + " steps already, more than --steps " + std::to_string(options.steps));
  }
  data::write_atomically((folder / "recipe.json").string(), [&](std::ostream& out) { out << recipe.dump(2) << "\n"; });
  return Run(options, training.get()).train();
}

}  // namespace

std::function<int()> define_train(CLI::App& app) {
  auto o = std::make_shared<TrainOptions>();
  app.add_option("--model", o->model, "what to train (see gouache models)")->type_name("NAME");
  app.add_option(
         "--data", o->source,
         "the images: builtin:sprites, fashion-mnist, a folder ... (see gouache data --help); --set classes=N tells the N classes of its "
         "labels apart")
      ->required()
      ->type_name("SOURCE");
  app.add_option("--out", o->out, "folder for everything that the run writes")->required()->type_name("DIR");
  app.add_option("--recipe", o->recipe_file, "settings of the model, as a JSON object")->type_name("FILE");
  app.add_option("--set", o->settings, "one setting of the model, before those of --recipe; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--start-from", o->start_from, "a model whose generator the run begins with; its recipe's generator must be the same")
      ->type_name("MODEL");
  app.add_option("--steps", o->steps, "steps in total, those before a --resume included")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 40));
  app.add_option("--batch", o->batch, "images a step")->capture_default_str()->check(CLI::Range(2u, 4096u));
  app.add_option("--seed", o->seed, "of the first weights, the images' order and all noise")->capture_default_str();
  app.add_option("--sample-every", o->sample_every, "steps between sample sheets in DIR/samples; 0: only at the end")
      ->capture_default_str();
  app.add_option("--checkpoint-every", o->checkpoint_every, "steps between checkpoints; 0: only at the end")->capture_default_str();
  app.add_flag("--resume", o->resume, "go on from DIR/checkpoint.safetensors");
  CLI::Option* trace =
      app.add_option("--trace", o->trace, "write all that goes in and out of the first steps, for replaying them elsewhere")
          ->type_name("FILE");
  app.add_option("--trace-steps", o->trace_steps, "how many steps --trace writes")
      ->capture_default_str()
      ->check(CLI::Range(1u, 1000u))
      ->needs(trace);
  add_device_option(app, o->device);
  return [o] { return train(*o); };
}

}  // namespace gouache::cli
