// Are pictures written whole or not at all, read only when sound, and laid out and plotted where they should be?
#include "demo/data/picture.h"

#include <gtest/gtest.h>
#include <stb/stb_image_write.h>
#include <sys/resource.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>

#include "demo/data/dice.h"
#include "demo/data/plot.h"
#include "host/graph/error.h"

namespace gouache::data {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<uint8_t>;

class PictureFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / (std::string("gouache_picture_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  Bytes get(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(file), {});
  }
  void put(const std::string& name, const Bytes& bytes) const {
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  size_t files() const { return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator())); }
  std::string read_error(const std::string& name) const {
    try {
      read_image(path(name));
    } catch (const Error& error) {
      EXPECT_EQ(static_cast<int>(error.code()), static_cast<int>(ErrorCode::bad_file)) << error.what();
      EXPECT_NE(std::string(error.what()).find(path(name)), std::string::npos) << error.what();
      return error.what();
    }
    return "";
  }

 private:
  fs::path folder_;
};

Picture noise(uint32_t width, uint32_t height, uint32_t channels) {
  Picture p{width, height, channels, Bytes(size_t{width} * height * channels)};
  Dice dice(3, channels);
  for (uint8_t& byte : p.pixels) byte = static_cast<uint8_t>(dice.word());
  return p;
}

TEST_F(PictureFile, PngRoundTripKeepsEveryByteForEveryChannelCount) {
  for (uint32_t channels = 1; channels <= 4; channels++) {
    const Picture p = noise(37, 11, channels);
    write_png(path("p.png"), p);
    const Picture q = read_image(path("p.png"));
    EXPECT_EQ(q.width, 37u);
    EXPECT_EQ(q.height, 11u);
    EXPECT_EQ(q.channels, channels);
    EXPECT_EQ(q.pixels, p.pixels);
  }
  EXPECT_EQ(files(), 1u) << "no temporary file is left";
}

TEST_F(PictureFile, SizesThatDoNotMatchAreRefused) {
  Picture p = noise(4, 4, 3);
  p.pixels.pop_back();
  EXPECT_THROW(write_png(path("p.png"), p), Error);
  EXPECT_THROW(write_png(path("p.png"), Picture{}), Error);
  EXPECT_EQ(files(), 0u);
}

