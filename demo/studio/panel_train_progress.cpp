// What does the page "Train" do?  Its right column: alarms, curves and checkpoints.
#include <algorithm>

#include "demo/studio/panel_train.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr float kLeastPlot = 84, kMostPlot = 150, kCheckpoints = 168;

/// The newest checkpoint of an earlier step.
const Checkpoint* before(const std::vector<Checkpoint>& all, std::uint64_t step) {
  const Checkpoint* found = nullptr;
  for (const Checkpoint& checkpoint : all)
    if (checkpoint.step < step && (!found || checkpoint.step >= found->step)) found = &checkpoint;
  return found;
}

std::string title_of(const Checkpoint& checkpoint) {
  return "Step " + std::to_string(checkpoint.step) + (checkpoint.attempt > 1 ? ", attempt " + std::to_string(checkpoint.attempt) : "");
}

}  // namespace

void TrainPanel::draw_progress() {
  draw_alarms();
  const float left = ImGui::GetContentRegionAvail().y - ui::scaled(kCheckpoints) - ui::scaled(34);
  const float height = std::clamp(left / 4 - ImGui::GetStyle().ItemSpacing.y, ui::scaled(kLeastPlot), ui::scaled(kMostPlot));
  ui::heading("Curves, by step");
  const Metrics& metrics = session_.metrics();
  const std::uint64_t at = past_step_.value_or(0);
  for (FigurePlot* plot : {&losses_, &probabilities_, &norms_, &speed_}) plot->draw(metrics, height, at);
  draw_checkpoints();
}

void TrainPanel::draw_alarms() {
  int number = 0;
  for (const Alarm& alarm : session_.alarms().active()) {
    const ImVec4 ink = ui::colour(alarm.kind == AlarmKind::not_finite ? ui::Ink::bad : ui::Ink::warning);
    const ImVec2 from = ImGui::GetCursorScreenPos();
    ImGui::Indent(ui::scaled(12));
    ImGui::PushStyleColor(ImGuiCol_Text, ink);
    ImGui::TextWrapped("%s", alarm.what.c_str());
    ImGui::PopStyleColor();
    ImGui::TextWrapped("%s", alarm.advice.c_str());
    ImGui::Unindent(ui::scaled(12));
    const ImVec2 to(from.x + ImGui::GetContentRegionAvail().x, ImGui::GetCursorScreenPos().y - ImGui::GetStyle().ItemSpacing.y);
    ImGui::GetWindowDrawList()->AddRectFilled(from, ImVec2(from.x + ui::scaled(4), to.y), ImGui::GetColorU32(ink), ui::scaled(2));
    ui::mark("train/alarm/" + std::to_string(number++), from, to);
  }
}

void TrainPanel::draw_checkpoints() {
  ui::heading("Checkpoints");
  const bool open = session_.is_open() && session_.state() != TrainingSession::State::loading;
  const float gap = ImGui::GetStyle().ItemSpacing.x, third = (ImGui::GetContentRegionAvail().x - 2 * gap) / 3;
  const Checkpoint* const earlier = before(session_.checkpoints(), session_.steps());
  const std::string by_itself = "every " + std::to_string(session_.checkpoint_every) + " steps, and every three minutes.";
  const std::string save_tip = "Keeps weights, samples and curves of this step, to come back to. It also happens by itself " + by_itself;
  if (ui::button("train/checkpoint", "Save now", save_tip.c_str(), open && session_.steps() > 0, false, third)) session_.save();
  ImGui::SameLine();
  const std::string tip =
      earlier ? "Goes back to step " + std::to_string(earlier->step) + ". The weights at hand are saved first, so that this can be undone."
              : "There is no earlier checkpoint yet.";
  if (ui::button("train/undo", "Undo", tip.c_str(), open && earlier, false, third)) {
    past_step_.reset();
    session_.restore(*earlier);
  }
  ImGui::SameLine();
  if (ui::button("train/explore", "Explore", "Takes a copy of the weights as they are now to the page Explore.", open, false, third))
    explore_weights();
  ImGui::BeginChild("list", ImVec2(0, 0), false, ImGuiWindowFlags_NoBackground);
  if (session_.checkpoints().empty()) ui::hint(("None yet. One is saved " + by_itself).c_str());
  const std::vector<Checkpoint>& all = session_.checkpoints();
  for (auto checkpoint = all.rbegin(); checkpoint != all.rend(); ++checkpoint) {
    const std::string id =
        "train/restore/" + std::to_string(checkpoint->step) + (checkpoint->attempt > 1 ? "-" + std::to_string(checkpoint->attempt) : "");
    ImGui::AlignTextToFramePadding();
    ImGui::TextUnformatted(title_of(*checkpoint).c_str());
    ImGui::SameLine(ImGui::GetContentRegionAvail().x - ui::scaled(62));
    if (ui::small_button(id.c_str(), "Go there", ("Continues from this checkpoint:\n" + checkpoint->path).c_str(), open)) {
      past_step_.reset();
      session_.restore(*checkpoint);
      break;
    }
    if (checkpoint == all.rbegin()) ui::mark("train/restore");
  }
  ImGui::EndChild();
}

void TrainPanel::explore_weights() {
  auto opened = std::make_shared<std::shared_ptr<OpenModel>>();
  session_.snapshot(
      [opened, context = space_.painter](api::Model model, std::uint64_t step, Progress& progress) {
        *opened = prepare(context, std::move(model), "training at step " + std::to_string(step), "",
                          [&](unsigned done, unsigned total) { return progress.parts(done, total); });
      },
      [this, opened](const std::exception_ptr& error) {
        if (error) {
          space_.notices.error(message_of(error));
          return;
        }
        space_.model = *opened;
        space_.page = Page::explore;
      });
}

}  // namespace gouache::studio
