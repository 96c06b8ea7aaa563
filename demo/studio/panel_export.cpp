// How is the page "Export" kept up to date, and what can be chosen on it?
#include "demo/studio/panel_export.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr float kChoices = 392, kLabels = 104;  ///< units: the choices' width, and that of their labels
constexpr std::uint32_t kMostPreviewed = 256;
constexpr std::size_t kMostFolders = 8, kMostNamed = 6;

constexpr const char* kKinds[] = {"Pictures", "Sheet", "Animation", "Model"};
const std::vector<std::string> kPictureSources{"The current picture", "The grid of Explore", "All pins", "New pictures of a seed"};
const std::vector<std::string> kMotions{"From one pin to another", "Along a direction"};
constexpr const char* kFilters[] = {"Hard pixels", "Smooth"};
constexpr const char* kAlphas[] = {"Straight", "Premultiplied"};
constexpr const char* kQuestion = "Files are there already###export question";

std::vector<std::string> size_names(const GouShape& shape) {
  constexpr const char* kWords[] = {"as painted", "twice", "4 times", "8 times"};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::size(kWords); ++i) {
    const auto times = static_cast<std::uint32_t>(kExportTimes[i]);
    names.push_back(std::to_string(shape.width * times) + " x " + std::to_string(shape.height * times) + " pixels, " + kWords[i]);
  }
  names.emplace_back("Another size");
  return names;
}

bool side_input(const char* name, const char* label, std::uint32_t* side) {
  std::uint64_t typed = *side;
  if (!ui::input(name, label, "Pixels of each picture, 1 to 4096.", &typed)) return false;
  *side = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(typed, 1, kLargestExport));
  return true;
}

/// Buttons of a choice begin where the controls do.
void labelled(const char* label) {
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(label);
  ImGui::SameLine(ui::scaled(kLabels));
}

/// Two controls on one line.
class Halves {
 public:
  explicit Halves(const char* name) {
    ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, ImVec2(ImGui::GetStyle().CellPadding.x, 0));
    open_ = ImGui::BeginTable(name, 2, ImGuiTableFlags_NoPadOuterX);
    next();
  }
  ~Halves() {
    if (open_) ImGui::EndTable();
    ImGui::PopStyleVar();
  }
  Halves(const Halves&) = delete;
  Halves& operator=(const Halves&) = delete;
  static void next() { ImGui::TableNextColumn(); }

 private:
  bool open_ = false;
};

const char* stage_name(Exporter::Stage stage) {
  constexpr const char* kNames[] = {"idle", "checking", "asking", "painting", "writing", "stopping"};
  return kNames[static_cast<std::size_t>(stage)];
}

}  // namespace

ExportPanel::ExportPanel(Workspace& space)
    : space_(space),
      exporter_(space.worker, space.notices),
      preview_(space.renderer),
      choices_(read_choices(space.settings)),
      kept_(choices_) {}

void ExportPanel::update() {
  exporter_.update();
  if (exporter_.orders_done() != orders_done_) {
    orders_done_ = exporter_.orders_done();
    choices_.folders = folders_with(begun_folder_, choices_.folders, kMostFolders);
  }
  if (space_.page == Page::exports) follow();
  preview_.update();
  if (!exporter_.idle()) space_.animating = true;
  if (choices_ == kept_) return;
  keep_choices(space_.settings, choices_);
  kept_ = choices_;
}

void ExportPanel::drop(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    choices_.folder = path;
  else
    space_.notices.warning(path + " is not a folder. Drop a folder here to write to it, or a .safetensors file to open a model.");
}

/// Drafts anew what changed, and has new pictures painted.
void ExportPanel::follow() {
  if (model_ == space_.model && revision_ == space_.explorer.revision() && drafted_ == choices_ && !sizes_.empty()) return;
  model_ = space_.model;
  revision_ = space_.explorer.revision();
  drafted_ = choices_;
  draft_ = draft_of(choices_, space_.explorer, model_);
  sizes_ = size_names(model_ ? model_->shape : GouShape{});
  std::vector<Specimen> wanted = draft_.order.specimens;
  if (wanted.size() > kMostPreviewed) wanted.resize(kMostPreviewed);
  if (wanted.empty() || (wanted == previewed_ && previewed_model_ == model_)) return;
  PaintingWish wish;
  wish.count = static_cast<std::uint32_t>(wanted.size());
  wish.columns = square_columns(wish.count, model_->shape.width, model_->shape.height);
  for (const Specimen& one : wanted) {
    wish.latents.insert(wish.latents.end(), one.latent.begin(), one.latent.end());
    if (model_->shape.classes) wish.labels.push_back(one.label);
  }
  preview_.paint(model_, std::move(wish));
  previewed_ = std::move(wanted);
  previewed_model_ = model_;
}

