// How do models and recipes describe themselves?
#include "plugin/describe.h"

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

std::string model_json(const Recipe& recipe, const ImageShape& shape, std::int64_t batch) {
  return Json{{"width", shape.width},
              {"height", shape.height},
              {"channels", shape.channels},
              {"latent", shape.latent},
              {"classes", shape.classes},
              {"batch", batch},
              {"recipe", Json::parse(recipe.to_json())}}
      .dump(2);
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
