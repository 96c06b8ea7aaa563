// What is the studio as a whole?  A window with five pages, one background thread, and one tick of the library a frame.
#include "demo/studio/app.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>

#include "demo/studio/stage.h"
#include "demo/studio/theme.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kFrameSeconds = 1.0 / 60, kIdleSeconds = 0.1;
constexpr double kWaitingSeconds = 1.0 / 30;      ///< while the worker alone is at work, who needs the processor
constexpr double kMostSavingSeconds = 20;         ///< when the window closes
constexpr float kNavigation = 132, kStatus = 30;  ///< units

double seconds_between(Clock::time_point from, Clock::time_point to) { return std::chrono::duration<double>(to - from).count(); }

/// The model that comes with the sources, from the folders that a user may start the studio in.
std::string shipped_model() {
  for (const char* folder : {"demo/models", "../../demo/models", GOUACHE_SOURCE_DIR "/demo/models"}) {
    const auto file = std::filesystem::path(folder) / "sprites.safetensors";
    std::error_code error;
    if (std::filesystem::exists(file, error)) return file.string();
  }
  return {};
}

int remembered(Settings& settings, const char* key, int given, int fallback, int least) {
  return std::max(given ? given : settings.get("studio", key, fallback), least);
}

constexpr ImGuiWindowFlags kFixed =
    ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus;

}  // namespace

Interface::Interface(GLFWwindow* window, const std::string& layout_file) : layout_file_(layout_file) {
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = layout_file_.c_str();
  io.BackendRendererName = "gouache_studio";
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  ImGui_ImplGlfw_InitForVulkan(window, true);
}

Interface::~Interface() {
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
}

App::App(const AppOptions& options, Settings& settings, Script* script, const std::string& lost)
    : options_(options),
      settings_(settings),
      script_(script),
      window_(remembered(settings, "width", options.width, 1280, 960), remembered(settings, "height", options.height, 720, 600),
              options.device),
      interface_(window_.handle(), (std::filesystem::path(settings.folder()) / "layout.ini").string()),
      renderer_(window_.gpu(), window_.render_pass()),
      space_{.window = window_,
             .renderer = renderer_,
             .worker = worker_,
             .settings = settings,
             .notices = notices_,
             .painter = window_.gpu().painter()},
      train_(space_),
      explore_(space_),
      use_(space_),
      export_(space_),
      device_(space_),
      first_draws_(std::make_unique<FirstDraws>(renderer_, use_.scene())),
      last_frame_(Clock::now()) {
  std::error_code ignored;
  std::filesystem::create_directories(settings.folder(), ignored);  // for ImGui's layout; settings say so if it cannot be
  Stage::instance().record(script_ != nullptr);
  space_.page = static_cast<Page>(std::clamp(settings.get("studio", "page", static_cast<int>(Page::explore)), 0, 4));
  space_.budget_milliseconds = std::clamp(settings.get("studio", "budget_milliseconds", 5.0f), 0.5f, 100.0f);
  if (!lost.empty()) notices_.warning("The graphics device was lost (" + lost + "). Everything was set up anew.");
}

void App::open_first_model() {
  if (space_.model || !space_.opening.empty()) return;  // somebody was faster
  std::string model = !options_.model.empty() ? options_.model : settings_.get("studio", "model", std::string());
  if (std::error_code error; options_.model.empty() && !std::filesystem::exists(model, error)) model = shipped_model();
  if (!model.empty()) space_.open(model);
}

App::~App() {
  worker_.end();  // its job may use what the pages own
  keep_settings();
}

void App::keep_settings() {
  int width = 0, height = 0;
  glfwGetWindowSize(window_.handle(), &width, &height);
  settings_.set("studio", "width", width);
  settings_.set("studio", "height", height);
  settings_.set("studio", "page", static_cast<int>(space_.page));
  settings_.set("studio", "budget_milliseconds", space_.budget_milliseconds);
  settings_.save();
}

void App::run() {
  while (window_.closing() ? !may_close() : !(script_ && script_->over())) {
    const auto began = Clock::now();
    frame();
    if (script_ && script_->loses_device()) throw DeviceLost("a script says so");
    if (window_.shown())
      rest(began);
    else if (!first_draws_)
      open();
  }
}

void App::open() {
  window_.show();
  last_frame_ = Clock::now();
  open_first_model();  // not before: it would take the processor from a software driver
}

bool App::may_close() {
  if (!closing_since_) {
    closing_since_ = Clock::now();
    train_.leave();
  }
  return train_.left() || seconds_between(*closing_since_, Clock::now()) > kMostSavingSeconds;
}

