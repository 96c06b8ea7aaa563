// Do the sources of training images give what they promise, and refuse damaged files by name?
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>

#include "demo/data/dice.h"
#include "demo/data/gathering.h"
#include "demo/data/idx.h"
#include "demo/data/picture.h"
#include "tests/demo/data_checks.h"

namespace gouache::data {
namespace {

TEST(Sources, UnknownNamesAndImpossibleWishesAreRefused) {
  EXPECT_SAYS(error_of(ErrorCode::invalid_argument, [] { load("builtin:unicorns", {}); }), "builtin:sprites");
  EXPECT_SAYS(error_of(ErrorCode::invalid_argument, [] { load("", {}); }), "folder");
  EXPECT_SAYS(error_of(ErrorCode::invalid_argument, [] { load("builtin:sprites", wish(1, 0, 0)); }), "size 0");
  EXPECT_SAYS(error_of(ErrorCode::invalid_argument, [] { load("builtin:sprites", wish(1, 0, 4096)); }), "1024");
  EXPECT_SAYS(error_of(ErrorCode::invalid_argument, [] { load("builtin:sprites", wish(1, 0, 32, 5)); }), "5 channels");
  EXPECT_SAYS(error_of(ErrorCode::out_of_memory, [] { load("builtin:sprites", wish(4000000000u, 0, 1024)); }), "MiB");
}

TEST(Resizing, AveragesLightWeightedByAlpha) {
  const Bytes halves = {255, 0, 0, 255, 9, 9, 9, 0, 255, 0, 0, 255, 9, 9, 9, 0};  // red over transparent grey, 2x2
  EXPECT_EQ(resized({halves, 2, 2, 4}, 1, 1), (Bytes{255, 0, 0, 128}));
  const Bytes contrast = {0, 0, 0, 255, 255, 255, 255, 255};
  EXPECT_EQ(resized({contrast, 2, 1, 4}, 1, 1), (Bytes{188, 188, 188, 255}));  // half the light is sRGB 188
  const Bytes third = {0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 255};
  EXPECT_EQ(resized({third, 3, 1, 4}, 2, 1), (Bytes{0, 0, 0, 255, 213, 213, 213, 255}));  // two thirds of the light: 213
}

// ---- IDX and Fashion-MNIST ----

Bytes idx_header(uint32_t magic, std::initializer_list<uint32_t> dims) {
  Bytes bytes;
  const auto add = [&](uint32_t word) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<uint8_t>(word >> shift));
  };
  add(magic);
  for (const uint32_t dim : dims) add(dim);
  return bytes;
}

class IdxFile : public Folder {
 protected:
  void put_gz(const std::string& name, const Bytes& bytes) const {
    fs::create_directories(fs::path(path(name)).parent_path());
    gzFile file = gzopen(path(name).c_str(), "wb");
    ASSERT_NE(file, nullptr);
    ASSERT_EQ(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())), static_cast<int>(bytes.size()));
    ASSERT_EQ(gzclose(file), Z_OK);
  }
  void put_gz(const std::string& name, Bytes header, size_t data, uint8_t value = 1) const {
    header.insert(header.end(), data, value);
    put_gz(name, header);
  }
  void expect_defect(const std::string& part, uint32_t rank = 3) const {
    const std::string text = error_of(ErrorCode::bad_file, [&] { read_idx(path("a.gz"), rank, 1 << 24); });
    EXPECT_SAYS(text, path("a.gz"));
    EXPECT_SAYS(text, part);
  }
};

TEST_F(IdxFile, ReadsWhatTheHeaderSays) {
  put_gz("a.gz", idx_header(0x803, {2, 3, 4}), 24, 9);
  const Idx idx = read_idx(path("a.gz"), 3, 1 << 24);
  EXPECT_EQ(idx.dims, (std::vector<uint32_t>{2, 3, 4}));
  EXPECT_EQ(idx.bytes, Bytes(24, 9));
}

