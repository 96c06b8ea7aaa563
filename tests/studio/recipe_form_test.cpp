// Does a form offer what the plugin says of its models, keep values in range, and make the recipe that was meant?
#include "demo/studio/recipe_form.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace gouache::studio {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kModels = R"([
 {"name": "conv", "summary": "a GAN", "trains": true, "fields": [
   {"name": "size", "type": "integer", "default": 32, "least": 8.0, "most": 512.0, "meaning": "width and height in pixels, a power of two"},
   {"name": "image_channels", "type": "integer", "default": 1, "least": 1.0, "most": 4.0, "meaning": "1 grey, 3 RGB, 4 RGBA"},
   {"name": "loss", "type": "text", "default": "hinge", "choices": ["hinge", "minimax"], "meaning": "adversarial loss"},
   {"name": "own_thing", "type": "number", "default": 0.5, "least": 0.0, "most": 1.0, "meaning": "what only this model has"},
   {"name": "learning_rate", "type": "number", "default": 0.0002, "least": 1e-08, "most": 1.0, "meaning": "Adam's step size"},
   {"name": "classes", "type": "integer", "default": 0, "least": 0.0, "most": 1000.0, "meaning": "kinds of images"}]},
 {"name": "still", "summary": "no training", "trains": false, "fields": []},
 {"name": "tiny", "summary": "two pixels", "trains": true, "fields": [
   {"name": "size", "type": "integer", "default": 2, "least": 2.0, "most": 2.0, "meaning": "width and height of the image in pixels"},
   {"name": "channels", "type": "integer", "default": 64, "least": 4.0, "most": 256.0, "meaning": "feature maps"},
   {"name": "learning_rate", "type": "number", "default": 0.05, "least": 1e-08, "most": 10.0, "meaning": "step size"}]}])";
constexpr const char* kSprites = R"({"model": "conv", "image_channels": 4, "learning_rate": 0.0004, "loss": "minimax"})";

RecipeForm form(
    std::vector<Preset> presets = {{"Sprites", kSprites}}, ResolveRecipe resolve = [](const std::string& r) { return r; }) {
  return RecipeForm(kModels, std::move(presets), std::move(resolve));
}

TEST(RecipeForm, BeginsWithTheFirstPresetAndOffersEachModelThatTrains) {
  const RecipeForm f = form();
  ASSERT_EQ(f.models().size(), 2u);
  EXPECT_EQ(f.models()[1].name, "tiny");
  ASSERT_EQ(f.presets().size(), 3u);
  EXPECT_EQ(f.presets()[1].name, "conv (defaults)");
  EXPECT_EQ(f.preset(), 0);
  EXPECT_EQ(Json::parse(f.json()), Json::parse(R"({"model": "conv", "size": 32, "image_channels": 4, "learning_rate": 0.0004, "classes": 0,
                                                   "loss": "minimax", "own_thing": 0.5})"));
}

TEST(RecipeForm, BasicFieldsComeFirstAndUnknownOnesAreAdvancedUnderTheirOwnName) {
  const RecipeForm f = form();
  const std::vector<std::string> expected{"size", "image_channels", "learning_rate", "classes", "loss", "own_thing"};
  std::vector<std::string> names;
  for (const FormField& field : f.fields()) names.push_back(field.name);
  EXPECT_EQ(names, expected);
  EXPECT_FALSE(f.field("classes")->advanced);
  EXPECT_TRUE(f.field("own_thing")->advanced);
  EXPECT_EQ(f.field("own_thing")->label, "own_thing");
  EXPECT_EQ(f.field("size")->label, "Image size");
}

TEST(RecipeForm, OffersNamesWhereNumbersAreFew) {
  RecipeForm f = form();
  ASSERT_EQ(f.field("size")->offers.size(), 7u);  // 8 to 512
  EXPECT_EQ(f.field("size")->offers.front().label, "8 x 8");
  EXPECT_EQ(f.field("image_channels")->offers.back().value, 4);
  EXPECT_TRUE(f.field("classes")->offers.empty());
  f.choose_model("tiny");
  EXPECT_TRUE(f.field("size")->offers.empty()) << "not a power of two by its meaning";
  ASSERT_EQ(f.field("channels")->offers.size(), 6u);  // 8 to 256
  EXPECT_EQ(f.field("channels")->offers[1].label, "16 maps");
}

TEST(RecipeForm, TooltipsGiveMeaningUnitRangeAndDefault) {
  const RecipeForm f = form();
  EXPECT_EQ(f.field("size")->tooltip(), "width and height in pixels, a power of two\n8 to 512 px. Usually 32.");
  EXPECT_EQ(f.field("loss")->tooltip(), "adversarial loss\nOne of: hinge, minimax. Usually hinge.");
  EXPECT_EQ(f.field("learning_rate")->tooltip(), "Adam's step size\n1e-08 to 1. Usually 0.0002.");
}

