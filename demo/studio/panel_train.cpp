// What does the page "Train" do?  The samples in the middle, and what goes on from frame to frame.
#include "demo/studio/panel_train.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "demo/api/objects.h"
#include "demo/studio/open_model.h"
#include "demo/studio/rehearsal.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr double kPaintSeconds = 0.25;  ///< between two paintings of the live samples
constexpr float kSetup = 306, kProgress = 346, kGap = 10;
constexpr ImU32 kCell = IM_COL32(43, 47, 55, 255);

/// The recipe that ships; a copy for a studio that was moved away from its sources.
constexpr const char* kSpritesRecipe =
    R"({"model": "dcgan", "size": 32, "channels": 128, "latent": 64, "image_channels": 4, "image_layer": "resize",
        "discriminator_norm": "none", "learning_rate": 0.0004, "ema": 0.99, "r1": 0.5})";

std::string sprites_recipe() {
  std::ifstream file(GOUACHE_SOURCE_DIR "/demo/models/sprites.json", std::ios::binary);
  const std::string shipped(std::istreambuf_iterator<char>(file), {});
  return shipped.empty() ? kSpritesRecipe : shipped;
}

std::string models() {
  return api::text([](size_t* size, char* to) { return gouListModels(size, to); });
}

std::string resolve(const std::string& recipe) {
  return api::text([&](size_t* size, char* to) { return gouResolveRecipe(recipe.c_str(), size, to); });
}

/// A copy of the weights, as the page Explore takes it.
void rehearse_weights(GouContext context, const OpenTraining& training) {
  GouModel made = nullptr;
  api::check(gouCreateModel(training.training.get(), GOU_WEIGHTS_SNAPSHOT, TrainingSession::kSnapshotBatch, &made));
  const api::Model copy(made);
  prewarm(context, copy.get(), [](unsigned, unsigned) { return true; });
}

}  // namespace

TrainPanel::TrainPanel(Workspace& space)
    : space_(space),
      session_(space.painter, space.worker, (std::filesystem::path(space.settings.folder()) / "runs").string(),
               [&gpu = space.window.gpu()](const TrainingSession::Rehearsed& make) {
                 rehearse(gpu, [&](GouContext context) { rehearse_weights(context, *make(context)); });
               }),
      source_(space.worker),
      form_(models(), {{"Sprites (recommended)", sprites_recipe()}}, resolve),
      live_(space.renderer),
      losses_("train/plot/loss", "Loss",
              "How badly each network does at its game: D tells real from painted images, G fools D. Neither falls to 0 in a good run; "
              "both stay at a level.",
              Figure::loss, false),
      probabilities_("train/plot/probability", "D's verdict",
                     "How real D finds real images, D(real), and painted ones, D(fake): 1 is surely real. Good runs keep them between, "
                     "around 0.7 and 0.3.",
                     Figure::probability, false),
      norms_("train/plot/gradient", "Gradients",
             "How strongly each step pulls at the weights of a network. Values that jump up hundredfold announce trouble.", Figure::norm,
             true),
      speed_("train/plot/speed", "Images/s", "Training images a second, over the last three seconds of work.", Figure::speed, false) {
  space.training = &session_;
  batch_ = std::clamp(space.settings.get("train", "batch", 64u), 2u, 4096u);
  seed_ = space.settings.get("train", "seed", std::uint64_t{0});
  advanced_ = space.settings.get("train", "advanced", false);
  session_.checkpoint_every = std::max(space.settings.get("train", "checkpoint_every", std::uint64_t{250}), std::uint64_t{1});
}

/// Nothing is loaded before somebody looks at the page: the model to explore comes first.
void TrainPanel::begin(const std::string& source) {
  choose_source(source);
  if (std::exchange(begun_, true)) return;
  auto found = std::make_shared<std::string>();
  space_.worker.post(
      "Looking for earlier runs",
      [found, root = (std::filesystem::path(space_.settings.folder()) / "runs").string()](Progress&) { *found = RunFolder::newest(root); },
      [this, found](const std::exception_ptr&) { last_run_ = *found; });
}

void TrainPanel::update() {
  if (session_.live()) live_.update();
  session_.update(ImGui::GetTime(), !live_.busy());
  if (!session_.is_open() && live_.shown()) live_.clear();
  for (const TrainingSession::Message& message : session_.take_messages())
    message.error ? space_.notices.error(message.text) : space_.notices.done(message.text);
  if (const std::string problem = source_.take_problem(); !problem.empty()) refuse_source(problem);
  if (source_.version() != images_version_) take_images();
  if (pending_ != Wish::none && session_.state() == TrainingSession::State::ready) {
    const Wish wish = std::exchange(pending_, Wish::none);
    wish == Wish::run ? session_.start() : session_.step();
  }
  if (session_.state() == TrainingSession::State::failed) pending_ = Wish::none;
  for (const Alarm& alarm : session_.alarms().active()) {
    const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(alarm.kind);
    if (!(announced_ & bit) && space_.page != Page::train) space_.notices.warning(alarm.what);
    announced_ |= bit;
  }
  if (session_.alarms().active().empty()) announced_ = 0;
  paint_samples();
  if (session_.state() == TrainingSession::State::running || session_.state() == TrainingSession::State::loading) space_.animating = true;
}