TEST_F(IdxFile, DefectsAreNamed) {
  put_gz("a.gz", idx_header(0x803, {2, 3, 4}), 23);
  expect_defect("truncated");
  put_gz("a.gz", idx_header(0x803, {2, 3, 4}), 25);
  expect_defect("more follow");
  put_gz("a.gz", idx_header(0x803, {2, 3}), 0);
  expect_defect("16 bytes");
  put_gz("a.gz", idx_header(0x801, {24}), 24);
  expect_defect("0x00000801; expected 0x00000803");
  put_gz("a.gz", idx_header(0x803, {0, 3, 4}), 0);
  expect_defect("dimension 0 is 0");
  put_gz("a.gz", idx_header(0x803, {0xffffffff, 0xffffffff, 0xffffffff}), 24);
  expect_defect("declares more than");
  put_gz("a.gz", idx_header(0x803, {65536, 65536, 65536}), 24);
  expect_defect("declares more than");
  put("a.gz", {});
  expect_defect("holds 0");
  EXPECT_SAYS(error_of(ErrorCode::io, [&] { read_idx(path("none.gz"), 3, 1 << 24); }), "none.gz");
}

TEST_F(IdxFile, BrokenGzipIsNoticed) {
  Bytes noise = idx_header(0x803, {10, 28, 28});
  Dice dice(1, 1);
  for (int i = 0; i < 7840; i++) noise.push_back(static_cast<uint8_t>(dice.word()));
  put_gz("a.gz", noise);
  const Bytes whole = get("a.gz");
  for (const size_t length : {whole.size() / 2, whole.size() - 1, size_t{30}}) {
    put("a.gz", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
    error_of(ErrorCode::bad_file, [&] { read_idx(path("a.gz"), 3, 1 << 24); });
  }
  Bytes wrong = whole;
  wrong[wrong.size() - 6] ^= 0x55;  // the checksum
  put("a.gz", wrong);
  error_of(ErrorCode::bad_file, [&] { read_idx(path("a.gz"), 3, 1 << 24); });
}

class FashionMnist : public IdxFile {
 protected:
  void SetUp() override {
    IdxFile::SetUp();
    const char* before = std::getenv("GOUACHE_DATA");
    before_ = before ? before : "";
    setenv("GOUACHE_DATA", path().c_str(), 1);
  }
  void TearDown() override {
    if (before_.empty())
      unsetenv("GOUACHE_DATA");
    else
      setenv("GOUACHE_DATA", before_.c_str(), 1);
    IdxFile::TearDown();
  }
  const std::string images_ = "fashion-mnist/train-images-idx3-ubyte.gz", labels_ = "fashion-mnist/train-labels-idx1-ubyte.gz";

 private:
  std::string before_;
};

TEST_F(FashionMnist, MissingFilesSayWhatToRun) {
  EXPECT_SAYS(error_of(ErrorCode::io, [] { load("fashion-mnist", {}); }), "demo/data/get fashion-mnist");
  EXPECT_SAYS(error_of(ErrorCode::invalid_argument, [] { load("fashion-mnist:tset", {}); }), "'tset'");
}

TEST_F(FashionMnist, IsPaddedAndLabelled) {
  put_gz(images_, idx_header(0x803, {3, 28, 28}), 3 * 784, 200);
  put_gz(labels_, idx_header(0x801, {3}), 3, 9);
  const Images images = load("fashion-mnist", {});
  expect_well_formed(images);
  ASSERT_EQ(images.count, 3u);
  ASSERT_EQ(images.image_bytes(), 1024u);
  EXPECT_EQ(images.label_names.at(images.labels[2]), "ankle boot");
  for (size_t y = 0; y < 32; y++)
    for (size_t x = 0; x < 32; x++) ASSERT_EQ(images.image(1)[y * 32 + x], x >= 2 && x < 30 && y >= 2 && y < 30 ? 200 : 0);
  EXPECT_EQ(load("fashion-mnist", wish(2, 0, 16, 3)).pixels.size(), 2u * 16 * 16 * 3);
}

TEST_F(FashionMnist, LabelsAndShapesAreChecked) {
  put_gz(images_, idx_header(0x803, {3, 28, 28}), 3 * 784);
  put_gz(labels_, idx_header(0x801, {3}), 3, 10);
  EXPECT_SAYS(error_of(ErrorCode::bad_file, [] { load("fashion-mnist", {}); }), "label 0 is 10");
  put_gz(labels_, idx_header(0x801, {2}), 2);
  EXPECT_SAYS(error_of(ErrorCode::bad_file, [] { load("fashion-mnist", {}); }), "2 labels for 3 images");
  put_gz(images_, idx_header(0x803, {3, 28, 27}), 3 * 28 * 27);
  EXPECT_SAYS(error_of(ErrorCode::bad_file, [] { load("fashion-mnist", {}); }), "27 x 28");
}

// ---- Folders ----

using PictureFolder = Folder;

Picture plain(uint32_t width, uint32_t height, const Bytes& pixel) {
  Picture p{width, height, static_cast<uint32_t>(pixel.size()), {}};
  for (uint32_t i = 0; i < width * height; i++) p.pixels.insert(p.pixels.end(), pixel.begin(), pixel.end());
  return p;
}

TEST_F(PictureFolder, IsSortedRecursiveCroppedAndPremultiplied) {
  Picture wide = plain(60, 20, {255, 0, 0});  // red, with a green square in the middle
  for (size_t y = 0; y < 20; y++)
    for (size_t x = 20; x < 40; x++) wide.pixels[(y * 60 + x) * 3] = 0, wide.pixels[(y * 60 + x) * 3 + 1] = 255;
  write_png(path("b.png"), wide);
  fs::create_directories(path("a"));
  write_png(path("a/z.PNG"), plain(5, 5, {200, 100, 50, 128}));
  put("notes.txt", {1, 2, 3});
  const Images images = load(path(), wish(0, 0, 8));
  expect_well_formed(images);
  ASSERT_EQ(images.count, 2u);
  ASSERT_EQ(images.channels, 4u);
  EXPECT_TRUE(images.labels.empty());
  EXPECT_EQ(Bytes(images.image(0).begin(), images.image(0).begin() + 4), (Bytes{100, 50, 25, 128}));
  for (size_t p = 0; p < 64; p++)
    ASSERT_EQ(Bytes(images.image(1).begin() + static_cast<std::ptrdiff_t>(p * 4),
                    images.image(1).begin() + static_cast<std::ptrdiff_t>(p * 4 + 4)),
              (Bytes{0, 255, 0, 255}));
  Wanted whole = wish(0, 0, 30, 3);
  whole.crop = false;
  const Images padded = load(path(), whole);
  EXPECT_EQ(padded.image(1)[0], 0) << "black above the wide picture";
  EXPECT_EQ(padded.image(1)[15 * 30 * 3], 255) << "its red left end";
  EXPECT_EQ(load(path(), wish(1)).count, 1u);
}

TEST_F(PictureFolder, SubFoldersAreLabels) {
  for (const char* name : {"owl/1.png", "cat/1.png", "owl/2.png"}) {
    fs::create_directories(fs::path(path(name)).parent_path());
    write_png(path(name), plain(4, 4, {7}));
  }
  const Images images = load(path(), wish(0, 0, 4));
  expect_well_formed(images);
  EXPECT_EQ(images.channels, 1u);
  EXPECT_EQ(images.label_names, (std::vector<std::string>{"cat", "owl"}));
  EXPECT_EQ(images.labels, (std::vector<uint32_t>{0, 1, 1}));
}

TEST_F(PictureFolder, EmptyOrMissingFoldersSayWhatWasExpected) {
  EXPECT_SAYS(error_of(ErrorCode::invalid_argument, [&] { load(path(), {}); }), ".png");
  EXPECT_SAYS(error_of(ErrorCode::invalid_argument, [&] { load(path("nowhere"), {}); }), "nowhere");
  EXPECT_SAYS(error_of(ErrorCode::io, [&] { load_folder(path("nowhere"), {}); }), "no such folder");
}

TEST_F(PictureFolder, OneDamagedImageIsNamed) {
  write_png(path("a.png"), plain(8, 8, {1, 2, 3}));
  put("b.png", {0x89, 'P', 'N', 'G'});
  EXPECT_SAYS(error_of(ErrorCode::bad_file, [&] { load(path(), {}); }), "b.png");
}

TEST_F(PictureFolder, DamagedImagesAreLeftOutWhereThatIsWanted) {
  for (const char* name : {"cat/1.png", "owl/1.png", "owl/3.png"}) {
    fs::create_directories(fs::path(path(name)).parent_path());
    write_png(path(name), plain(4, 4, {7}));
  }
  put("owl/2.png", {0x89, 'P', 'N', 'G'});
  std::vector<std::string> damaged;
  Wanted some = wish(0, 0, 4);
  some.damaged = &damaged;
  const Images images = load(path(), some);
  expect_well_formed(images);
  EXPECT_EQ(images.labels, (std::vector<uint32_t>{0, 1, 1}));
  ASSERT_EQ(damaged.size(), 1u);
  EXPECT_SAYS(damaged[0], "owl/2.png");
  for (const char* name : {"cat/1.png", "owl/1.png", "owl/3.png"}) put(name, {1});
  EXPECT_SAYS(error_of(ErrorCode::bad_file, [&] { load(path(), some); }), "none of its images");
}

}  // namespace
}  // namespace gouache::data
