// What can be set on a model, and what was set?  Fields are a table; a recipe is checked JSON.
#pragma once

#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace gouache {

/// One setting: type by its default. Numbers have an inclusive range; texts a list of choices.
struct RecipeField {
  std::string name;
  std::variant<std::int64_t, double, std::string> fallback;
  double least = 0, most = 0;
  std::vector<std::string> choices;
  std::string meaning;  ///< one line, with unit
};

/// The settings of one model; every field has a value within its range.
class Recipe {
 public:
  /// Reads a JSON object whose "model" names a model; unknown keys, wrong types and values out of range throw Error naming the key
  /// and what was expected.
  static Recipe from_json(const std::string& text);
  /// All fields at their defaults.
  static Recipe of_model(const std::string& model);

  /// Sets one field from text ("channels", "64"); the same checks.
  void set(const std::string& key, const std::string& value);

  const std::string& model() const { return model_; }
  std::int64_t integer(const std::string& key) const;
  double number(const std::string& key) const;
  const std::string& text(const std::string& key) const;

  /// Every field, "model" first, in table order.
  std::string to_json() const;

 private:
  std::string model_;
  std::map<std::string, std::variant<std::int64_t, double, std::string>> values_;
};

}  // namespace gouache
