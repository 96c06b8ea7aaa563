// How is the page "Device" kept up to date, and what does its left side show?
#include "demo/studio/panel_device.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "demo/studio/training_session.h"
#include "demo/studio/widgets.h"

namespace gouache::studio {
namespace {

constexpr float kLeft = 372;             ///< units
constexpr double kRefreshSeconds = 0.5;  ///< figures that are read more often cannot be read by people

struct Purpose {
  const char* name;
  const char* tip;
};
constexpr std::array<Purpose, 6> kPurposes{{
    {"Work area", "What is computed on the way from numbers to a picture, and back when training. Most of it."},
    {"Weights and images", "What models have learned, the training's pictures, and what its optimizer remembers."},
    {"Constants", "Numbers that kernels look up."},
    {"Inputs", "The numbers that pictures are painted from."},
    {"Outputs", "Painted pictures and figures, before they are read."},
    {"Copies", "For copies between the program's memory and the device's."},
}};

std::string bytes_text(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < std::size(kUnits); ++unit) value /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text;
}

const char* type_text(VkPhysicalDeviceType type) {
  switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return "graphics card";
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return "graphics in the processor";
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return "virtual graphics card";
    case VK_PHYSICAL_DEVICE_TYPE_CPU: return "processor, no graphics card";
    default: return "other";
  }
}

std::string text_of(const nlohmann::ordered_json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() ? std::string() : found->is_string() ? found->get<std::string>() : found->dump();
}

void quiet_cell(const char* words) {
  ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(ui::Ink::quiet));
  ImGui::TextUnformatted(words);
  ImGui::PopStyleColor();
}

/// A thin bar as wide as the column, `share` of it filled.
void bar(float share, float height, ImU32 ink) {
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(from, ImVec2(from.x + width, from.y + height), ImGui::GetColorU32(ImGuiCol_FrameBg), height / 2);
  if (share > 0)
    list.AddRectFilled(from, ImVec2(from.x + std::max(width * std::min(share, 1.0f), height), from.y + height), ink, height / 2);
  ImGui::Dummy(ImVec2(width, height));
}

}  // namespace

DevicePanel::DevicePanel(Workspace& space) : space_(space), selftest_(space.worker, space.notices) { read_device(); }

void DevicePanel::read_device() {
  const Gpu& gpu = space_.window.gpu();
  const VkPhysicalDeviceProperties& properties = gpu.properties();
  const auto about =
      nlohmann::ordered_json::parse(api::text([&](size_t* size, char* to) { return gouDescribeContext(space_.painter, size, to); }));
  const VkPhysicalDeviceLimits& limits = properties.limits;
  facts_ = {{"Kind", type_text(properties.deviceType)},
            {"Driver", text_of(about, "driver") + " " + text_of(about, "driver_info")},
            {"Vulkan", text_of(about, "vulkan")},
            {"Subgroup", text_of(about, "subgroup_size") + " lanes, " +
                             (text_of(about, "subgroup_shuffle") == "true" ? "values shuffled" : "values not shuffled")},
            {"Workgroup", std::to_string(limits.maxComputeWorkGroupInvocations) + " lanes, " +
                              bytes_text(limits.maxComputeSharedMemorySize) + " shared"},
            {"One buffer", "up to " + bytes_text(limits.maxStorageBufferRange)},
            {"One image", std::to_string(limits.maxImageDimension2D) + " pixels a side"},
            {"Timestamps", limits.timestampComputeAndGraphics ? "yes" : "no: GPU times are not known"}};
  if (about.contains("limits"))
    if (const auto most = about["limits"].find("maxMemoryAllocationSize"); most != about["limits"].end())
      facts_.emplace(facts_.end() - 2, "One allocation", "up to " + bytes_text(most->get<std::uint64_t>()));
  VkPhysicalDeviceMemoryProperties memory;
  vkGetPhysicalDeviceMemoryProperties(gpu.physical(), &memory);
  for (std::uint32_t i = 0; i < memory.memoryHeapCount; ++i)
    if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) device_bytes_ += memory.memoryHeaps[i].size;
}

void DevicePanel::update() {
  selftest_.update();
  if (selftest_.running()) space_.animating = true;
  if (space_.page == Page::device) refresh();
  const auto& report = selftest_.report();
  if (!report || tested_ == report->passed + report->failed) return;
  tested_ = report->passed + report->failed;
  space_.settings.set("device", "selftest_rows", tested_);
}

/// What is costly to ask for, at most twice a second and only while it is looked at.
void DevicePanel::refresh() {
  const double now = ImGui::GetTime();
  if (refreshed_ >= 0 && now - refreshed_ < kRefreshSeconds) return;
  refreshed_ = now;
  using Times = FrameTimes::Times;
  p95_ = {space_.frames.quantile(&Times::own, 0.95f), space_.frames.quantile(&Times::whole, 0.95f),
          space_.frames.quantile(&Times::gpu, 0.95f)};
  refresh_training();
  if (const std::shared_ptr<OpenModel> model = space_.model; !model) {
    painting_ = {};
  } else if (const ModelTurn turn(model); turn) {
    painting_ = profile_of(
        nlohmann::ordered_json::parse(api::text([&](size_t* size, char* to) { return gouDescribeModel(model->model.get(), size, to); })));
  }
}

void DevicePanel::refresh_training() {
  if (!space_.training || !space_.training->is_open()) {
    training_ = {};
  } else if (space_.training->live()) {  // else the worker has it: what was before stays
    const GouTraining training = space_.training->training().training.get();
    training_ = profile_of(
        nlohmann::ordered_json::parse(api::text([&](size_t* size, char* to) { return gouDescribeTraining(training, size, to); })));
  }
}

