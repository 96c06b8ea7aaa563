// Which settings of a model can be edited, in which words, and what recipe do they make?
#include "demo/studio/recipe_form.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace gouache::studio {
namespace {

using Json = nlohmann::ordered_json;

/// How fields are shown that many models share; others are advanced, under their own name.
struct Wording {
  const char *name, *label, *unit;
  bool advanced, logarithmic;
};
constexpr Wording kWordings[] = {
    {"size", "Image size", "px", false, false},
    {"image_channels", "Colour", "", false, false},
    {"channels", "Network width", "maps", false, true},
    {"learning_rate", "Learning rate", "", false, true},
    {"classes", "Kinds of images", "", false, false},
    {"latent", "Latent numbers", "", true, false},
    {"image_layer", "Upscaling", "", true, false},
    {"discriminator_norm", "Discriminator norm", "", true, false},
    {"critic_steps", "Discriminator updates", "a step", true, false},
    {"loss", "Loss", "", true, false},
    {"discriminator_rate", "Discriminator rate", "x", true, true},
    {"beta1", "Adam beta 1", "", true, false},
    {"beta2", "Adam beta 2", "", true, false},
    {"ema", "Weight averaging", "", true, false},
    {"label_smoothing", "Label smoothing", "", true, false},
    {"r1", "Gradient penalty R1", "", true, false},
    {"augment_colour", "Augment colour", "", true, false},
    {"augment_translation", "Augment shift", "of side", true, false},
    {"augment_cutout", "Augment cutout", "of side", true, false},
    {"instance_noise", "Instance noise", "", true, false},
};

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

std::string shown(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  return short_number(std::get<double>(value));
}

std::vector<FormField::Offer> offers_of(const FormField& field) {
  std::vector<FormField::Offer> all, kept;
  if (field.name == "image_channels") all = {{"Grey", 1}, {"Grey + alpha", 2}, {"RGB", 3}, {"RGB + alpha", 4}};
  if (field.name == "size" && field.meaning.find("power of two") != field.meaning.npos)
    for (std::int64_t size = 1; size <= 1 << 14; size *= 2) all.push_back({std::to_string(size) + " x " + std::to_string(size), size});
  if (field.name == "channels")  // narrowed by halves from level to level, so nothing between them works
    for (std::int64_t width = 8; width <= 512; width *= 2) all.push_back({std::to_string(width) + " maps", width});
  for (FormField::Offer& offer : all)
    if (offer.value >= field.least && offer.value <= field.most) kept.push_back(std::move(offer));
  return kept;
}

FieldValue value_of(const Json& value, const std::string& type) {
  if (type == "text") return value.get<std::string>();
  if (type == "integer") return value.get<std::int64_t>();
  return value.get<double>();
}

FormField field_of(const Json& json) {
  FormField field;
  field.name = json.at("name").get<std::string>();
  field.meaning = json.at("meaning").get<std::string>();
  field.fallback = field.value = value_of(json.at("default"), json.at("type").get<std::string>());
  field.least = json.value("least", 0.0);
  field.most = json.value("most", 0.0);
  field.choices = json.value("choices", std::vector<std::string>{});
  const Wording* const words = std::ranges::find(kWordings, field.name, &Wording::name);
  const bool known = words != std::end(kWordings);
  field.label = known ? words->label : field.name;
  field.unit = known ? words->unit : "";
  field.advanced = !known || words->advanced;
  field.logarithmic = known && words->logarithmic;
  field.offers = offers_of(field);
  return field;
}

/// Basic ones first, in the order of the wordings.
void arrange(std::vector<FormField>& fields) {
  const auto place = [](const FormField& field) {
    return std::ranges::find(kWordings, field.name, &Wording::name) - std::begin(kWordings);
  };
  std::ranges::stable_sort(
      fields, [&](const FormField& a, const FormField& b) { return std::pair(a.advanced, place(a)) < std::pair(b.advanced, place(b)); });
}

Json parsed(const std::string& text, const char* what) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) throw std::runtime_error(std::string(what) + " is not JSON");
  return json;
}

FieldValue clamped(const FormField& field, double value) {
  if (std::isnan(value)) return field.fallback;
  value = std::clamp(value, field.least, field.most);
  if (field.is_integer()) return static_cast<std::int64_t>(std::llround(value));
  return value;
}

bool allowed(const FormField& field, const FieldValue& value) {
  if (value.index() != field.fallback.index()) return false;
  if (const auto* text = std::get_if<std::string>(&value)) return std::ranges::find(field.choices, *text) != field.choices.end();
  return clamped(field, std::visit(
                            [](const auto& v) {
                              if constexpr (std::is_arithmetic_v<std::decay_t<decltype(v)>>) return static_cast<double>(v);
                              return 0.0;
                            },
                            value)) == value;
}

}  // namespace

double FormField::number() const { return is_integer() ? static_cast<double>(std::get<std::int64_t>(value)) : std::get<double>(value); }

