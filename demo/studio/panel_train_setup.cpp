// What does the page "Train" do?  Its left column: images, recipe, budget, and the buttons that start and stop.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "demo/studio/panel_train.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr std::uint32_t kBatches[] = {4, 8, 16, 32, 64, 128, 256};
constexpr float kLabels = 118;

const int kFolder = static_cast<int>(data::sources().size());  ///< place in the list of sources

int kind_of(const std::string& source) {
  const auto known = data::sources();
  return static_cast<int>(std::ranges::find_if(known, [&](const data::Source& s) { return source == s.name; }) - known.begin());
}

std::string counted(std::uint32_t number) {
  std::string text = std::to_string(number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

const char* channels_text(std::uint32_t channels) {
  constexpr const char* kTexts[] = {"grey", "grey with alpha", "RGB", "RGB with alpha"};
  return kTexts[std::clamp(channels, 1u, 4u) - 1];
}

}  // namespace

void TrainPanel::choose_source(const std::string& source) {
  kind_ = kind_of(source);
  if (kind_ == kFolder) folder_ = source;
  const bool tiny = source == "builtin:faces2x2";
  if (tiny != (form_.model() == "faces2x2")) tiny ? form_.choose_model("faces2x2") : form_.apply_preset(0);
  fit_images_ = true;
  asked_size_ = static_cast<std::uint32_t>(form_.integer("size", 32));
  source_.choose(source, asked_size_, seed_);
}

void TrainPanel::take_images() {
  images_version_ = source_.version();
  const data::Images& images = *source_.images();
  if (std::exchange(fit_images_, false)) form_.fit(images.channels, 0);
  const SheetPlan plan = sheet_plan(images.width, images.height);
  const std::vector<std::uint32_t> some = spread(images.count, plan.count);
  show(images_, rgba_of(images, some, images.channels), static_cast<std::uint32_t>(some.size()), plan.columns, images.width, images.height);
  if (!source_.damaged().empty())
    space_.notices.warning(std::to_string(source_.damaged().size()) +
                           " of the folder's files cannot be read and were left out. The first: " + source_.damaged().front());
  space_.settings.set("train", "source", source_.source());
}

/// The images at hand stay, and what is shown of the source says so; a path may still be corrected.
void TrainPanel::refuse_source(const std::string& problem) {
  space_.notices.error(problem);
  if (kind_ != kFolder && !source_.source().empty()) kind_ = kind_of(source_.source());
}

TrainingWish TrainPanel::wish() const { return {source_.source(), form_.json(), batch_, seed_}; }

void TrainPanel::keep_settings() {
  space_.settings.set("train", "batch", batch_);
  space_.settings.set("train", "seed", seed_);
  space_.settings.set("train", "advanced", advanced_);
}

void TrainPanel::go(Wish wish) {
  if (session_.is_open()) return wish == Wish::run ? session_.start() : session_.step();
  pending_ = wish;
  past_step_.reset();
  session_.create(this->wish(), source_.images(), file_name_of_source(source_.source()));
}

void TrainPanel::draw_setup() {
  const float controls = 3 * ImGui::GetFrameHeightWithSpacing() + 2 * ImGui::GetTextLineHeightWithSpacing() + ui::scaled(22);
  ImGui::BeginChild("settings", ImVec2(0, ImGui::GetContentRegionAvail().y - controls), false, ImGuiWindowFlags_NoBackground);
  draw_source();
  draw_recipe();
  ImGui::EndChild();
  draw_controls();
}

void TrainPanel::draw_source() {
  ui::heading("Images");
  ui::label_width(ui::scaled(kLabels));
  std::vector<std::string> kinds;
  std::string tip = "What the model learns to paint.";
  for (const data::Source& source : data::sources()) {
    kinds.push_back(title_of_source(source.name));
    tip += "\n\n" + kinds.back() + ": " + source.what;
  }
  kinds.push_back("A folder of images");
  if (ui::combo("train/source", "", tip.c_str(), &kind_, kinds) && kind_ != kFolder)
    choose_source(data::sources()[static_cast<std::size_t>(kind_)].name);
  if (kind_ == kFolder) {
    ui::input("train/folder", "",
              "Path of a folder with PNG, JPEG, BMP, TGA or GIF files, also in folders below it. Or drop a folder on the window.", &folder_,
              "drop a folder on the window");
    if (ImGui::IsItemDeactivatedAfterEdit() && !folder_.empty()) choose_source(folder_);
  }
  if (const auto& images = source_.images()) {
    const float cell = std::floor(ImGui::GetContentRegionAvail().x / static_cast<float>(std::max(images_.columns, 6u)));
    const float share = 1 / static_cast<float>(images_.rows);
    const float aspect = static_cast<float>(images_.texture->height()) * share / static_cast<float>(images_.texture->width());
    const float width = cell * static_cast<float>(images_.columns);
    ImGui::Image(images_.texture->id(), ImVec2(width, width * aspect), ImVec2(0, 0), ImVec2(1, share));
    ui::mark("train/preview");
    const std::string about = counted(images->count) + " images, " + std::to_string(images->width) + " x " +
                              std::to_string(images->height) + ", " + channels_text(images->channels) +
                              (images->label_names.empty() ? "" : ", " + std::to_string(images->label_names.size()) + " kinds");
    ui::hint((source_.loading() ? "Loading other images ..." : about).c_str());
  } else {
    ui::hint(source_.loading() ? "Loading images ..." : "No images yet.");
  }
}

void TrainPanel::draw_recipe() {
  ui::heading("Model");
  ui::label_width(ui::scaled(kLabels));
  std::vector<std::string> presets, models;
  for (const Preset& preset : form_.presets()) presets.push_back(preset.name);
  int chosen = form_.preset();
  if (chosen < 0) {
    presets.push_back("Own settings");
    chosen = static_cast<int>(presets.size()) - 1;
  }
  if (ui::combo("train/preset", "", "A recipe: settings that are known to work. Every one of them can be changed below.", &chosen,
                presets) &&
      static_cast<std::size_t>(chosen) < form_.presets().size())
    form_.apply_preset(static_cast<std::size_t>(chosen));
  if (!form_.problem().empty()) {
    ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ui::Ink::warning));
    ImGui::TextWrapped("%s", form_.problem().c_str());
    ImGui::PopStyleColor();
    ui::mark("train/problem");
  }
  int model = 0;
  std::string about = "The kind of network that learns.";
  for (const RecipeForm::Model& m : form_.models()) {
    if (m.name == form_.model()) model = static_cast<int>(models.size());
    models.push_back(m.name);
    about += "\n\n" + m.name + ": " + m.summary;
  }
  if (ui::combo("train/model", "Network", about.c_str(), &model, models)) form_.choose_model(models[static_cast<std::size_t>(model)]);
  const std::vector<FormField> fields(form_.fields().begin(), form_.fields().end());  // drawing one may change the form
  for (const FormField& field : fields)
    if (!field.advanced) draw_field(field);
  std::vector<std::string> batches;
  int batch = 0;
  for (const std::uint32_t size : kBatches) {
    if (size <= batch_) batch = static_cast<int>(batches.size());
    batches.push_back(std::to_string(size) + " images");
  }
  if (ui::combo("train/batch", "Batch", "Images a step, 4 to 256. Larger batches learn more calmly, take longer a step and more memory.",
                &batch, batches))
    batch_ = kBatches[batch];
  if (ui::checkbox("train/advanced", "All settings", "Shows every setting of the network.", &advanced_)) keep_settings();
  if (advanced_) {
    for (const FormField& field : fields)
      if (field.advanced) draw_field(field);
    ui::input("train/seed", "Seed", "Where all chance comes from: the first weights, the order of the images, the noise. Any whole number.",
              &seed_);
  }
  const auto size = static_cast<std::uint32_t>(form_.integer("size", 32));
  if (size != asked_size_ && !source_.loading()) {
    const bool tiny = source_.source() == "builtin:faces2x2";
    asked_size_ = size;
    if (!source_.source().empty() && !(tiny && size != 2)) source_.choose(source_.source(), size, seed_);
  }
}

