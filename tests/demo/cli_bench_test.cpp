// Does every suite of `gouache bench` report what it measures, as JSON that a script can hold on to?  Small settings.
#include <nlohmann/json.hpp>

#include "tests/demo/command.h"

namespace gouache {
namespace {

using Json = nlohmann::json;

constexpr const char* kSmall = R"({"model": "dcgan", "size": 16, "channels": 8, "latent": 4, "image_channels": 3})";

class CliBench : public Cli {
 protected:
  CliBench() { write_bytes(in("small.json"), kSmall); }

  /// The report of a suite; every row has the keys that scripts rely on, in sensible ranges.
  Json report(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "bench");
    arguments.insert(arguments.end(), {"--json", "--repeats", "1"});
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    Json json = Json::parse(outcome.out, nullptr, false);
    EXPECT_FALSE(json.is_discarded()) << outcome.out;
    EXPECT_FALSE(json.at("device").get<std::string>().empty());
    EXPECT_GT(json.at("yardstick_gflops").get<double>(), 0.1);
    EXPECT_GT(json.at("yardstick_gbytes").get<double>(), 0.1);
    EXPECT_FALSE(json.at("rows").empty());
    for (const Json& row : json.at("rows")) {
      EXPECT_FALSE(row.at("name").get<std::string>().empty());
      EXPECT_GT(row.at("ms").get<double>(), 0) << row;
      EXPECT_TRUE(row.at("kernel").is_string()) << row;
      const bool copies = row.at("against") == "copy";
      const double rate = row.at(copies ? "gbytes" : "gflops").get<double>();
      const double yardstick = json.at(copies ? "yardstick_gbytes" : "yardstick_gflops").get<double>();
      EXPECT_NEAR(row.at("fraction").get<double>(), rate / yardstick, 1e-6 * (1 + rate / yardstick)) << row;
      EXPECT_GE(row.at("spread").get<double>(), 0) << row;
    }
    return json;
  }
};

TEST_F(CliBench, KernelsNameTheRowThatWasChosen) {
  const Json json = report({"kernels", "--filter", "batch norm 16"});
  ASSERT_EQ(json["rows"].size(), 1u);
  EXPECT_EQ(json["rows"][0]["against"], "copy");
  EXPECT_NE(json["rows"][0]["kernel"], "");
  EXPECT_GT(json["rows"][0]["gbytes"].get<double>(), 0);
}

TEST_F(CliBench, TrainingIsTakenApartOnRequest) {
  const Json whole = report({"train", "--model", in("small.json"), "--batch", "4"});
  ASSERT_EQ(whole["rows"].size(), 1u);
  EXPECT_EQ(whole["rows"][0]["name"], "dcgan batch 4");
  EXPECT_GT(whole["rows"][0]["gflops"].get<double>(), 0);
  EXPECT_NEAR(whole["rows"][0]["ms_per_image"].get<double>() * 4, whole["rows"][0]["ms"].get<double>(), 1e-6);
  EXPECT_GT(whole["rows"][0]["memory_bytes"].get<double>(), 1000);

  const Json ops = report({"train", "--model", in("small.json"), "--batch", "4", "--ops"});
  double flops = 0, previous = 1e30;
  std::size_t optimizers = 0;
  for (std::size_t i = 1; i < ops["rows"].size(); ++i) {
    const Json& row = ops["rows"][i];
    flops += row["gflops"].get<double>() * row["ms"].get<double>();
    optimizers += row["name"].get<std::string>().find(" optimizer ") != std::string::npos;
    EXPECT_LE(row["ms"].get<double>(), previous) << "the slowest come first";
    previous = row["ms"].get<double>();
    EXPECT_NE(row["kernel"], "") << row;
  }
  EXPECT_EQ(optimizers, 2u);  // the discriminator's and the generator's
  const double all = ops["rows"][0]["gflops"].get<double>() * ops["rows"][0]["ms"].get<double>();
  EXPECT_NEAR(flops, all, 1e-6 * all) << "the step's useful work is that of its ops";
}

TEST_F(CliBench, GeneratingTakesNetworksThatReadImagesToo) {
  write_bytes(in("unet.json"), R"({"model": "pix2pix", "size": 16, "channels": 4})");
  const Json json = report({"generate", "--model", in("unet.json"), "--batch", "1", "--ops"});
  EXPECT_EQ(json["rows"][0]["name"], "pix2pix batch 1");
  EXPECT_NE(json.dump().find("instance_norm"), std::string::npos) << json;
  expect_complaint(2, "no training", {"bench", "train", "--model", in("unet.json")});
}

TEST_F(CliBench, UsefulWorkCountsNoInsertedZeros) {
  write_bytes(in("plain.json"), R"({"model": "dcgan", "size": 8, "channels": 8, "latent": 4, "image_channels": 3})");
  const Json json = report({"generate", "--model", in("plain.json"), "--batch", "2", "--ops"});
  for (const Json& row : json["rows"]) {  // 4x4 s2 from [2,4,4,8]: every pixel meets 16 weights a channel, whatever the row pads
    if (row["name"].get<std::string>().find(" conv2d_transpose ") == std::string::npos) continue;
    const double products = 2.0 * 2 * 4 * 4 * 8 * 16 * 3, flops = row["gflops"].get<double>() * row["ms"].get<double>() * 1e6;
    EXPECT_GE(flops, products * 0.999) << row;
    EXPECT_LE(flops, products + 3 * 2 * 8 * 8 * 3) << row;  // bias and tanh, an operation each
    return;
  }
  FAIL() << json;
}

TEST_F(CliBench, ScaleIsATableAndAPicture) {
  const Json json = report({"scale", "--model", in("small.json"), "--batch", "4", "--out", in("scale.png")});
  std::vector<double> batches, sizes;
  double memory = 0;
  for (const Json& row : json["rows"]) {
    (row["group"] == "by batch" ? batches : sizes).push_back(row[row["group"] == "by batch" ? "batch" : "size"].get<double>());
    if (row["group"] != "by batch") continue;
    EXPECT_GE(row["memory_bytes"].get<double>(), memory);
    memory = row["memory_bytes"].get<double>();
    EXPECT_GT(row["ms_per_image"].get<double>(), 0);
  }
  EXPECT_EQ(batches, (std::vector<double>{1, 2, 4}));
  EXPECT_EQ(sizes, (std::vector<double>{16, 32, 64}));  // 8 channels halve three times
  const data::Picture picture = data::read_image(in("scale.png"));
  EXPECT_EQ(picture.height, 4u * 360u);
  EXPECT_EQ(picture.width, 960u);
}

TEST_F(CliBench, StartsInProcessesOfTheirOwn) {
  write_bytes(in("it's small.json"), kSmall);
  const Json json = report({"start", "--model", in("it's small.json"), "--batch", "1"});
  ASSERT_EQ(json["rows"].size(), 1u);
  const Json& row = json["rows"][0];
  EXPECT_EQ(row["name"], "paint dcgan batch 1");
  EXPECT_GE(row["product_pipelines"].get<int>(), 2);
  EXPECT_GT(row["pipelines"].get<int>(), row["product_pipelines"].get<int>());
  for (const std::string start : {"cold_", "cached_"}) {
    const auto figure = [&](const char* key) { return row.at(start + key).get<double>(); };
    EXPECT_GE(figure("compile_ms"), 0);
    EXPECT_GE(figure("first_image_ms"), figure("device_ms") + figure("plan_ms") + figure("create_ms")) << row;
  }
  if (row["driver_cache_bytes"].get<double>() > 0) {
    EXPECT_FALSE(row.contains("note"));
    const auto compiling = [&](const std::string& start) {
      return row.at(start + "create_ms").get<double>() + row.at(start + "compile_ms").get<double>();
    };
    EXPECT_LT(compiling("cached_"), compiling("cold_")) << row;
  } else {
    EXPECT_NE(row.at("note").get<std::string>().find("cold"), std::string::npos);
  }
}

}  // namespace
}  // namespace gouache
