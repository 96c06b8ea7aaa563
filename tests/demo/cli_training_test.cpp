// Does `gouache train` learn classes, and does it go on from a model?
#include "tests/demo/command.h"

namespace gouache {
namespace {

TEST_F(Cli, TrainsAndPaintsClasses) {
  std::vector<std::string> words = dcgan("run", 2, {"--set", "classes=2"});
  *std::ranges::find(words, "builtin:sprites") = "builtin:sprites:sword+potion";
  expect_done(words);
  const std::string model = in("run/model.safetensors");
  expect_done({"generate", model, "--count", "6", "--seed", "7", "--out", in("both.png"), "--separate", in("both")});
  expect_done({"generate", model, "--count", "6", "--seed", "7", "--class", "1", "--out", in("one.png"), "--separate", in("one")});
  expect_done({"generate", model, "--count", "6", "--seed", "7", "--class", "1,0", "--out", in("turn.png"), "--separate", in("turn")});
  const auto same = [&](const std::string& a, const std::string& b) { return bytes_of(in(a)) == bytes_of(in(b)); };
  EXPECT_TRUE(same("both/0001.png", "one/0001.png"));
  EXPECT_FALSE(same("both/0000.png", "one/0000.png"));
  EXPECT_TRUE(same("turn/0000.png", "one/0000.png"));
  EXPECT_FALSE(same("turn/0001.png", "one/0001.png"));
  EXPECT_EQ(data::read_image(in("both.png")).width, 2u * (16 * 4 + 2) + 2);  // a column a class
  expect_complaint(2, "label 0 is 2, the recipe has 2 classes", {"generate", model, "--class", "2", "--out", in("x.png")});

  *std::ranges::find(words, "builtin:sprites:sword+potion") = "builtin:sprites:sword+potion+shield";
  expect_complaint(2, "has 3 classes, the recipe has classes=2", words);
  std::vector<std::string> faces_words = dcgan("faces", 1, {"--set", "classes=2"});
  *std::ranges::find(faces_words, "builtin:sprites") = "builtin:faces2x2";
  expect_complaint(2, "builtin:faces2x2 has no labels", faces_words);
}

TEST_F(Cli, ClassesOfAFolderAreItsSubfolders) {
  for (const char* kind : {"sword", "potion"}) {
    expect_done({"data", "builtin:sprites:" + std::string(kind), "--count", "1", "--out", in("one.png")});
    fs::create_directories(in("pictures/" + std::string(kind)));
    for (int i = 0; i < 3; ++i) fs::copy_file(in("one.png"), in("pictures/" + std::string(kind) + "/" + std::to_string(i) + ".png"));
  }
  std::vector<std::string> words = dcgan("run", 1, {"--set", "classes=2"});
  *std::ranges::find(words, "builtin:sprites") = in("pictures");
  expect_done(words);
  EXPECT_NE(run({"data", in("pictures"), "--out", in("sheet.png")}).out.find("labels: potion, sword"), std::string::npos);
}

TEST_F(Cli, StartsFromAModel) {
  expect_done(dcgan("first", 60));
  const std::string model = in("first/model.safetensors");
  // One step at hardly any learning rate moves no weight, but the running statistics by a tenth: the new run's sheet is near the old
  // one's, where that of a run that began anew is not.
  expect_done(dcgan("second", 1, {"--start-from", model, "--set", "learning_rate=1e-8"}));
  expect_done(dcgan("anew", 1, {"--set", "learning_rate=1e-8"}));
  const data::Picture before = data::read_image(in("first/samples.png"));
  const auto distance = [&](const std::string& run) {
    const data::Picture after = data::read_image(in(run + "/samples.png"));
    EXPECT_EQ(before.pixels.size(), after.pixels.size());
    double sum = 0;
    for (std::size_t i = 0; i < before.pixels.size(); ++i) sum += std::abs(before.pixels[i] - after.pixels[i]);
    return sum / static_cast<double>(before.pixels.size());
  };
  const double near = distance("second"), far = distance("anew");
  EXPECT_LT(near, 0.25 * far) << near << " and " << far << " of 255 on average";
  expect_complaint(2, "'G/stem/weight' is", dcgan("third", 1, {"--start-from", model, "--set", "latent=9"}));
  expect_complaint(1, "nothing.safetensors", dcgan("third", 1, {"--start-from", in("nothing.safetensors")}));
}

}  // namespace
}  // namespace gouache
