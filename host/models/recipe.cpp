// What can be set on a model, and what was set?
#include "host/models/recipe.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "host/graph/error.h"
#include "host/models/model.h"

namespace gouache {
namespace {

using Json = nlohmann::ordered_json;
using Value = std::variant<std::int64_t, double, std::string>;

const RecipeField& field(const std::string& model_name, const std::string& key) {
  std::string known;
  for (const RecipeField& f : model(model_name).fields()) {
    if (f.name == key) return f;
    known += (known.empty() ? "" : ", ") + f.name;
  }
  throw Error("recipe: model '" + model_name + "' has no field '" + key + "'; its fields: " + known);
}

std::string number_text(double value) {
  std::string text = Json(value).dump();
  return text.size() > 2 && text.substr(text.size() - 2) == ".0" ? text.substr(0, text.size() - 2) : text;
}

std::string range_text(const RecipeField& f) {
  if (!f.choices.empty()) {
    std::string text = "one of ";
    for (const std::string& choice : f.choices) text += (choice == f.choices.front() ? "" : ", ") + choice;
    return text;
  }
  return (std::holds_alternative<std::int64_t>(f.fallback) ? "a whole number in " : "a number in ") + number_text(f.least) + ".." +
         number_text(f.most);
}

Value checked(const RecipeField& f, const Json& json) {
  const auto refuse = [&]() -> Error {
    return Error("recipe: '" + f.name + "' is " + json.dump().substr(0, 80) + ", expected " + range_text(f));
  };
  if (std::holds_alternative<std::string>(f.fallback)) {
    if (!json.is_string()) throw refuse();
    const auto text = json.get<std::string>();
    if (std::find(f.choices.begin(), f.choices.end(), text) == f.choices.end()) throw refuse();
    return text;
  }
  if (!json.is_number()) throw refuse();
  const double number = json.get<double>();
  if (!std::isfinite(number) || number < f.least || number > f.most) throw refuse();
  if (std::holds_alternative<double>(f.fallback)) return number;
  if (number != std::floor(number)) throw refuse();
  return static_cast<std::int64_t>(number);
}

}  // namespace

Recipe Recipe::of_model(const std::string& name) {
  Recipe recipe;
  recipe.model_ = name;
  for (const RecipeField& f : gouache::model(name).fields()) recipe.values_[f.name] = f.fallback;
  return recipe;
}

Recipe Recipe::from_json(const std::string& text) {
  if (text.size() > 65536) throw Error("recipe: " + std::to_string(text.size()) + " bytes, expected at most 65536");
  int depth = 0, deepest = 0;
  for (char c : text) deepest = std::max(deepest, depth += (c == '{' || c == '[') - (c == '}' || c == ']'));
  if (deepest > 1) throw Error("recipe: nested values, expected one flat JSON object");
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& e) { throw Error("recipe: not JSON at byte " + std::to_string(e.byte)); }
  if (!json.is_object()) throw Error("recipe: expected a JSON object");
  if (!json.contains("model") || !json["model"].is_string())
    throw Error("recipe: \"model\" is missing or not a text; `gouache models` lists the models");
  Recipe recipe = of_model(json["model"].get<std::string>());
  for (const auto& [key, value] : json.items())
    if (key != "model") recipe.values_[key] = checked(field(recipe.model_, key), value);
  (void)gouache::model(recipe.model_).shape(recipe);  // refuses combinations that fit no network
  return recipe;
}

void Recipe::set(const std::string& key, const std::string& value) {
  const RecipeField& f = field(model_, key);
  const Json json = std::holds_alternative<std::string>(f.fallback) ? Json(value) : Json::parse(value, nullptr, false);
  values_[key] = checked(f, json.is_discarded() ? Json(value) : json);
}

std::int64_t Recipe::integer(const std::string& key) const { return std::get<std::int64_t>(values_.at(key)); }
double Recipe::number(const std::string& key) const { return std::get<double>(values_.at(key)); }
const std::string& Recipe::text(const std::string& key) const { return std::get<std::string>(values_.at(key)); }

std::string Recipe::to_json() const {
  Json json;
  json["model"] = model_;
  for (const RecipeField& f : gouache::model(model_).fields())
    std::visit([&](const auto& value) { json[f.name] = value; }, values_.at(f.name));
  return json.dump();
}

}  // namespace gouache
