// gouache models: which models are there, and what can be set on one?
#include <CLI/CLI.hpp>
#include <iomanip>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "demo/cli/command.h"
#include "demo/cli/painter.h"

namespace gouache::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string number(const Json& value) {
  std::ostringstream text;
  text << std::setprecision(10) << value.get<double>();
  return text.str();
}

/// "64   4..512" or "hinge   one of: hinge, bce".
std::string allowed(const Json& field) {
  if (field["type"] != "text") return number(field["least"]) + ".." + number(field["most"]);
  std::string list = "one of: ";
  for (const auto& choice : field["choices"]) list += (list.ends_with(": ") ? "" : ", ") + choice.get<std::string>();
  return list;
}

std::string summary(const Json& model) {
  return model["summary"].get<std::string>() +
         (model["trains"].get<bool>() ? "" : "; no training yet: for `gouache plan` and `bench` alone");
}

void print_model(const Json& model) {
  std::cout << model["name"].get<std::string>() << ": " << summary(model) << "\n\n";
  for (const Json& field : model["fields"]) {
    const std::string standard = field["default"].is_string() ? field["default"].get<std::string>() : number(field["default"]);
    std::cout << "  " << std::left << std::setw(20) << field["name"].get<std::string>() << field["meaning"].get<std::string>() << "\n"
              << "  " << std::setw(20) << ""
              << "default " << standard << "; " << allowed(field) << "\n";
  }
}

}  // namespace

std::function<int()> define_models(CLI::App& app) {
  auto name = std::make_shared<std::string>();
  app.add_option("name", *name, "the model to explain; without it all are listed")->type_name("NAME");
  return [name] {
    const Json models = Json::parse(text([](size_t* size, char* to) { return gouListModels(size, to); }));
    std::string known;
    for (const Json& model : models) {
      const auto its_name = model["name"].get<std::string>();
      if (its_name == *name) {
        print_model(model);
        return kDone;
      }
      known += (known.empty() ? "" : ", ") + its_name;
      if (name->empty()) std::cout << std::left << std::setw(12) << its_name << summary(model) << "\n";
    }
    if (!name->empty()) throw Misuse("there is no model '" + *name + "'; there are " + known);
    return kDone;
  };
}

}  // namespace gouache::cli