/// Until the next frame is due. With nothing to do, until something happens.
void App::rest(Clock::time_point began) {
  const bool still = !space_.animating && space_.tick.state == GOU_TICK_IDLE && !ImGui::IsAnyMouseDown();
  idle_ = still && !script_ && !worker_.busy();
  const double due = idle_ ? kIdleSeconds : still && worker_.busy() ? kWaitingSeconds : kFrameSeconds;
  const double left = due - seconds_between(began, Clock::now());
  if (idle_)
    glfwWaitEventsTimeout(std::max(left, 0.001));
  else if (left > 0)
    glfwWaitEventsTimeout(left);
}

void App::rescale() {
  int width = 1, height = 1, pixels_x = 1, pixels_y = 1;
  glfwGetWindowSize(window_.handle(), &width, &height);
  glfwGetFramebufferSize(window_.handle(), &pixels_x, &pixels_y);
  const float units = width > 0 && pixels_x > 0 ? static_cast<float>(pixels_x) / static_cast<float>(width) : 1;
  const float scale = options_.scale > 0 ? options_.scale : window_.scale() / units;  // ImGui scales by `units` itself
  if (scale == scale_) return;
  scale_ = scale;
  apply_theme(scale);
  renderer_.upload_fonts();
}

void App::update() {
  worker_.deliver();
  for (const std::string& path : window_.dropped()) {
    if (path.ends_with(".safetensors"))
      space_.open(path);
    else if (space_.page == Page::exports)
      export_.drop(path);
    else
      train_.drop(path);
  }
  train_.update();
  explore_.update();
  use_.update();
  export_.update();
  device_.update();
  auto budget = api::of_type<GouBudget>(GOU_TYPE_BUDGET);
  budget.gpu_microseconds = static_cast<std::uint32_t>(std::lround(space_.budget_milliseconds * 1000));
  space_.tick = api::of_type<GouTick>(GOU_TYPE_TICK);
  const GouResult ticked = gouTick(space_.painter, &budget, &space_.tick);
  if (ticked == GOU_ERROR_DEVICE_LOST) throw DeviceLost(gouLastError());
  if (ticked < 0) notices_.error(gouLastError());
}

void App::frame() {
  const auto began = Clock::now();
  const double used = thread_seconds();
  glfwPollEvents();
  space_.animating = false;
  try {
    update();
  } catch (const api::Failure& failure) {
    if (failure.result() == GOU_ERROR_DEVICE_LOST) throw DeviceLost(failure.what());
    notices_.error(failure.what());
  }
  Frame target;
  double waited = 0;
  bool looks = false;  // a script at the picture, which takes long
  if (window_.begin(target)) {
    waited = window_.waited();
    rescale();
    ImGui_ImplGlfw_NewFrame();
    if (script_ && window_.shown() && !window_.closing()) script_->drive(window_);
    Stage::instance().begin_frame();
    ImGui::NewFrame();
    draw();
    ImGui::Render();
    renderer_.record_uploads(target);
    use_.record(target);
    window_.begin_drawing(target);
    renderer_.record(target, *ImGui::GetDrawData());
    data::Picture picture;
    looks = script_ && script_->wants_picture();
    window_.end(target, looks ? &picture : nullptr);
    waited = window_.waited();
    if (looks) script_->see(picture);
  } else if (!window_.shown()) {
    first_draws_.reset();  // nothing to draw on
  } else if (script_ && !window_.closing()) {
    script_->drive(window_);
  }
  const auto now = Clock::now();
  if (window_.shown() && !looks && !idle_)
    space_.frames.add({.own = static_cast<float>((thread_seconds() - used) * 1e3),
                       .busy = static_cast<float>((seconds_between(began, now) - waited) * 1e3),
                       .whole = static_cast<float>(seconds_between(last_frame_, now) * 1e3),
                       .gpu = space_.tick.measured_microseconds * 1e-3f});
  last_frame_ = now;
}

void App::draw() {
  ui::publish("page", kPageNames[static_cast<int>(space_.page)]);
  ui::publish("busy", worker_.busy() ? 1 : 0);
  ui::publish("model", space_.model ? space_.model->name : "");
  if (Stage::instance().recording()) {
    ui::publish("frames.own_median", space_.frames.quantile(&FrameTimes::Times::own, 0.5f));
    ui::publish("frames.own_p95", space_.frames.quantile(&FrameTimes::Times::own, 0.95f));
    ui::publish("frames.busy_p95", space_.frames.quantile(&FrameTimes::Times::busy, 0.95f));
    ui::publish("frames.longest", space_.frames.longest());
  }
  const ImGuiViewport& all = *ImGui::GetMainViewport();
  const float left = ui::scaled(kNavigation), bottom = ui::scaled(kStatus);
  draw_navigation();
  draw_status();
  ImGui::SetNextWindowPos(ImVec2(all.Pos.x + left, all.Pos.y));
  ImGui::SetNextWindowSize(ImVec2(all.Size.x - left, all.Size.y - bottom));
  ImGui::Begin("page", nullptr, kFixed | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoBackground);  // the window's ground
  switch (space_.page) {
    case Page::train: train_.draw(); break;
    case Page::explore: explore_.draw(); break;
    case Page::use: use_.draw(); break;
    case Page::exports: export_.draw(); break;
    case Page::device: device_.draw(); break;
  }
  ImGui::End();
  notices_.draw();
  if (first_draws_ && !first_draws_->draw()) first_draws_.reset();
}

