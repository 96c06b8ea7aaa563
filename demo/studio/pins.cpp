// How does the studio remember pins?  As JSON: {"sets": [{"latent": 64, "pins": [{"name": "A", "label": 0, "latent": [...]}]}]}.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "demo/studio/explorer.h"

namespace gouache::studio {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& why) { throw std::runtime_error("pins: " + why); }

/// The member of an object, of a type that `is` confirms.
const Json& member(const Json& object, const char* name, bool (Json::*is)() const noexcept, const char* type) {
  if (!object.is_object() || !object.contains(name) || !(object.at(name).*is)())
    refuse(std::string("expected an object with '") + name + "', " + type);
  return object.at(name);
}

std::uint64_t whole(const Json& object, const char* name, std::uint64_t least, std::uint64_t most) {
  const std::uint64_t number = member(object, name, &Json::is_number_unsigned, "a whole number").get<std::uint64_t>();
  if (number < least || number > most)
    refuse(std::string(name) + " is " + std::to_string(number) + ", expected " + std::to_string(least) + ".." + std::to_string(most));
  return number;
}

Json written(std::uint32_t latent, const std::vector<Pin>& pins) {
  Json list = Json::array();
  for (const Pin& pin : pins) list.push_back({{"name", pin_name(pin.id)}, {"label", pin.specimen.label}, {"latent", pin.specimen.latent}});
  return {{"latent", latent}, {"pins", std::move(list)}};
}

Pin read(const Json& json, std::uint32_t latent) {
  const std::string name = member(json, "name", &Json::is_string, "a text").get<std::string>();
  Pin pin;
  while (pin.id < static_cast<std::int32_t>(kMostPins) && pin_name(pin.id) != name) ++pin.id;
  if (pin.id == static_cast<std::int32_t>(kMostPins)) refuse("'" + name + "' is no pin's name: those are A to " + pin_name(kMostPins - 1));
  pin.specimen.label = static_cast<std::uint32_t>(whole(json, "label", 0, 1u << 20));
  const Json& numbers = member(json, "latent", &Json::is_array, "a list of numbers");
  if (numbers.size() != latent) refuse(name + " has " + std::to_string(numbers.size()) + " numbers, expected " + std::to_string(latent));
  for (const Json& number : numbers) {
    const double value = number.is_number() ? number.get<double>() : NAN;
    if (!(std::abs(value) <= double{std::numeric_limits<float>::max()})) refuse(name + " has a value that is not a finite number");
    pin.specimen.latent.push_back(static_cast<float>(value));
  }
  return pin;
}

}  // namespace

std::string Explorer::save_pins() const {
  std::map<std::uint32_t, std::vector<Pin>> all = waiting_;
  if (!state_.pins.empty()) all[latent_] = state_.pins;
  Json sets = Json::array();
  for (const auto& [latent, pins] : all) sets.push_back(written(latent, pins));
  return Json{{"sets", std::move(sets)}}.dump();
}

void Explorer::load_pins(std::string_view json) {
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded()) refuse("this is not JSON");
  std::map<std::uint32_t, std::vector<Pin>> all;
  for (const Json& set : member(document, "sets", &Json::is_array, "a list")) {
    const auto latent = static_cast<std::uint32_t>(whole(set, "latent", 1, 1u << 20));
    const Json& list = member(set, "pins", &Json::is_array, "a list");
    const auto [at, is_new] = all.try_emplace(latent);
    if (!is_new) refuse("two sets are for models of " + std::to_string(latent) + " numbers");
    for (const Json& entry : list) {
      Pin pin = read(entry, latent);
      for (const Pin& other : at->second)
        if (other.id == pin.id) refuse("two pins are named " + pin_name(pin.id));
      at->second.push_back(std::move(pin));
    }
  }
  std::erase_if(all, [](const auto& set) { return set.second.empty(); });
  waiting_ = std::move(all);
  state_.pins.clear();
  fetch_pins();
}

}  // namespace gouache::studio
