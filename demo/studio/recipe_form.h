// Which settings of a model can be edited, in which words, and what recipe do they make?
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace gouache::studio {

using FieldValue = std::variant<std::int64_t, double, std::string>;

/// One setting of the chosen model: what the plugin says of it, and how a form shows it.
struct FormField {
  std::string name;     ///< the recipe's key
  std::string label;    ///< what a person reads beside it
  std::string unit;     ///< "px", "%" ..., or empty
  std::string meaning;  ///< one line, from the plugin
  FieldValue fallback;  ///< the model's default; its type is the field's
  FieldValue value;
  double least = 0, most = 0;        ///< of numbers, inclusive
  std::vector<std::string> choices;  ///< of texts
  /// Numbers that are offered by name instead of being typed ("grey" for 1); empty: any number in range.
  struct Offer {
    std::string label;
    std::int64_t value;
  };
  std::vector<Offer> offers;
  bool advanced = false;     ///< shown when asked for
  bool logarithmic = false;  ///< a slider goes by factors

  bool is_integer() const { return std::holds_alternative<std::int64_t>(fallback); }
  bool is_text() const { return std::holds_alternative<std::string>(fallback); }
  bool changed() const { return value != fallback; }
  double number() const;            ///< of an integer or number
  const std::string& text() const;  ///< of a text
  /// The meaning with unit, range or choices, and default: "width and height ... \n8 to 512 px, usually 32".
  std::string tooltip() const;
};

/// A recipe that is known to work.
struct Preset {
  std::string name;    ///< "Sprites (recommended)"
  std::string recipe;  ///< JSON object with "model"
};

/// gouResolveRecipe: the recipe with every field filled in; throws std::exception with the reason where it is refused.
using ResolveRecipe = std::function<std::string(const std::string& recipe)>;

/// A form over the recipes of every model that trains. Not thread-safe.
class RecipeForm {
 public:
  /// `models` is the text of gouListModels. Each model's defaults follow the given presets as presets of their own; the first one of all is
  /// applied. Throws std::runtime_error when the text or a preset is not what it should be, or no model trains.
  RecipeForm(const std::string& models, std::vector<Preset> presets, ResolveRecipe resolve);

  struct Model {
    std::string name, summary;
  };
  std::span<const Model> models() const { return models_; }
  std::span<const Preset> presets() const { return presets_; }
  const std::string& model() const { return models_[model_].name; }
  /// The preset that the form equals now; -1: none, it was edited.
  int preset() const;

  /// Changes the model; fields of the same name keep their values where these are in range. Unknown names throw std::invalid_argument.
  void choose_model(const std::string& name);
  void apply_preset(std::size_t index);

  std::span<const FormField> fields() const { return fields_; }
  /// nullptr where the model has no such field.
  const FormField* field(const std::string& name) const;
  /// Numbers are brought into range and to the type of the field; unknown fields and choices throw std::invalid_argument.
  void set(const std::string& name, double value);
  void set(const std::string& name, const std::string& choice);
  void reset(const std::string& name);
  /// Sets what a source determines, where the model has the field: its channels, and how many kinds its labels tell apart (0: none).
  void fit(std::uint32_t image_channels, std::uint32_t classes);

  /// An integer field's value, or `otherwise` where the model has none of that name.
  std::int64_t integer(const std::string& name, std::int64_t otherwise) const;
  /// The recipe: {"model": ..., every field}.
  std::string json() const;
  /// "" if the plugin takes the recipe, else why not. Asked once for each change.
  const std::string& problem() const { return problem_; }

 private:
  FormField& found(const std::string& name);
  void refresh();

  std::vector<Model> models_;
  std::vector<std::vector<FormField>> defaults_;  ///< by model
  std::vector<Preset> presets_;
  std::vector<std::string> resolved_;  ///< by preset; what json() gives where the form equals it
  ResolveRecipe resolve_;
  std::size_t model_ = 0;
  std::vector<FormField> fields_;
  std::string problem_;
};

}  // namespace gouache::studio