void App::draw_navigation() {
  constexpr const char* kTips[] = {"Teach a model what your pictures look like (F1)",
                                   "Find the pictures you want among all that it can paint (F2)",
                                   "See the picture as a texture and as a sprite (F3)", "Write pictures, sheets and models to files (F4)",
                                   "The graphics device: memory, speed, self-test (F5)"};
  const ImGuiViewport& all = *ImGui::GetMainViewport();
  ImGui::SetNextWindowPos(all.Pos);
  ImGui::SetNextWindowSize(ImVec2(ui::scaled(kNavigation), all.Size.y - ui::scaled(kStatus)));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, ImVec4(0.067f, 0.075f, 0.09f, 1));
  ImGui::Begin("navigation", nullptr, kFixed);
  ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ui::Ink::accent));
  ImGui::SetCursorPosY(ui::scaled(16));
  ImGui::TextUnformatted("Gouache");
  ImGui::PopStyleColor();
  ImGui::Dummy(ImVec2(0, ui::scaled(8)));
  for (int i = 0; i < 5; ++i) {
    const bool on = static_cast<int>(space_.page) == i;
    ImGui::PushStyleColor(ImGuiCol_Button, on ? ImGui::GetStyleColorVec4(ImGuiCol_Header) : ImVec4(0, 0, 0, 0));
    ImGui::PushStyleVar(ImGuiStyleVar_ButtonTextAlign, ImVec2(0, 0.5f));
    const bool pressed = ImGui::Button(kPageNames[i], ImVec2(-FLT_MIN, ui::scaled(34)));
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
    ui::mark(std::string("nav/") + kPageNames[i]);
    ui::tip(kTips[i]);
    if (pressed || ui::shortcut(GLFW_KEY_F1 + i)) space_.page = static_cast<Page>(i);
  }
  ImGui::End();
  ImGui::PopStyleColor();
}

void App::draw_status() {
  const ImGuiViewport& all = *ImGui::GetMainViewport();
  ImGui::SetNextWindowPos(ImVec2(all.Pos.x, all.Pos.y + all.Size.y - ui::scaled(kStatus)));
  ImGui::SetNextWindowSize(ImVec2(all.Size.x, ui::scaled(kStatus)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(ui::scaled(12), ui::scaled(6)));
  ImGui::PushStyleColor(ImGuiCol_WindowBg, ImVec4(0.067f, 0.075f, 0.09f, 1));
  ImGui::Begin("status", nullptr, kFixed);
  if (worker_.busy()) {
    const std::string title = worker_.title();
    const auto progress = worker_.progress();
    const float done = progress ? progress->done.load() : -1;
    ImGui::Text("%s ...", title.c_str());
    if (done >= 0) {
      ImGui::SameLine();
      ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0, 0));
      ImGui::ProgressBar(done, ImVec2(ui::scaled(180), ui::scaled(15)), "");
      ImGui::PopStyleVar();
    }
  } else {
    ImGui::TextUnformatted(space_.model ? ("Model: " + space_.model->name).c_str() : "No model is open");
  }
  char figures[400], pace[40] = "idle";
  const FrameTimes::Times now = space_.frames.size() ? space_.frames.newest(0) : FrameTimes::Times{};
  if (!idle_) std::snprintf(pace, sizeof pace, "%.1f ms a frame", static_cast<double>(now.whole));
  std::snprintf(figures, sizeof figures, "%s     %s     %.1f of %.1f ms for painting and training", window_.gpu().properties().deviceName,
                pace, idle_ ? 0.0 : static_cast<double>(now.gpu), static_cast<double>(space_.budget_milliseconds));
  ImGui::SameLine(all.Size.x - ImGui::CalcTextSize(figures).x - ui::scaled(14));
  ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ui::Ink::quiet));
  ImGui::TextUnformatted(figures);
  ImGui::PopStyleColor();
  ImGui::End();
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
}

}  // namespace gouache::studio
