// How do models and recipes describe themselves?
#include "plugin/describe.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>

#include "plugin/checks.h"

namespace gouache {
namespace {

using Json = nlohmann::ordered_json;

const char* type_name(const std::variant<std::int64_t, double, std::string>& value) {
  constexpr const char* kNames[] = {"integer", "number", "text"};
  return kNames[value.index()];
}

Json field_json(const RecipeField& field) {
  Json json = {{"name", field.name}, {"type", type_name(field.fallback)}};
  std::visit([&](const auto& value) { json["default"] = value; }, field.fallback);
  if (field.fallback.index() == 2) {
    json["choices"] = field.choices;
  } else {
    json["least"] = field.least;
    json["most"] = field.most;
  }
  json["meaning"] = field.meaning;
  return json;
}

/// What does not change.
Json head_json(const Recipe& recipe, std::int64_t batch, const PlannedWork& work) {
  const ImageShape shape = model(recipe.model()).shape(recipe);
  Json parameters = Json::object();
  for (const ParameterSpec& spec : work.parameters)
    if (spec.trained) parameters[spec.module()] = parameters.value(spec.module(), std::int64_t{0}) + spec.type.count();
  return {{"width", shape.width},     {"height", shape.height}, {"channels", shape.channels}, {"latent", shape.latent},
          {"classes", shape.classes}, {"batch", batch},         {"parameters", parameters},   {"recipe", Json::parse(recipe.to_json())}};
}

constexpr std::size_t kCountWidth = 20, kTimeWidth = 14;  // of the largest that there are

/// Spaces before a number, so that a text is as long whatever it is.
std::string padded(const std::string& number, std::size_t width) {
  return std::string(width - std::min(width, number.size()), ' ') + number;
}

/// In hundredths, whatever the locale.
std::string time_text(const std::optional<double>& microseconds) {
  if (!microseconds) return "null";
  char text[64];
  const auto end = std::to_chars(std::begin(text), std::end(text), std::min(*microseconds, 1e10), std::chars_format::fixed, 2).ptr;
  return {text, end};
}

/// "dispatches": an object a line.
std::string dispatches_member(const PlannedWork& work) {
  std::string text = "\"dispatches\": [";
  for (std::size_t i = 0; i < work.plan.commands.size(); ++i) {
    const Command& command = work.plan.commands[i];
    const Step& step = work.plan.steps[static_cast<std::size_t>(command.step)];
    Json line = Json::object();
    line["op"] = name_of(step.launch);
    line["label"] = step.launch.label;
    line["output"] = step.launch.outputs.at(0).shape;
    line["row"] = step.kernel.row;
    line["pass"] = command.dispatch;
    line["passes"] = step.kernel.dispatches.size();
    line["setup"] = i < static_cast<std::size_t>(work.plan.setup_commands);
    text += (i ? ",\n    " : "\n    ") + line.dump();
    text.back() = ',';
    text += "\"microseconds\":" + padded(time_text(work.microseconds.at(i)), kTimeWidth) + "}";
  }
  return text + "\n  ]";
}

/// An object with further members, given as text.
std::string with_lines(const Json& head, const std::vector<std::string>& members) {
  std::string text = head.dump(2);
  text.resize(text.size() - 2);  // "\n}"
  for (const std::string& member : members) text += ",\n  " + member;
  return text + "\n}";
}

}  // namespace

std::string models_json() {
  Json all = Json::array();
  for (const ModelRow* row : models()) {
    Json fields = Json::array();
    for (const RecipeField& field : row->fields()) fields.push_back(field_json(field));
    all.push_back({{"name", row->name}, {"summary", row->summary}, {"trains", row->train != nullptr}, {"fields", std::move(fields)}});
  }
  return all.dump(2);
}

std::string model_json(const Recipe& recipe, std::int64_t batch, const PlannedWork& work) {
  return with_lines(head_json(recipe, batch, work), {dispatches_member(work)});
}

std::string training_json(const Recipe& recipe, std::int64_t batch, const PlannedWork& work, const MemoryBytes& memory,
                          std::uint64_t steps) {
  std::string bytes;
  for (std::size_t i = 0; i < memory.size(); ++i) {
    const auto purpose = static_cast<MemoryPurpose>(i);
    if (purpose == MemoryPurpose::staging) continue;  // of the context, whoever copies
    bytes += (bytes.empty() ? "\"" : ", \"") + std::string(name_of(purpose)) + "\": " + padded(std::to_string(memory[i]), kCountWidth);
  }
  return with_lines(head_json(recipe, batch, work),
                    {"\"memory\": {" + bytes + "}", "\"steps\": " + padded(std::to_string(steps), kCountWidth), dispatches_member(work)});
}

void give_shape(const ImageShape& from, std::int64_t batch, GouShape* to) {
  GouShape& shape = checked(to);
  shape.width = static_cast<std::uint32_t>(from.width);
  shape.height = static_cast<std::uint32_t>(from.height);
  shape.channels = static_cast<std::uint32_t>(from.channels);
  shape.latent = static_cast<std::uint32_t>(from.latent);
  shape.batch = static_cast<std::uint32_t>(batch);
  shape.classes = static_cast<std::uint32_t>(from.classes);
}

}  // namespace gouache