/// The same latents, painted anew when the weights have changed, a few times a second: steps have most of the budget.
void TrainPanel::paint_samples() {
  if (!session_.may_paint() || live_.busy() || session_.weights_version() == painted_version_) return;
  if (ImGui::GetTime() - painted_at_ < kPaintSeconds) return;
  PaintingWish wish;
  wish.seed = session_.training().folder.wish().seed;
  wish.count = session_.training().plan.count;
  wish.columns = session_.training().plan.columns;
  painted_version_ = session_.weights_version();
  painted_at_ = ImGui::GetTime();
  live_.paint(session_.live(), wish);
  live_.update();
}

void TrainPanel::drop(const std::string& path) {
  space_.page = Page::train;
  std::error_code error;
  const std::filesystem::path dropped(path);
  const bool folder = std::filesystem::is_directory(dropped, error);
  begin(folder ? path : dropped.parent_path().string());
  if (!folder) space_.notices.done("The images of the file's folder are loaded: " + dropped.parent_path().string());
}

void TrainPanel::leave() {
  if (!session_.is_open()) return;
  space_.notices.done("The training is saved before the window closes.");
  session_.close();
}

void TrainPanel::publish() const {
  ui::publish("train.steps", static_cast<double>(session_.steps()));
  ui::publish("train.state", session_.state_name());
  ui::publish("train.images_per_second", session_.images_per_second());
  ui::publish("train.sheets", static_cast<double>(session_.sheets().size()));
  ui::publish("train.checkpoints", static_cast<double>(session_.checkpoints().size()));
  ui::publish("train.attempt", session_.attempt());
  ui::publish("train.alarm", session_.alarms().active().empty() ? "" : name_of(session_.alarms().active().front().kind));
  ui::publish("train.source", source_.source());
  ui::publish("train.images", source_.images() ? static_cast<double>(source_.images()->count) : 0);
  ui::publish("train.loading", source_.loading() ? 1 : 0);
  ui::publish("train.damaged", static_cast<double>(source_.damaged().size()));
  ui::publish("train.model", form_.model());
  ui::publish("train.painted", static_cast<double>(live_.painted()));
  ui::publish("train.rows", static_cast<double>(session_.metrics().rows()));
  ui::publish("train.curves", static_cast<double>(losses_.drawn() + probabilities_.drawn() + norms_.drawn() + speed_.drawn()));
  ui::publish("train.shown_step", static_cast<double>(past_step_.value_or(session_.steps())));
}

void TrainPanel::draw() {
  if (!begun_) begin(space_.settings.get("train", "source", std::string("builtin:sprites")));
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float setup = ui::scaled(kSetup), progress = ui::scaled(kProgress), gap = ui::scaled(kGap);
  ImGui::BeginChild("setup", ImVec2(setup, room.y), false, ImGuiWindowFlags_AlwaysUseWindowPadding);
  draw_setup();
  ImGui::EndChild();
  ImGui::SameLine(0, gap);
  ImGui::BeginChild("samples", ImVec2(room.x - setup - progress - 2 * gap, room.y), false, ImGuiWindowFlags_AlwaysUseWindowPadding);
  draw_samples();
  ImGui::EndChild();
  ImGui::SameLine(0, gap);
  ImGui::BeginChild("progress", ImVec2(progress, room.y), false, ImGuiWindowFlags_AlwaysUseWindowPadding);
  draw_progress();
  ImGui::EndChild();
  publish();
}

void TrainPanel::show(Atlas& atlas, std::span<const std::uint8_t> rgba, std::uint32_t count, std::uint32_t columns, std::uint32_t width,
                      std::uint32_t height) {
  columns = std::min(columns, std::max(count, 1u));
  const std::uint32_t rows = std::max((count + columns - 1) / columns, 1u);
  atlas.count = count;
  atlas.columns = columns;
  atlas.rows = rows;
  if (!atlas.texture || atlas.texture->width() != width * columns || atlas.texture->height() != height * rows)
    atlas.texture = std::make_unique<Texture>(space_.renderer, width * columns, height * rows);
  std::vector<std::uint8_t> pixels(std::size_t{width} * columns * height * rows * 4);
  const std::size_t line = std::size_t{width} * 4;
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t y = 0; y < height; ++y) {
      const std::size_t to = ((i / columns) * height + y) * columns + i % columns;
      std::copy_n(rgba.data() + (i * height + y) * line, line, pixels.data() + to * line);
    }
  atlas.texture->upload(pixels);
}

