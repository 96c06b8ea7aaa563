// Does the command `gouache` do what its help says, and does it fail with a sentence and an exit code?
#include "tests/demo/command.h"

namespace gouache {
namespace {

TEST_F(Cli, EveryCommandExplainsItself) {
  EXPECT_NE(run({"--help"}).out.find("selftest"), std::string::npos);
  for (const char* command : {"devices", "models", "data", "train", "generate", "plan", "selftest", "bench"}) {
    const Outcome outcome = run({command, "--help"});
    EXPECT_EQ(outcome.code, 0) << command;
    EXPECT_NE(outcome.out.find("Usage: gouache " + std::string(command)), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.err, "");
  }
}

TEST_F(Cli, BadArgumentsAreExitCodeTwo) {
  expect_complaint(2, "which command", {});
  expect_complaint(2, "paint", {"paint"});
  expect_complaint(2, "--out", {"train", "--model", "dcgan", "--data", "builtin:sprites"});
  expect_complaint(2, "--count", {"generate", "x", "--count", "0"});
  expect_complaint(2, "which model", {"train", "--data", "builtin:faces2x2", "--out", in("o")});
  expect_complaint(2, "key=value", faces("o", 1, {"--set", "loss"}));
  expect_complaint(2, "colour", faces("o", 1, {"--set", "colour=2"}));
  expect_complaint(2, "learning_rate", faces("o", 1, {"--set", "learning_rate=fast"}));
  expect_complaint(2, "nonsense", {"models", "nonsense"});
  expect_complaint(2, "no:such", {"data", "no:such", "--out", in("s.png")});
  expect_complaint(2, "no case has 'matmil'", {"selftest", "--filter", "matmil"});
  expect_complaint(2, "no such device", faces("o", 1, {"--device", "no such device"}));
  expect_complaint(1, "no checkpoint", faces("empty", 5, {"--resume"}));
}

TEST_F(Cli, ListsDevicesAndModels) {
  const Outcome devices = run({"devices"});
  EXPECT_EQ(devices.code, 0) << devices.err;
  EXPECT_NE(devices.out.find("subgroup_size"), std::string::npos);
  EXPECT_EQ(run({"devices", "--json"}).out.front(), '[');
  EXPECT_NE(run({"models"}).out.find("dcgan"), std::string::npos);
  EXPECT_NE(run({"models", "dcgan"}).out.find("learning_rate"), std::string::npos);
}

TEST_F(Cli, TestsItselfOrAPart) {
  const Outcome part = run({"selftest", "--filter", "reduce/", "--json", in("report.json")});
  EXPECT_EQ(part.code, 0) << part.err << part.out;
  EXPECT_NE(part.out.find("ok     reduce/rows"), std::string::npos) << part.out;
  EXPECT_EQ(part.out.find("matmul"), std::string::npos) << part.out;
  EXPECT_NE(bytes_of(in("report.json")).find("\"failed\": 0"), std::string::npos);
}

TEST_F(Cli, LooksAtData) {
  expect_done({"data", "builtin:sprites", "--count", "6", "--size", "16", "--out", in("sheet.png")});
  const data::Picture sheet = data::read_image(in("sheet.png"));
  EXPECT_GE(sheet.width, 3u * 16u);
  EXPECT_GE(sheet.height, 2u * 16u);
}

TEST_F(Cli, TrainsAndLeavesEverything) {
  expect_done(dcgan("run", 5, {"--trace", in("trace.safetensors"), "--trace-steps", "2"}));
  for (const char* name : {"run/log.csv", "run/recipe.json", "run/samples.png", "run/losses.png", "run/checkpoint.safetensors",
                           "run/model.safetensors", "run/samples/step_000002.png", "run/samples/step_000004.png", "trace.safetensors"})
    EXPECT_GT(bytes_of(in(name)).size(), 0u) << name;
  const std::vector<std::string> log = lines(bytes_of(in("run/log.csv")));
  ASSERT_EQ(log.size(), 6u);
  EXPECT_EQ(log[0].rfind("step,", 0), 0u);
  EXPECT_NE(log[0].find("D(real)"), std::string::npos);
  EXPECT_NE(log[0].find("images/s"), std::string::npos);
  for (std::size_t i = 1; i < log.size(); ++i) {
    EXPECT_EQ(log[i].rfind(std::to_string(i) + ",", 0), 0u) << log[i];
    EXPECT_EQ(std::count(log[i].begin(), log[i].end(), ','), std::count(log[0].begin(), log[0].end(), ','));
  }
  EXPECT_EQ(data::read_image(in("run/samples.png")).channels, 4u);
  EXPECT_GT(data::read_image(in("run/losses.png")).height, 700u);
}

TEST_F(Cli, TrainsOnAFolderAndFromARecipe) {
  expect_done({"data", "builtin:sprites", "--count", "1", "--out", in("one.png")});
  fs::create_directories(in("pictures"));
  for (int i = 0; i < 4; ++i) fs::copy_file(in("one.png"), in("pictures/" + std::to_string(i) + ".png"));
  write_bytes(in("recipe.json"), R"({"model": "dcgan", "size": 16, "channels": 8, "image_channels": 3})");
  expect_done({"train", "--data", in("pictures"), "--out", in("run"), "--recipe", in("recipe.json"), "--set", "channels=4", "--steps", "2",
               "--batch", "2"});
  EXPECT_NE(bytes_of(in("run/recipe.json")).find("\"channels\": 4"), std::string::npos);
  EXPECT_EQ(data::read_image(in("run/samples.png")).channels, 3u);
}

TEST_F(Cli, ResumingIsBitIdentical) {
  expect_done(dcgan("straight", 7));
  expect_done(dcgan("resumed", 4));
  expect_done(dcgan("resumed", 7, {"--resume"}));
  EXPECT_TRUE(bytes_of(in("straight/checkpoint.safetensors")) == bytes_of(in("resumed/checkpoint.safetensors")));
  EXPECT_TRUE(bytes_of(in("straight/model.safetensors")) == bytes_of(in("resumed/model.safetensors")));
  EXPECT_TRUE(bytes_of(in("straight/samples.png")) == bytes_of(in("resumed/samples.png")));
  EXPECT_EQ(lines(bytes_of(in("resumed/log.csv"))).size(), 8u);
}

TEST_F(Cli, ALogIsCutToTheRestoredStep) {
  expect_done(faces("run", 6));
  std::ofstream(in("run/log.csv"), std::ios::app) << "7,0,0,0\n8,0";  // as after a crash past the checkpoint
  expect_done(faces("run", 9, {"--resume"}));
  const std::vector<std::string> log = lines(bytes_of(in("run/log.csv")));
  ASSERT_EQ(log.size(), 10u);
  for (std::size_t i = 1; i < log.size(); ++i) EXPECT_EQ(log[i].rfind(std::to_string(i) + ",", 0), 0u) << log[i];
}

TEST_F(Cli, AnotherSeedDoesNotResume) {
  expect_done(faces("run", 2));
  std::vector<std::string> other = faces("run", 4, {"--resume"});
  *(std::find(other.begin(), other.end(), "--seed") + 1) = "4";
  const Outcome outcome = run(other);
  EXPECT_NE(outcome.code, 0);
  EXPECT_NE(outcome.err.find("seed"), std::string::npos) << outcome.err;
}

TEST_F(Cli, CtrlCSavesAndSaysHowToGoOn) {
  const Process training(folder_, faces("run", 100000000));
  wait_for_log_lines("run", 2);
  training.interrupt();
  const Outcome outcome = training.wait();
  EXPECT_EQ(outcome.code, 130) << outcome.err;
  EXPECT_NE(outcome.err.find("--resume"), std::string::npos) << outcome.err;
  EXPECT_GT(bytes_of(in("run/checkpoint.safetensors")).size(), 0u);
  const auto done = std::stoi(lines(bytes_of(in("run/log.csv"))).back());
  expect_done(faces("run", done + 1, {"--resume"}));
}

TEST_F(Cli, ADivergingRunKeepsItsLastGoodCheckpoint) {
  const std::vector<std::string> recipe{"--set", "learning_rate=10", "--set", "loss=least_squares", "--checkpoint-every", "10"};
  const Outcome outcome = run(faces("run", 100000, recipe));
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_NE(outcome.err.find("NaN or Inf"), std::string::npos) << outcome.err;
  const std::string last_words = "checkpoint.safetensors (step ";
  const std::size_t at = outcome.err.find(last_words);
  ASSERT_NE(at, std::string::npos) << outcome.err;
  const int kept = std::stoi(outcome.err.substr(at + last_words.size()));
  EXPECT_EQ(kept % 10, 0);
  EXPECT_FALSE(fs::exists(in("run/model.safetensors")));
  std::vector<std::string> again = recipe;
  again.push_back("--resume");
  expect_done(faces("run", kept, again));  // nothing is left to do but to paint and to write the model
  expect_done({"generate", in("run/model.safetensors"), "--count", "2", "--out", in("two.png")});
}

TEST_F(Cli, GeneratesTheSamePictureFromTheSameSeed) {
  expect_done(dcgan("run", 2));
  const std::string model = in("run/model.safetensors");
  expect_done({"generate", model, "--count", "9", "--seed", "7", "--out", in("a.png"), "--separate", in("each")});
  expect_done({"generate", model, "--count", "9", "--seed", "7", "--out", in("b.png")});
  expect_done({"generate", model, "--count", "9", "--seed", "8", "--out", in("c.png")});
  EXPECT_TRUE(bytes_of(in("a.png")) == bytes_of(in("b.png")));
  EXPECT_FALSE(bytes_of(in("a.png")) == bytes_of(in("c.png")));
  EXPECT_EQ(std::distance(fs::directory_iterator(in("each")), fs::directory_iterator()), 9);
  const data::Picture one = data::read_image(in("each/0008.png"));
  EXPECT_EQ(one.width, 16u);
  EXPECT_EQ(one.channels, 4u);
  expect_done(
      {"generate", model, "--count", "1", "--size", "40x24", "--filter", "nearest", "--out", in("d.png"), "--separate", in("large")});
  const data::Picture large = data::read_image(in("large/0000.png"));
  EXPECT_EQ(large.width, 40u);
  EXPECT_EQ(large.height, 24u);
  for (const char* size : {"40x", "x40", "0", "4-1", "40x24x2", "large"})
    expect_complaint(2, "expected WIDTHxHEIGHT", {"generate", model, "--size", size, "--out", in("e.png")});
  expect_complaint(2, "a size of 16385x8", {"generate", model, "--size", "16385x8", "--out", in("e.png")});
  EXPECT_FALSE(fs::exists(in("e.png")));
}

TEST_F(Cli, GeneratesFromLatents) {
  expect_done(faces("run", 2));
  const std::string model = in("run/model.safetensors");
  const float values[] = {-1.0f, 0.5f, 2.0f, -1.0f};
  const TensorEntry latents{"latents", "F32", {4, 1}, std::as_bytes(std::span(values))};
  write_safetensors(in("z.safetensors"), std::span(&latents, 1), {});
  expect_done({"generate", model, "--latents", in("z.safetensors"), "--out", in("z.png"), "--separate", in("each")});
  EXPECT_TRUE(bytes_of(in("each/0000.png")) == bytes_of(in("each/0003.png")));
  EXPECT_FALSE(bytes_of(in("each/0000.png")) == bytes_of(in("each/0002.png")));
  const TensorEntry wide{"latents", "F32", {2, 2}, std::as_bytes(std::span(values))};
  write_safetensors(in("wide.safetensors"), std::span(&wide, 1), {});
  expect_complaint(1, "expected [count, 1]", {"generate", model, "--latents", in("wide.safetensors"), "--out", in("z.png")});
  const TensorEntry other{"noise", "F32", {4, 1}, std::as_bytes(std::span(values))};
  write_safetensors(in("other.safetensors"), std::span(&other, 1), {});
  expect_complaint(1, "latents", {"generate", model, "--latents", in("other.safetensors"), "--out", in("z.png")});
  expect_complaint(2, "--latents", {"generate", model, "--latents", in("z.safetensors"), "--count", "3"});
}

TEST_F(Cli, DamagedFilesAreNamed) {
  expect_done(faces("run", 2));
  const std::string whole = bytes_of(in("run/model.safetensors"));
  write_bytes(in("cut.safetensors"), whole.substr(0, whole.size() / 2));
  expect_complaint(1, "cut.safetensors", {"generate", in("cut.safetensors"), "--out", in("x.png")});
  write_bytes(in("long.safetensors"), std::string(8, '\xff') + whole.substr(8));
  expect_complaint(1, "long.safetensors", {"generate", in("long.safetensors"), "--out", in("x.png")});
  expect_complaint(1, "nothing.safetensors", {"generate", in("nothing.safetensors"), "--out", in("x.png")});
  EXPECT_FALSE(fs::exists(in("x.png")));

  const std::string checkpoint = bytes_of(in("run/checkpoint.safetensors"));
  write_bytes(in("run/checkpoint.safetensors"), checkpoint.substr(0, checkpoint.size() - 3));
  expect_complaint(1, "checkpoint.safetensors", faces("run", 4, {"--resume"}));

  write_bytes(in("bad.json"), "{\"model\": \"dcgan\", ");
  expect_complaint(1, "bad.json", faces("o", 1, {"--recipe", in("bad.json")}));
  write_bytes(in("list.json"), "[1, 2]");
  expect_complaint(1, "list.json", faces("o", 1, {"--recipe", in("list.json")}));

  fs::create_directories(in("pictures"));
  write_bytes(in("pictures/broken.png"), "\x89PNG\r\n\x1a\n and then nothing of the kind");
  expect_complaint(1, "broken.png", {"data", in("pictures"), "--out", in("x.png")});
}

TEST_F(Cli, AFullDiskKeepsThePreviousFiles) {
  expect_done(dcgan("run", 2));
  const std::string model = bytes_of(in("run/model.safetensors")), checkpoint = bytes_of(in("run/checkpoint.safetensors"));
  std::vector<std::string> words = dcgan("run", 100000000, {"--resume"});
  for (const char* option : {"--sample-every", "--checkpoint-every"}) *(std::ranges::find(words, option) + 1) = "0";
  const Process training(folder_, words);
  wait_for_log_lines("run", 4);
  training.limit_files(checkpoint.size() / 2);
  training.interrupt();
  const Outcome outcome = training.wait();
  EXPECT_EQ(outcome.code, 1) << outcome.err;
  EXPECT_NE(outcome.err.find("checkpoint.safetensors"), std::string::npos) << outcome.err;
  EXPECT_TRUE(bytes_of(in("run/checkpoint.safetensors")) == checkpoint);
  EXPECT_TRUE(bytes_of(in("run/model.safetensors")) == model);
  for (const auto& entry : fs::directory_iterator(in("run")))
    EXPECT_TRUE(entry.path().filename() == "samples" || entry.path().has_extension()) << entry.path() << " was left behind";
}

TEST_F(Cli, PlansAreText) {
  const Outcome outcome = run({"plan", "faces2x2", "--batch", "4"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("train faces2x2"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("optimizer"), std::string::npos) << outcome.out;
  EXPECT_NE(outcome.out.find("device memory, bytes: arena "), std::string::npos) << outcome.out;
  expect_complaint(1, "neither", {"plan", in("neither.json")});
}

}  // namespace
}  // namespace gouache