TEST_F(PictureFile, EveryTruncationOfAPngIsRefused) {
  write_png(path("p.png"), noise(16, 16, 4));
  const Bytes whole = get("p.png");
  for (size_t length = 0; length < whole.size(); length += 7) {
    put("cut.png", Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
    EXPECT_NE(read_error("cut.png"), "") << "cut to " << length << " of " << whole.size() << " bytes";
  }
}

TEST_F(PictureFile, GarbageNeverCrashes) {
  write_png(path("p.png"), noise(16, 16, 4));
  const Bytes whole = get("p.png");
  Dice dice(9, 9);
  for (int i = 0; i < 300; i++) {  // flipped bytes: an error or some picture, never a crash
    Bytes bent = whole;
    for (int k = 0; k < 4; k++)
      bent[static_cast<size_t>(dice.whole(8, static_cast<int>(whole.size()) - 1))] = static_cast<uint8_t>(dice.word());
    put("bent.png", bent);
    try {
      const Picture p = read_image(path("bent.png"));
      EXPECT_EQ(p.pixels.size(), size_t{p.width} * p.height * p.channels);
    } catch (const Error& error) { EXPECT_NE(std::string(error.what()).find("bent.png"), std::string::npos); }
  }
  Bytes random(500);
  for (uint8_t& byte : random) byte = static_cast<uint8_t>(dice.word());
  for (const char* name : {"g.png", "g.jpg", "g.bmp", "g.gif", "g.tga"}) {
    put(name, random);
    EXPECT_NE(read_error(name), "") << name;
    put(name, {});
    EXPECT_NE(read_error(name).find("empty"), std::string::npos) << name;
    put(name, Bytes(300, 0));
    EXPECT_NE(read_error(name), "") << name;
  }
  EXPECT_THROW(read_image(path("missing.png")), Error);
}

// A PNG with this header and this data, with right checksums.
Bytes crafted_png(uint32_t width, uint32_t height, const Bytes& data) {
  Bytes file = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  const auto add = [&](uint32_t word) {
    for (int shift = 24; shift >= 0; shift -= 8) file.push_back(static_cast<uint8_t>(word >> shift));
  };
  const auto chunk = [&](const std::string& type, const Bytes& body) {
    add(static_cast<uint32_t>(body.size()));
    const size_t from = file.size();
    file.insert(file.end(), type.begin(), type.end());
    file.insert(file.end(), body.begin(), body.end());
    add(static_cast<uint32_t>(crc32(0, &file[from], static_cast<unsigned>(file.size() - from))));
  };
  Bytes header;
  for (const uint32_t side : {width, height})
    for (int shift = 24; shift >= 0; shift -= 8) header.push_back(static_cast<uint8_t>(side >> shift));
  header.insert(header.end(), {8, 2, 0, 0, 0});  // 8 bits, RGB
  chunk("IHDR", header);
  chunk("IDAT", data);
  chunk("IEND", {});
  return file;
}

TEST_F(PictureFile, HugeSizesAreRefusedBeforeAllocation) {
  const Bytes few = {0x78, 0x9c, 0x03, 0, 0, 0, 0, 1};
  put("wide.png", crafted_png(20000, 1, few));
  EXPECT_NE(read_error("wide.png"), "");
  put("large.png", crafted_png(16000, 16000, few));
  EXPECT_NE(read_error("large.png").find("16000 x 16000"), std::string::npos) << read_error("large.png");
  put("most.png", crafted_png(0x7fffffff, 0x7fffffff, few));
  EXPECT_NE(read_error("most.png"), "");
}

TEST_F(PictureFile, SmallFilesCannotUnpackToGigabytes) {
  Bytes zeros(64 << 20, 0), packed(compressBound(zeros.size()));
  uLongf size = packed.size();
  ASSERT_EQ(compress2(packed.data(), &size, zeros.data(), zeros.size(), 1), Z_OK);
  packed.resize(size);
  put("bomb.png", crafted_png(4, 4, packed));
  EXPECT_NE(read_error("bomb.png").find("outofmem"), std::string::npos) << read_error("bomb.png");
}

TEST_F(PictureFile, OtherFormatsAreReadAndTheirTruncationNoticed) {
  Bytes bmp = {'B', 'M', 0x46, 0, 0, 0, 0, 0, 0, 0, 0x36, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0};
  bmp.resize(54, 0);
  bmp.insert(bmp.end(), {255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0});  // bottom row blue, green; top row red, white
  Bytes tga = {0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 24, 0x20};
  tga.insert(tga.end(), {0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 255, 0});
  const Bytes gif = {'G', 'I', 'F', '8', '9', 'a', 2, 0, 1, 0, 0x80, 0, 0, 255,  0,    0, 0,  0,
                     255, ',', 0,   0,   0,   0,   2, 0, 1, 0, 0,    2, 2, 0x44, 0x0a, 0, ';'};
  put("a.bmp", bmp);
  put("a.tga", tga);
  put("a.gif", gif);
  for (const char* name : {"a.bmp", "a.tga"}) {
    const Picture p = read_image(path(name));
    EXPECT_EQ(p.pixels, (Bytes{255, 0, 0, 255, 255, 255, 0, 0, 255, 0, 255, 0})) << name;
  }
  const Picture p = read_image(path("a.gif"));
  ASSERT_EQ(p.channels, 4u);
  EXPECT_EQ(p.pixels, (Bytes{255, 0, 0, 255, 0, 0, 255, 255}));
  for (const auto& [name, whole] : {std::pair{"a.bmp", bmp}, std::pair{"a.tga", tga}})
    for (const size_t missing : {size_t{5}, size_t{12}, whole.size() - 20}) {
      put(name, Bytes(whole.begin(), whole.end() - static_cast<std::ptrdiff_t>(missing)));
      EXPECT_NE(read_error(name), "") << name << " without its last " << missing << " bytes";
    }
}

TEST_F(PictureFile, JpegIsReadAndItsTruncationNoticed) {
  Bytes jpeg;
  const auto append = [](void* bytes, void* data, int size) {
    const uint8_t* from = static_cast<const uint8_t*>(data);
    static_cast<Bytes*>(bytes)->insert(static_cast<Bytes*>(bytes)->end(), from, from + size);
  };
  const Bytes orange = [] {
    Bytes pixels;
    for (int i = 0; i < 40 * 24; i++) pixels.insert(pixels.end(), {230, 140, 30});
    return pixels;
  }();
  ASSERT_NE(stbi_write_jpg_to_func(append, &jpeg, 40, 24, 3, orange.data(), 90), 0);
  put("a.jpeg", jpeg);
  const Picture p = read_image(path("a.jpeg"));
  ASSERT_EQ(p.pixels.size(), orange.size());
  for (size_t i = 0; i < orange.size(); i++) ASSERT_NEAR(p.pixels[i], orange[i], 4) << "byte " << i;
  for (const size_t missing : {size_t{3}, size_t{10}, jpeg.size() / 2, jpeg.size() - 4}) {
    put("a.jpeg", Bytes(jpeg.begin(), jpeg.end() - static_cast<std::ptrdiff_t>(missing)));
    EXPECT_NE(read_error("a.jpeg"), "") << "without its last " << missing << " bytes";
  }
}

TEST_F(PictureFile, AFailingWriterLeavesTheOldFile) {
  write_png(path("p.png"), noise(8, 8, 3));
  const Bytes old = get("p.png");
  EXPECT_THROW(write_atomically(path("p.png"),
                                [](std::ostream& out) {
                                  out << "half";
                                  out.setstate(std::ios::badbit);
                                }),
               Error);
  EXPECT_EQ(get("p.png"), old);
  EXPECT_THROW(write_atomically(path("p.png"), [](std::ostream&) { throw std::runtime_error("stop"); }), std::runtime_error);
  EXPECT_EQ(get("p.png"), old);
  EXPECT_EQ(files(), 1u);
  EXPECT_THROW(write_png(path("no/such/folder/p.png"), noise(8, 8, 3)), Error);
}

TEST_F(PictureFile, AFullDiskLeavesTheOldFile) {
  write_png(path("p.png"), noise(8, 8, 3));
  const Bytes old = get("p.png");
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit tight = before;
  tight.rlim_cur = 4096;  // every file: at most one page, as if the disk were full
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  std::string text;
  try {
    write_png(path("p.png"), noise(200, 200, 3));
  } catch (const Error& error) {
    text = error.what();
    EXPECT_EQ(static_cast<int>(error.code()), static_cast<int>(ErrorCode::io));
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(text.find(path("p.png")), std::string::npos) << text;
  EXPECT_NE(text.find("unchanged"), std::string::npos) << text;
  EXPECT_EQ(get("p.png"), old);
  EXPECT_EQ(files(), 1u) << "the temporary file is gone";
}

TEST(Alpha, UnpremultiplyUndoesPremultiplication) {
  for (uint32_t alpha = 0; alpha < 256; alpha++)
    for (uint32_t colour = 0; colour <= alpha; colour++) {
      Bytes pixel = {static_cast<uint8_t>(colour), static_cast<uint8_t>(alpha)};
      unpremultiply(pixel, 2);
      ASSERT_EQ((pixel[0] * alpha + 127) / 255, colour) << "colour " << colour << " alpha " << alpha;
    }
  Bytes opaque = {9, 8, 7};
  unpremultiply(opaque, 3);
  EXPECT_EQ(opaque, (Bytes{9, 8, 7}));
}

TEST(Sheet, PutsEveryPixelWhereItBelongs) {
  constexpr uint32_t kCount = 5, kWide = 3, kHigh = 2, kZoom = 4, kGap = 1;
  Bytes images(kCount * kWide * kHigh);
  for (size_t i = 0; i < images.size(); i++) images[i] = static_cast<uint8_t>(i * 3);
  const Picture p = sheet(images, kCount, kWide, kHigh, 1, {.columns = 2, .zoom = kZoom, .gap = kGap, .ground = Ground::transparent});
  EXPECT_EQ(p.width, 2 * (kWide * kZoom + kGap) + kGap);
  EXPECT_EQ(p.height, 3 * (kHigh * kZoom + kGap) + kGap);
  ASSERT_EQ(p.channels, 3u);
  const auto at = [&](size_t x, size_t y) { return p.pixels[(y * p.width + x) * 3]; };
  for (size_t i = 0; i < kCount; i++)
    for (size_t y = 0; y < kHigh * kZoom; y++)
      for (size_t x = 0; x < kWide * kZoom; x++)
        ASSERT_EQ(at(kGap + i % 2 * (kWide * kZoom + kGap) + x, kGap + i / 2 * (kHigh * kZoom + kGap) + y),
                  images[(i * kHigh + y / kZoom) * kWide + x / kZoom]);
  EXPECT_EQ(at(0, 0), 255) << "gap";
  EXPECT_EQ(at(p.width - 2, p.height - 2), 255) << "the cell without an image";
}

TEST(Sheet, KeepsOrCompositesAlpha) {
  const Bytes images = {64, 0, 0, 128, 0, 0, 0, 0};  // half-transparent red 128, and nothing: two 1x1 images
  const Picture clear = sheet(images, 2, 1, 1, 4, {.columns = 2, .zoom = 1, .gap = 0, .ground = Ground::transparent});
  EXPECT_EQ(clear.pixels, (Bytes{128, 0, 0, 128, 0, 0, 0, 0}));
  const Picture paper = sheet(images, 2, 1, 1, 4, {.columns = 2, .zoom = 1, .gap = 0, .ground = Ground::paper});
  EXPECT_EQ(paper.pixels, (Bytes{189, 124, 121, 250, 248, 243}));
  const Picture board = sheet(images, 2, 1, 1, 4, {.columns = 1, .zoom = 8, .gap = 0, .ground = Ground::checkerboard});
  EXPECT_EQ(board.channels, 3u);
  EXPECT_NE(board.pixels.front(), 0);
}

TEST(Sheet, RefusesWhatDoesNotFit) {
  EXPECT_THROW(sheet(Bytes(11), 1, 2, 2, 3), Error);
  EXPECT_THROW(sheet({}, 0, 2, 2, 3), Error);
  EXPECT_THROW(sheet(Bytes(12), 1, 2, 2, 3, {.zoom = 0}), Error);
  EXPECT_THROW(sheet(Bytes(1000), 1, 1000, 1, 1, {.zoom = 64}), Error);
}

// ---- Plots ----

Series curve(const std::string& name, Ink ink, double (*y)(double)) {
  Series s{name, ink, {}, {}};
  for (int i = 0; i < 500; i++) s.x.push_back(i), s.y.push_back(y(i));
  return s;
}

// Pixels of exactly this colour in a box.
size_t inked(const Picture& p, Ink ink, uint32_t x0, uint32_t y0, uint32_t x1, uint32_t y1) {
  size_t count = 0;
  for (size_t y = y0; y < y1; y++)
    for (size_t x = x0; x < x1; x++) {
      const uint8_t* at = &p.pixels[(y * p.width + x) * 3];
      count += at[0] == ink.r && at[1] == ink.g && at[2] == ink.b;
    }
  return count;
}

TEST(Plot, DrawsCurvesInTheirColoursWhereTheyBelong) {
  const Picture p =
      plot("losses", "step",
           {curve("rising", kInks[0], [](double x) { return x; }), curve("falling", kInks[1], [](double x) { return 500.0 - x; })});
  EXPECT_EQ(p.width, 960u);
  EXPECT_EQ(p.height, 540u);
  EXPECT_GT(inked(p, kInks[0], 60, 300, 400, 480), 200u) << "rising starts lower left";
  EXPECT_GT(inked(p, kInks[0], 600, 64, 930, 240), 200u) << "and ends upper right";
  EXPECT_EQ(inked(p, kInks[0], 60, 64, 300, 240), 0u);
  EXPECT_GT(inked(p, kInks[1], 60, 64, 400, 240), 200u) << "falling starts upper left";
  EXPECT_GT(inked(p, kInks[1], 600, 20, 960, 40), 40u) << "the legend shows its colour";
  EXPECT_GT(inked(p, {52, 58, 66}, 0, 10, 400, 50), 40u) << "the title is there";
}

TEST(Plot, GapsAndSpikesAreTolerated) {
  Series s = curve("gap", kInks[2], [](double) { return 1.0; });
  for (size_t i = 200; i < 300; i++) s.y[i] = std::numeric_limits<double>::quiet_NaN();
  s.y[10] = std::numeric_limits<double>::infinity();
  const Picture p = plot("gap", "step", {s});
  EXPECT_GT(inked(p, kInks[2], 60, 64, 380, 480), 300u);
  EXPECT_EQ(inked(p, kInks[2], 440, 64, 540, 480), 0u) << "nothing is drawn across the gap";
  EXPECT_GT(inked(p, kInks[2], 600, 64, 960, 480), 300u);
  EXPECT_EQ(plot("no points", "step", {{"none", kInks[0], {}, {}}}).pixels.size(), 960u * 540 * 3);
  EXPECT_EQ(plot("no series", "step", {}).width, 960u);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(plot("all gaps", "step", {{"none", kInks[0], {1, 2}, {nan, nan}}}, {.log_y = true}).width, 960u);
  EXPECT_EQ(plot("huge", "step", {{"huge", kInks[0], {1, 2, 3}, {1e300, -1e300, 0}}}).width, 960u);
  EXPECT_THROW(plot("bad", "step", {{"short", kInks[0], {1, 2, 3}, {1}}}), Error);
}

TEST(Plot, LogarithmicAxisSpreadsDecades) {
  const Picture p = plot("norms", "step", {curve("decay", kInks[3], [](double x) { return std::pow(10.0, 3.0 - x / 100.0); })},
                         {.smoothing = 0.0, .log_y = true});
  EXPECT_GT(inked(p, kInks[3], 60, 64, 300, 240), 100u);
  EXPECT_GT(inked(p, kInks[3], 700, 300, 960, 480), 100u);
  EXPECT_EQ(inked(p, kInks[3], 60, 300, 300, 480), 0u);
}

TEST(Plot, TicksAreRoundAndCoverTheRange) {
  EXPECT_EQ(round_ticks(0.0, 10.0, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(round_ticks(-1.0, 1.0, 4), (std::vector<double>{-1, -0.5, 0, 0.5, 1}));
  for (const double scale : {1e-7, 0.3, 17.0, 4e8}) {
    const std::vector<double> ticks = round_ticks(0.1 * scale, 1.9 * scale, 6);
    EXPECT_GE(ticks.size(), 3u);
    EXPECT_LE(ticks.size(), 8u);
    EXPECT_GE(ticks.front(), 0.0999 * scale);
    EXPECT_LE(ticks.back(), 1.9001 * scale);
  }
}

TEST(Plot, SmoothingKeepsConstantsAndGaps) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> mean = smoothed({2, 2, nan, 2, 2, 2}, 3);
  for (size_t i = 0; i < 6; i++) {
    if (i == 2) {
      EXPECT_TRUE(std::isnan(mean[i]));
    } else {
      EXPECT_DOUBLE_EQ(mean[i], 2.0);
    }
  }
  EXPECT_EQ(smoothed({0, 0, 3, 0, 0}, 1), (std::vector<double>{0, 1, 1, 1, 0}));
}

TEST_F(PictureFile, PlotsAreWritten) {
  plot(path("p.png"), "losses", "step", {curve("one", kInks[0], [](double x) { return std::sin(x / 50.0); })});
  EXPECT_EQ(read_image(path("p.png")).width, 960u);
}

}  // namespace
}  // namespace gouache::data