void TrainPanel::draw_field(const FormField& field) {
  const std::string name = "train/recipe/" + field.name, tip = field.tooltip();
  if (field.name == "classes") {
    const auto kinds = source_.images() ? static_cast<std::uint32_t>(source_.images()->label_names.size()) : 0u;
    bool on = field.number() > 0;
    if (kinds == 0 && !on) return;  // nothing that could be told apart
    const std::string label = "Learn the " + std::to_string(kinds) + " kinds apart";
    if (ui::checkbox(name.c_str(), label.c_str(), "The model gets to know which kind each image is, and paints the kind that is asked for.",
                     &on))
      form_.set(field.name, on ? static_cast<double>(kinds) : 0.0);
    return;
  }
  if (field.is_text() || !field.offers.empty()) {
    std::vector<std::string> choices = field.choices;
    int chosen = -1;
    for (const FormField::Offer& offer : field.offers) {
      if (static_cast<double>(offer.value) == field.number()) chosen = static_cast<int>(choices.size());
      choices.push_back(offer.label);
    }
    if (field.is_text()) chosen = static_cast<int>(std::ranges::find(choices, field.text()) - choices.begin());
    if (!ui::combo(name.c_str(), field.label.c_str(), tip.c_str(), &chosen, choices)) return;
    if (field.is_text())
      form_.set(field.name, choices[static_cast<std::size_t>(chosen)]);
    else
      form_.set(field.name, static_cast<double>(field.offers[static_cast<std::size_t>(chosen)].value));
    return;
  }
  if (field.least == field.most) return;
  auto value = static_cast<float>(field.number());
  const std::string format = (field.is_integer() ? "%.0f" : "%.4g") + (field.unit.empty() ? std::string() : " " + field.unit);
  if (ui::slider(name.c_str(), field.label.c_str(), tip.c_str(), &value, static_cast<float>(field.least), static_cast<float>(field.most),
                 format.c_str(), field.logarithmic))
    form_.set(field.name, static_cast<double>(value));
}