void ExportPanel::begin() {
  begun_folder_ = choices_.folder;
  exporter_.begin(draft_.order);
}

void ExportPanel::publish() const {
  ui::publish("export.stage", stage_name(exporter_.stage()));
  ui::publish("export.asked", static_cast<double>(exporter_.stage() == Exporter::Stage::asking ? exporter_.existing().size() : 0));
  ui::publish("export.written", exporter_.files_written());
  ui::publish("export.done", exporter_.orders_done());
  ui::publish("export.last", exporter_.last_file());
  ui::publish("export.error", exporter_.last_error());
  ui::publish("export.problem", draft_.problem);
  ui::publish("export.folder", choices_.folder);
  ui::publish("export.pictures", static_cast<double>(draft_.order.specimens.size()));
  ui::publish("export.width", draft_.order.sheet.width ? draft_.order.sheet.width : draft_.order.width);
  ui::publish("export.height", draft_.order.sheet.height ? draft_.order.sheet.height : draft_.order.height);
  ui::publish("export.previewed", preview_.busy() ? 0 : static_cast<double>(preview_.painted()));
}

void ExportPanel::draw() {
  const float below = ImGui::GetFrameHeight() + ImGui::GetStyle().ItemSpacing.y * 2 + ui::scaled(1);
  ImGui::BeginGroup();
  ImGui::BeginChild("export choices", ImVec2(ui::scaled(kChoices), -below), false, ImGuiWindowFlags_AlwaysUseWindowPadding);
  ui::label_width(ui::scaled(kLabels));
  draw_what();
  if (choices_.subject.kind != ExportKind::model) draw_size();
  if (choices_.subject.kind == ExportKind::sheet || choices_.subject.kind == ExportKind::strip) draw_layout();
  draw_where();
  ui::label_width(0);
  ImGui::EndChild();
  draw_action();
  ImGui::EndGroup();
  ImGui::SameLine(0, ui::scaled(12));
  ImGui::BeginChild("export preview", ImVec2(0, 0), false, ImGuiWindowFlags_AlwaysUseWindowPadding | ImGuiWindowFlags_NoScrollbar);
  draw_preview();
  ImGui::EndChild();
  draw_question();
  publish();
}

void ExportPanel::draw_what() {
  ui::heading("What to write");
  int kind = static_cast<int>(choices_.subject.kind);
  if (ui::choice("export/kind",
                 "Pictures: a PNG each. Sheet: all in one PNG, with a JSON file that tells engines where each is. Animation: frames in one "
                 "PNG, with their times in a JSON file. Model: a file to paint with in a game, or to open here again.",
                 &kind, kKinds))
    choices_.subject.kind = static_cast<ExportKind>(kind);
  if (choices_.subject.kind == ExportKind::model) return ui::hint("The model that is open, as it paints now.");
  if (choices_.subject.kind == ExportKind::strip) return draw_animation();
  int source = static_cast<int>(choices_.subject.source);
  if (ui::combo("export/source", "Of", "Which pictures. The current one, the grid and the pins are those of the page Explore.", &source,
                kPictureSources))
    choices_.subject.source = static_cast<ExportSource>(source);
  if (choices_.subject.source == ExportSource::fresh) draw_fresh();
}

void ExportPanel::draw_fresh() {
  ui::input("export/seed", "Seed", "A whole number. The same seed and model give the same pictures.", &choices_.subject.seed);
  int count = static_cast<int>(choices_.subject.count);
  if (ui::slider("export/count", "How many", "Pictures, 1 to 1024. Ctrl+click to type.", &count, 1, kMostFresh))
    choices_.subject.count = static_cast<std::uint32_t>(count);
}