void DevicePanel::draw() {
  ImGui::BeginChild("device", ImVec2(ui::scaled(kLeft), 0), false, ImGuiWindowFlags_AlwaysUseWindowPadding);
  draw_device();
  draw_memory();
  draw_selftest_control();
  ImGui::EndChild();
  ImGui::SameLine(0, ui::scaled(12));
  ImGui::BeginChild("times", ImVec2(0, 0), false, ImGuiWindowFlags_AlwaysUseWindowPadding);
  draw_frames();
  draw_operations();
  ImGui::EndChild();
  publish();
}

void DevicePanel::publish() const {
  const MemoryUse& use = space_.window.gpu().memory_use();
  std::uint64_t bytes = 0;
  for (const auto& one : use) bytes += one.load();
  ui::publish("device.name", std::string(space_.window.gpu().properties().deviceName));
  ui::publish("device.bytes", static_cast<double>(bytes));
  ui::publish("device.ops", static_cast<double>(profile().operations.size()));
  ui::publish("device.dispatches", static_cast<double>(profile().dispatches));
  ui::publish("device.microseconds", profile().microseconds);
  ui::publish("device.longest", profile().operations.empty() ? std::string() : profile().operations[0].op);
  ui::publish("device.opened", opened_);
  ui::publish("selftest.running", selftest_.running() ? 1 : 0);
  ui::publish("selftest.rows", static_cast<double>(selftest_.count().passed + selftest_.count().failed));
  ui::publish("selftest.passed", selftest_.report() ? static_cast<double>(selftest_.report()->passed) : -1);
  ui::publish("selftest.failed", selftest_.report() ? static_cast<double>(selftest_.report()->failed) : -1);
}

void DevicePanel::draw_device() {
  ui::heading("Device");
  ImGui::TextWrapped("%s", space_.window.gpu().properties().deviceName);
  if (!ImGui::BeginTable("facts", 2)) return;
  ImGui::TableSetupColumn("what", ImGuiTableColumnFlags_WidthFixed, ui::scaled(102));
  ImGui::TableSetupColumn("value", ImGuiTableColumnFlags_WidthStretch);
  for (const auto& [what, value] : facts_) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    quiet_cell(what.c_str());
    ImGui::TableNextColumn();
    ImGui::TextWrapped("%s", value.c_str());
  }
  ImGui::EndTable();
}

void DevicePanel::draw_memory() {
  ui::heading("Memory that the library holds");
  const MemoryUse& use = space_.window.gpu().memory_use();
  std::array<std::uint64_t, kPurposes.size()> bytes{};
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) all += bytes[i] = use[i].load();
  const std::uint64_t most = std::max<std::uint64_t>(*std::ranges::max_element(bytes), 1);
  if (!ImGui::BeginTable("memory", 3)) return;
  ImGui::TableSetupColumn("what", ImGuiTableColumnFlags_WidthFixed, ui::scaled(138));
  ImGui::TableSetupColumn("bar", ImGuiTableColumnFlags_WidthStretch);
  ImGui::TableSetupColumn("bytes", ImGuiTableColumnFlags_WidthFixed, ui::scaled(66));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(kPurposes[i].name);
    ui::mark("device/memory/" + std::to_string(i));
    ui::tip(kPurposes[i].tip);
    ImGui::TableNextColumn();
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + ui::scaled(5));
    bar(static_cast<float>(bytes[i]) / static_cast<float>(most), ui::scaled(7), ImGui::GetColorU32(ImGuiCol_PlotHistogram));
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(bytes_text(bytes[i]).c_str());
  }
  ImGui::EndTable();
  ui::hint((bytes_text(all) + " of the device's " + bytes_text(device_bytes_)).c_str());
}

void DevicePanel::draw_selftest_control() {
  ui::heading("Self-test");
  const std::string device = space_.window.gpu().properties().deviceName;
  if (selftest_.running()) {
    const SelftestCount& count = selftest_.count();
    const std::size_t expected = space_.settings.get("device", "selftest_rows", std::size_t{0});  // as it was the last time
    const auto over = static_cast<float>(count.passed + count.failed);
    char words[96];
    std::snprintf(words, sizeof words, "%.0f rows, %.0f s", static_cast<double>(over), ImGui::GetTime() - selftest_.began());
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::ProgressBar(expected > 0 ? std::min(over / static_cast<float>(expected), 1.0f) : 0,
                       ImVec2(width - ui::scaled(88), ImGui::GetFrameHeight()), words);
    ImGui::SameLine();
    if (ui::button("device/selftest_stop", "Stop", "Ends the self-test; nothing is kept of it.", true, false, ui::scaled(80)))
      selftest_.cancel();
    return;
  }
  if (ui::button("device/selftest", "Run the self-test",
                 "Runs every kernel on this device and compares it with a reference on the CPU. Takes some seconds on a graphics card and "
                 "minutes where there is none; the window goes on meanwhile.")) {
    const std::filesystem::path command = Selftest::command();
    if (command.empty()) {
      space_.notices.error("The self-test is the program gouache, which is not beside the studio, in " + own_folder().string());
    } else {
      view_ = View::selftest;
      selftest_.start(command, device, ImGui::GetTime());
    }
  }
  if (!selftest_.report()) return ui::hint("Does every kernel compute what it should on this device?");
  char words[96];
  std::snprintf(words, sizeof words, "%zu rows are right, %zu are wrong.", selftest_.report()->passed, selftest_.report()->failed);
  ImGui::PushStyleColor(ImGuiCol_Text, ui::colour(selftest_.report()->failed ? ui::Ink::bad : ui::Ink::good));
  ImGui::TextUnformatted(words);
  ImGui::PopStyleColor();
}

}  // namespace gouache::studio