void TrainPanel::draw_grid(const Texture& texture, std::uint32_t count, std::uint32_t columns, std::uint32_t rows, const char* name,
                           ImVec2 room) const {
  const float gap = ui::scaled(3);
  const std::uint32_t lines = (count + columns - 1) / columns;  // of those that the texture has
  const auto across = static_cast<float>(columns), down = static_cast<float>(lines), all = static_cast<float>(rows);
  const float aspect = static_cast<float>(texture.height()) / all / (static_cast<float>(texture.width()) / across);
  const float cell =
      std::max(std::floor(std::min((room.x - gap * (across - 1)) / across, (room.y - gap * (down - 1)) / down / aspect)), 2.0f);
  const ImVec2 size(cell * across + gap * (across - 1), cell * aspect * down + gap * (down - 1));
  const ImVec2 start = ImGui::GetCursorScreenPos(), from(std::floor(start.x + std::max((room.x - size.x) / 2, 0.0f)), std::floor(start.y));
  ImGui::Dummy(ImVec2(room.x, size.y));
  ui::mark(name, from, ImVec2(from.x + size.x, from.y + size.y));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto column = static_cast<float>(i % columns), row = static_cast<float>(i / columns);
    const ImVec2 a(from.x + column * (cell + gap), from.y + row * (cell * aspect + gap)), b(a.x + cell, a.y + cell * aspect);
    list.AddRectFilled(a, b, kCell, ui::scaled(2));
    list.AddImage(texture.id(), a, b, ImVec2(column / across, row / all), ImVec2((column + 1) / across, (row + 1) / all));
  }
}

void TrainPanel::draw_samples() {
  const float line = ImGui::GetTextLineHeightWithSpacing(), history = ImGui::GetFrameHeightWithSpacing() + line;
  const bool training = live_.shown() && session_.is_open();
  const auto room = [&] {
    const ImVec2 left = ImGui::GetContentRegionAvail();
    return ImVec2(left.x, left.y - (training ? history : 0));
  };
  if (training && past_step_) {
    ui::heading(("Samples at step " + std::to_string(*past_step_)).c_str());
    if (past_.texture) draw_grid(*past_.texture, past_.count, past_.columns, past_.rows, "train/samples", room());
  } else if (training) {
    const PaintingWish& wish = live_.wish();
    ui::heading(("Samples now, at step " + std::to_string(session_.steps())).c_str());
    draw_grid(*live_.shown(), wish.count, wish.columns, (wish.count + wish.columns - 1) / wish.columns, "train/samples", room());
  } else if (images_.texture) {
    ui::heading(session_.state() == TrainingSession::State::loading ? "Preparing the training of these images"
                                                                    : "The images to learn from");
    draw_grid(*images_.texture, images_.count, images_.columns, images_.rows, "train/samples", room());
  } else {
    ui::heading("The images to learn from");
    ui::hint(source_.loading() ? "Loading ..." : "Choose images at the left, or drop a folder on the window.");
  }
  if (!training) return;
  draw_history();
  const ImVec2 left = ImGui::GetContentRegionAvail();  // to compare with
  if (!images_.texture || left.y < line + ui::scaled(40)) return;
  ui::hint("Images to learn from");
  draw_grid(*images_.texture, std::min(images_.count, images_.columns), images_.columns, images_.rows, "train/real",
            ImGui::GetContentRegionAvail());
}

void TrainPanel::draw_history() {
  const SheetHistory& sheets = session_.sheets();
  const int last = static_cast<int>(sheets.size());
  if (past_step_ && sheets.before(*past_step_) == sheets.size()) past_step_.reset();  // it was undone
  int at = past_step_ ? static_cast<int>(sheets.before(*past_step_)) : last;
  const std::string label = past_step_ ? "step " + std::to_string(*past_step_) : "now";
  ui::label_width(ui::scaled(64));
  if (ui::slider("train/history", "History", "The same samples after earlier steps. The right end is the live picture.", &at, 0, last,
                 label.c_str())) {
    past_step_ = at < last ? std::optional(sheets.at(static_cast<std::size_t>(at)).step) : std::nullopt;
  }
  if (!past_step_) {
    past_shown_ = 0;
    ui::hint("The same latents each time, painted with the averaged weights.");
    return;
  }
  const Sheet& sheet = sheets.at(static_cast<std::size_t>(at));
  if (past_shown_ != sheet.step + 1) {
    const OpenTraining& training = session_.training();
    show(past_, *sheet.pixels, training.plan.count, training.plan.columns, training.shape.width, training.shape.height);
    past_shown_ = sheet.step + 1;
  }
  ui::hint(
      ("These samples are " + std::to_string(static_cast<int>(std::lround(sheet.diversity * 100))) + " % as varied as the training images.")
          .c_str());
}

}  // namespace gouache::studio
