// Does `gouache tune` measure a model's ops, keep what it found where training and painting find it, and survive a file of no use?
#include <nlohmann/json.hpp>

#include "tests/demo/command.h"

namespace gouache {
namespace {

using Json = nlohmann::json;

class CliTune : public Cli {
 protected:
  Json report(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "tune");
    arguments.insert(arguments.end(), {"--rounds", "1", "--json"});
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    last_complaint = outcome.err;
    return Json::parse(outcome.out);
  }
  std::string tuning_file() const {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(in("tuning"))) files.push_back(entry.path().string());
    EXPECT_EQ(files.size(), 1u) << "no temporary file stays";
    return files.at(0);
  }
  mutable std::string last_complaint;
};

TEST_F(CliTune, KeepsTheChoicesOfTrainingAndPainting) {
  const Json first = report({"faces2x2", "--batch", "4", "--filter", "elementwise [4,4] ->"});
  EXPECT_EQ(first["plans"].size(), 2u);
  ASSERT_GE(first["ops"].size(), 2u);
  double fixed = 0, tuned = 0;
  for (const Json& op : first["ops"]) {
    EXPECT_NE(op["signature"].get<std::string>().find("elementwise [4,4] ->"), std::string::npos);
    EXPECT_GE(op["rows"].get<int>(), 2) << op;
    EXPECT_LE(op["tuned_ms"].get<double>(), op["static_ms"].get<double>()) << op;
    EXPECT_EQ(op["tuned_ms"] == op["static_ms"], op["row"] == op["static_row"]) << op;
    fixed += op["steps"].get<int>() * op["static_ms"].get<double>();
    tuned += op["steps"].get<int>() * op["tuned_ms"].get<double>();
  }
  EXPECT_NEAR(first["static_over_tuned"].get<double>(), fixed / tuned, 1e-6 * fixed / tuned);
  for (const Json& plan : first["plans"]) {
    EXPECT_GT(plan["static_over_tuned"].get<double>(), 0) << plan;
    EXPECT_GE(plan["went_back"].get<int>(), 0) << plan;
  }

  const std::string file = tuning_file();
  EXPECT_EQ(fs::path(file).filename(), first["key"].get<std::string>() + ".json");
  EXPECT_EQ(Json::parse(bytes_of(file))["rows"].size(), first["ops"].size());
  const Json second = report({"faces2x2", "--batch", "8", "--train", "--filter", "elementwise [8,4] ->"});
  EXPECT_EQ(second["plans"].size(), 1u);
  ASSERT_GE(second["ops"].size(), 1u);
  EXPECT_EQ(Json::parse(bytes_of(file))["rows"].size(), first["ops"].size() + second["ops"].size()) << "what was known stays";
}

TEST_F(CliTune, WhatItFoundPaintsTheSamePicture) {
  expect_done(faces("run", 2));
  const std::vector<std::string> paint{"generate", in("run/model.safetensors"), "--count", "16", "--seed", "5", "--out"};
  const auto picture = [&](const std::string& name) {
    std::vector<std::string> words = paint;
    words.push_back(in(name));
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err.find("left"), std::string::npos) << outcome.err;
    return data::read_image(in(name));
  };
  const data::Picture before = picture("before.png");
  report({in("run/model.safetensors"), "--generate", "--batch", "16", "--filter", "matmul"});
  const data::Picture after = picture("after.png");
  ASSERT_EQ(before.pixels.size(), after.pixels.size());
  for (std::size_t i = 0; i < before.pixels.size(); ++i) ASSERT_NEAR(before.pixels[i], after.pixels[i], 1) << i;
}

TEST_F(CliTune, AFileOfNoUseIsNamedAndLeftOrWrittenAnew) {
  report({"faces2x2", "--batch", "4", "--train", "--filter", "elementwise [4,4] ->"});
  const std::string file = tuning_file(), whole = bytes_of(file);
  expect_done({"plan", "faces2x2", "--batch", "4", "--tuned"});
  write_bytes(file, whole.substr(0, whole.size() / 2));
  expect_complaint(1, fs::path(file).filename().string(), {"plan", "faces2x2", "--batch", "4", "--tuned"});
  const Outcome trained = run(faces("run", 1));
  EXPECT_EQ(trained.code, 0) << trained.err;
  EXPECT_NE(trained.err.find(file + ": left (gouSetTuning: the tuning: not the JSON text"), std::string::npos) << trained.err;
  report({"faces2x2", "--batch", "4", "--train", "--filter", "elementwise [4,4] ->"});
  EXPECT_NE(last_complaint.find("it is written anew"), std::string::npos) << last_complaint;
  EXPECT_EQ(Json::parse(bytes_of(file))["rows"].size(), Json::parse(whole)["rows"].size());
}

TEST_F(CliTune, MistakesAreNamed) {
  expect_complaint(1, "no_such_model: neither a model nor a recipe", {"tune", "no_such_model"});
  expect_complaint(2, "no op", {"tune", "faces2x2", "--batch", "2", "--generate", "--filter", "no such op"});
  expect_complaint(2, "--batch", {"tune", "faces2x2", "--batch", "0"});
  expect_complaint(2, "no training", {"tune", "pix2pix", "--train"});
  EXPECT_FALSE(fs::exists(in("tuning")));
}

}  // namespace
}  // namespace gouache