void ExportPanel::draw_animation() {
  SubjectWish& subject = choices_.subject;
  int motion = static_cast<int>(subject.motion);
  if (ui::combo("export/motion", "Of", "Between two pins of Explore, or the current picture moved along one of its sliders.", &motion,
                kMotions))
    subject.motion = static_cast<ExportMotion>(motion);
  if (subject.motion == ExportMotion::between) {
    draw_pins();
  } else {
    int direction = static_cast<int>(subject.direction) + 1;
    const int most = std::max(1, static_cast<int>(space_.explorer.directions()));
    if (ui::slider("export/direction", "Direction", "Number of the slider on Explore. The first one changes the picture most.", &direction,
                   1, most))
      subject.direction = static_cast<std::uint32_t>(direction - 1);
    ui::slider("export/reach", "Reach", "How far the animation goes either way, in standard deviations: 0.5 to 3.", &subject.reach, 0.5f,
               kFarthestOffset, "+-%.1f");
  }
  int frames = static_cast<int>(subject.frames);
  if (ui::slider("export/frames", "Frames", "Pictures of the animation, both ends included: 2 to 64.", &frames,
                 static_cast<int>(kFewestFrames), static_cast<int>(kMostFrames)))
    subject.frames = static_cast<std::uint32_t>(frames);
  labelled("Speed");
  const Halves halves("speed");
  ui::slider("export/speed", "", "Frames a second, 1 to 60: the duration of each frame in the JSON file.", &choices_.speed, 1, 60,
             "%d fps");
  Halves::next();
  ui::checkbox("export/there_and_back", "There and back",
               "The JSON file says that the animation is played forwards and backwards in turn; no frame is written twice.",
               &choices_.there_and_back);
}

void ExportPanel::draw_pins() {
  const std::vector<Pin>& pins = space_.explorer.state().pins;
  if (pins.size() < 2) return;  // the preview says what to do
  std::vector<std::string> names;
  for (const Pin& pin : pins) names.push_back("Pin " + pin_name(pin.id));
  const PinPair pair = pins_between(space_.explorer, choices_.subject);
  const auto row = [&](std::int32_t id) { return static_cast<int>(std::ranges::find(pins, id, &Pin::id) - pins.begin()); };
  int from = row(pair.from), to = row(pair.to);
  if (ui::combo("export/from", "From", "The pin that the animation begins with.", &from, names))
    choices_.subject.from = pins[static_cast<std::size_t>(from)].id;
  if (ui::combo("export/to", "To", "The pin that the animation ends with.", &to, names))
    choices_.subject.to = pins[static_cast<std::size_t>(to)].id;
}

void ExportPanel::draw_size() {
  ui::heading(choices_.subject.kind == ExportKind::pictures ? "Size" : "Size and layout");
  int row = static_cast<int>(std::ranges::find(kExportTimes, choices_.enlarged) - std::begin(kExportTimes));
  if (ui::combo("export/size", "Size", "Of each picture. As painted is the size that the model was trained on.", &row, sizes_))
    choices_.enlarged = kExportTimes[row];
  if (choices_.enlarged == 0) {
    side_input("export/width", "Width", &choices_.width);
    side_input("export/height", "Height", &choices_.height);
  }
  if (choices_.enlarged != 1) {
    labelled("Resizing");
    int filter = choices_.nearest ? 0 : 1;
    if (ui::choice("export/filter", "Hard pixels for pixel art: each pixel is one that was painted. Smooth for textures.", &filter,
                   kFilters))
      choices_.nearest = filter == 0;
  }
  if (!model_ || model_->shape.channels % 2 != 0) return;
  labelled("Alpha");
  int alpha = choices_.premultiplied ? 1 : 0;
  if (ui::choice("export/alpha",
                 "Straight is what PNG files hold and what programs expect. Premultiplied only for engines that take the file's colours as "
                 "multiplied by alpha already; other programs show dark edges then.",
                 &alpha, kAlphas))
    choices_.premultiplied = alpha == 1;
}

void ExportPanel::draw_layout() {
  const bool strip = choices_.subject.kind == ExportKind::strip;
  const char* automatic = strip ? "one row" : choices_.subject.source == ExportSource::grid ? "as on Explore" : "nearly square";
  ui::slider("export/columns", "Columns", "Pictures beside one another, 1 to 64. All the way left: chosen for you.", &choices_.columns, 0,
             64, choices_.columns ? "%d" : automatic);
  labelled("Room");
  const Halves halves("room");
  ui::slider("export/gap", "", "Transparent pixels between pictures, 0 to 32. A few keep filtering from mixing neighbours.", &choices_.gap,
             0, 32, "%d px between");
  Halves::next();
  ui::slider("export/padding", "", "Transparent pixels around all pictures, 0 to 32.", &choices_.padding, 0, 32, "%d px around");
}