TEST(RecipeForm, ValuesStayInRangeAndOfTheirType) {
  RecipeForm f = form();
  f.set("size", 1e9);
  EXPECT_EQ(f.integer("size", 0), 512);
  f.set("size", 15.6);
  EXPECT_EQ(f.integer("size", 0), 16);
  f.set("learning_rate", -1.0);
  EXPECT_DOUBLE_EQ(f.field("learning_rate")->number(), 1e-8);
  f.set("learning_rate", std::nan(""));
  EXPECT_DOUBLE_EQ(f.field("learning_rate")->number(), 0.0002) << "no number at all is the default";
  EXPECT_THROW(f.set("loss", "wrong"), std::invalid_argument);
  EXPECT_THROW(f.set("loss", 1.0), std::invalid_argument);
  EXPECT_THROW(f.set("nothing", 1.0), std::invalid_argument);
  EXPECT_EQ(f.field("loss")->text(), "minimax") << "a refused value changes nothing";
  EXPECT_EQ(f.preset(), -1);
  f.reset("loss");
  EXPECT_EQ(f.field("loss")->text(), "hinge");
  f.apply_preset(0);
  EXPECT_EQ(f.preset(), 0);
}

TEST(RecipeForm, AnotherModelKeepsWhatItHasToo) {
  RecipeForm f = form();
  f.set("size", 64.0);
  f.set("learning_rate", 0.001);
  f.choose_model("tiny");
  EXPECT_EQ(f.integer("size", 0), 2) << "64 is out of range there";
  EXPECT_DOUBLE_EQ(f.field("learning_rate")->number(), 0.001);
  EXPECT_EQ(f.integer("classes", -1), -1);
  f.fit(3, 10);  // it has neither
  EXPECT_EQ(f.json(), R"({"model":"tiny","size":2,"channels":64,"learning_rate":0.001})");
  EXPECT_THROW(f.choose_model("still"), std::invalid_argument);
}

TEST(RecipeForm, FitsASource) {
  RecipeForm f = form();
  f.fit(3, 10);
  EXPECT_EQ(f.integer("image_channels", 0), 3);
  EXPECT_EQ(f.integer("classes", 0), 10);
}

TEST(RecipeForm, SaysWhyThePluginRefuses) {
  RecipeForm f = form({{"Sprites", kSprites}}, [](const std::string& recipe) {
    if (Json::parse(recipe)["own_thing"] == 1.0) throw std::runtime_error("conv: own_thing is 1, expected less");
    return recipe;
  });
  EXPECT_EQ(f.problem(), "");
  f.set("own_thing", 1.0);
  EXPECT_EQ(f.problem(), "conv: own_thing is 1, expected less");
  f.set("own_thing", 0.25);
  EXPECT_EQ(f.problem(), "");
}

TEST(RecipeForm, RefusesPresetsThatAreNone) {
  EXPECT_THROW(form({{"broken", "{"}}), std::runtime_error);
  EXPECT_THROW(form({{"list", "[1]"}}), std::runtime_error);
  EXPECT_THROW(form({{"nameless", "{}"}}), std::runtime_error);
  EXPECT_THROW(form({{"odd", R"({"model": "conv", "size": []})"}}), std::runtime_error);
  EXPECT_THROW(form({{"stranger", R"({"model": "conv", "speed": 3})"}}), std::invalid_argument);
  EXPECT_THROW(RecipeForm("{", {}, [](const std::string& r) { return r; }), std::runtime_error);
}

TEST(RecipeForm, TakesTheSpritesRecipeThatShips) {
  std::ifstream file(GOUACHE_SOURCE_DIR "/demo/models/sprites.json");
  const std::string shipped(std::istreambuf_iterator<char>(file), {});
  const Json recipe = Json::parse(shipped);
  Json fields = Json::array();
  for (const auto& [name, value] : recipe.items()) {
    if (name == "model") continue;
    const char* const type = value.is_string() ? "text" : value.is_number_integer() ? "integer" : "number";
    Json field{{"name", name}, {"type", type}, {"default", value}, {"least", 0}, {"most", 1000}, {"meaning", "some"}};
    if (value.is_string()) field["choices"] = Json::array({value});
    fields.push_back(field);
  }
  const Json models = Json::array({{{"name", "dcgan"}, {"summary", ""}, {"trains", true}, {"fields", fields}}});
  const RecipeForm f(models.dump(), {{"Sprites (recommended)", shipped}}, [](const std::string& r) { return r; });
  for (const auto& [name, value] : recipe.items()) EXPECT_EQ(Json::parse(f.json())[name], value) << name;
}

}  // namespace
}  // namespace gouache::studio