void TrainPanel::draw_controls() {
  using State = TrainingSession::State;
  const State state = session_.state();
  const bool open = session_.is_open(), loading = state == State::loading, running = state == State::running;
  const bool can_make = source_.images() && !source_.loading() && form_.problem().empty() && !loading;
  ui::heading("Training");
  ui::label_width(ui::scaled(kLabels));
  ui::slider("train/budget", "GPU time",
             "Milliseconds of GPU time a frame that training and painting may take together, 0.5 to 100. More "
             "trains faster; less leaves the window smoother.",
             &space_.budget_milliseconds, 0.5f, 100.0f, "%.1f ms a frame", true);
  const float gap = ImGui::GetStyle().ItemSpacing.x, width = ImGui::GetContentRegionAvail().x, third = (width - 2 * gap) / 3;
  if (ui::button("train/start", state == State::paused ? "Resume" : "Start", "Trains until it is paused.",
                 !running && (open ? !loading : can_make), true, third))
    go(Wish::run);
  ImGui::SameLine();
  if (ui::button("train/pause", "Pause", "Stops after the step at hand.", running, false, third)) session_.pause();
  ImGui::SameLine();
  if (ui::button("train/step", "Step", "Trains one step and pauses.", open ? !loading : can_make, false, third)) go(Wish::one_step);
  const bool changed = open && session_.training().folder.wish() != wish();
  if (loading) {
    if (ui::button("train/cancel", "Cancel", "Stops preparing the training.", true, false, width)) session_.cancel();
  } else if (open) {
    if (ui::button("train/new", changed ? "New training with these settings" : "New training",
                   "Saves and ends the training at hand, and makes a new one of the images and settings above.", can_make, false, width)) {
      pending_ = Wish::none;
      past_step_.reset();
      session_.create(wish(), source_.images(), file_name_of_source(source_.source()));
    }
  } else {
    const std::string tip = last_run_.empty() ? "There is no earlier run." : "Opens " + last_run_ + " at its newest checkpoint.";
    if (ui::button("train/continue", "Continue the last run", tip.c_str(), !last_run_.empty(), false, width)) session_.resume(last_run_);
  }
  std::string text = "Not started yet.";
  if (loading) text = "Preparing ... This takes some seconds.";
  if (state == State::ready) text = "Ready to start.";
  if (state == State::failed) text = "It could not be prepared.";
  if (state == State::running || state == State::paused)
    text = "Step " + counted(static_cast<std::uint32_t>(session_.steps())) + (running ? "" : ", paused") +
           (session_.images_per_second() > 0 ? "   " + short_number(session_.images_per_second()) + " images/s" : "");
  ui::hint(text.c_str());
  if (state == State::failed) ui::tip(session_.failure().c_str());
}

}  // namespace gouache::studio