const std::string& FormField::text() const { return std::get<std::string>(value); }

std::string FormField::tooltip() const {
  std::string allowed;
  if (is_text())
    for (const std::string& choice : choices) allowed += (allowed.empty() ? "One of: " : ", ") + choice;
  else
    allowed = short_number(least) + " to " + short_number(most) + (unit.empty() ? "" : " " + unit);
  return meaning + "\n" + allowed + ". Usually " + shown(fallback) + ".";
}

RecipeForm::RecipeForm(const std::string& models, std::vector<Preset> presets, ResolveRecipe resolve)
    : presets_(std::move(presets)), resolve_(std::move(resolve)) {
  for (const Json& model : parsed(models, "the list of models")) {
    if (!model.at("trains").get<bool>()) continue;
    models_.push_back({model.at("name").get<std::string>(), model.at("summary").get<std::string>()});
    std::vector<FormField>& fields = defaults_.emplace_back();
    for (const Json& field : model.at("fields")) fields.push_back(field_of(field));
    arrange(fields);
    presets_.push_back({models_.back().name + " (defaults)", Json{{"model", models_.back().name}}.dump()});
  }
  if (models_.empty()) throw std::runtime_error("there is no model that trains");
  for (std::size_t i = presets_.size(); i-- > 0;) {  // the first one is applied last
    apply_preset(i);
    resolved_.insert(resolved_.begin(), json());
  }
}

int RecipeForm::preset() const {
  const auto found = std::ranges::find(resolved_, json());
  return found == resolved_.end() ? -1 : static_cast<int>(found - resolved_.begin());
}

void RecipeForm::choose_model(const std::string& name) {
  const auto found = std::ranges::find(models_, name, &Model::name);
  if (found == models_.end()) throw std::invalid_argument("there is no model '" + name + "' that trains");
  const std::vector<FormField> old = std::move(fields_);
  model_ = static_cast<std::size_t>(found - models_.begin());
  fields_ = defaults_[model_];
  for (FormField& field : fields_) {
    const auto before = std::ranges::find(old, field.name, &FormField::name);
    if (before != old.end() && before->changed() && allowed(field, before->value)) field.value = before->value;
  }
  refresh();
}

void RecipeForm::apply_preset(std::size_t index) {
  const Preset& preset = presets_.at(index);
  const Json recipe = parsed(preset.recipe, preset.name.c_str());
  if (!recipe.is_object() || !recipe.contains("model") || !recipe["model"].is_string())
    throw std::runtime_error(preset.name + ": expected a JSON object that names a \"model\"");
  fields_.clear();
  choose_model(recipe["model"].get<std::string>());
  for (const auto& [key, value] : recipe.items()) {
    if (key == "model") continue;
    if (value.is_string())
      set(key, value.get<std::string>());
    else if (value.is_number())
      set(key, value.get<double>());
    else
      throw std::runtime_error(preset.name + ": " + key + " is neither a number nor a text");
  }
}

const FormField* RecipeForm::field(const std::string& name) const {
  const auto found = std::ranges::find(fields_, name, &FormField::name);
  return found == fields_.end() ? nullptr : &*found;
}

FormField& RecipeForm::found(const std::string& name) {
  const auto at = std::ranges::find(fields_, name, &FormField::name);
  if (at == fields_.end()) throw std::invalid_argument(model() + " has no setting '" + name + "'");
  return *at;
}

void RecipeForm::set(const std::string& name, double value) {
  FormField& field = found(name);
  if (field.is_text()) throw std::invalid_argument(name + " is a text, not a number");
  field.value = clamped(field, value);
  refresh();
}

void RecipeForm::set(const std::string& name, const std::string& choice) {
  FormField& field = found(name);
  if (!allowed(field, choice)) throw std::invalid_argument(name + ": there is no choice '" + choice + "'");
  field.value = choice;
  refresh();
}

void RecipeForm::reset(const std::string& name) {
  FormField& field = found(name);
  field.value = field.fallback;
  refresh();
}

void RecipeForm::fit(std::uint32_t image_channels, std::uint32_t classes) {
  if (field("image_channels")) set("image_channels", image_channels);
  if (field("classes")) set("classes", classes);
}

std::int64_t RecipeForm::integer(const std::string& name, std::int64_t otherwise) const {
  const FormField* const at = field(name);
  return at && at->is_integer() ? std::get<std::int64_t>(at->value) : otherwise;
}

std::string RecipeForm::json() const {
  Json recipe{{"model", model()}};
  for (const FormField& field : fields_) std::visit([&](const auto& value) { recipe[field.name] = value; }, field.value);
  return recipe.dump();
}

void RecipeForm::refresh() {
  problem_.clear();
  try {
    resolve_(json());
  } catch (const std::exception& refused) { problem_ = refused.what(); }
}

}  // namespace gouache::studio