void ExportPanel::draw_where() {
  ui::heading("Where");
  ui::input(
      "export/name", "Name",
      "Without ending. {model} stands for the model's name, {number} for 001, 002 and so on (of pins: their letters), {class} for the "
      "name of the picture's class.",
      &choices_.patterns[static_cast<std::size_t>(choices_.subject.kind)]);
  ui::input("export/folder", "Folder", "Where the files go. It is made if it is not there. You can also drop a folder on the window.",
            &choices_.folder, "a folder");
  if (choices_.folders.empty()) return;
  int chosen = -1;
  if (ui::combo("export/recent", "Used before", "Folders that you wrote to, the newest first.", &chosen, choices_.folders))
    choices_.folder = choices_.folders[static_cast<std::size_t>(chosen)];
}

void ExportPanel::draw_action() {
  ImGui::Dummy(ImVec2(0, ui::scaled(1)));
  const float width = ui::scaled(kChoices);
  if (exporter_.idle()) {
    if (ui::button("export/write", "Write",
                   "Writes the files that are named on the right. Files that are there already are not touched "
                   "before you are asked.",
                   draft_.problem.empty(), true, width))
      begin();
    return;
  }
  char words[48] = "Writing ...";
  if (exporter_.stage() == Exporter::Stage::asking)
    std::snprintf(words, sizeof words, "Waits for your answer");
  else if (exporter_.order().specimens.size() > 1)
    std::snprintf(words, sizeof words, "%.0f %% written", static_cast<double>(exporter_.progress() * 100));
  ImGui::ProgressBar(exporter_.progress(), ImVec2(width - ui::scaled(88), ImGui::GetFrameHeight()), words);
  ImGui::SameLine();
  if (ui::button("export/stop", "Stop", "Ends writing. Files that are written stay.", exporter_.stage() != Exporter::Stage::stopping, false,
                 ui::scaled(80)))
    exporter_.cancel();
}

void ExportPanel::draw_question() {
  const bool asks = exporter_.stage() == Exporter::Stage::asking;
  if (asks && !ImGui::IsPopupOpen(kQuestion)) ImGui::OpenPopup(kQuestion);
  const ImVec2 middle = ImGui::GetMainViewport()->GetCenter();
  ImGui::SetNextWindowPos(middle, ImGuiCond_Appearing, ImVec2(0.5f, 0.5f));
  ImGui::SetNextWindowSize(ImVec2(ui::scaled(460), 0));
  if (!ImGui::BeginPopupModal(kQuestion, nullptr, ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoMove)) return;
  if (!asks) {
    ImGui::CloseCurrentPopup();
    return ImGui::EndPopup();
  }
  const std::vector<std::string>& names = exporter_.existing();
  ImGui::TextWrapped("%s in %s:", names.size() == 1 ? "This file is there already," : "These files are there already,",
                     exporter_.order().folder.c_str());
  ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ui::Ink::warning));
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) ImGui::TextWrapped("%s", names[i].c_str());
  ImGui::PopStyleColor();
  if (names.size() > kMostNamed) ui::hint(("and " + std::to_string(names.size() - kMostNamed) + " more").c_str());
  ImGui::Dummy(ImVec2(0, ui::scaled(4)));
  const float width = (ImGui::GetContentRegionAvail().x - 2 * ImGui::GetStyle().ItemSpacing.x) / 3;
  const auto offer = [&](const char* name, const char* label, const char* tip, bool primary, Exporter::Answer answer) {
    if (ui::button(name, label, tip, true, primary, width)) exporter_.answer(answer);
  };
  offer("export/keep_both", "Keep both", "Writes beside them: -2, -3 and so on is appended to the new names.", true,
        Exporter::Answer::keep_both);
  ImGui::SameLine();
  offer("export/replace", "Replace", "Overwrites them. This cannot be undone.", false, Exporter::Answer::replace);
  ImGui::SameLine();
  offer("export/cancel", "Cancel", "Writes nothing.", false, Exporter::Answer::cancel);
  if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape))) exporter_.answer(Exporter::Answer::cancel);
  ImGui::EndPopup();
}

}  // namespace gouache::studio
