// Which convolutions is every row tried on?  Each geometry as conv2d and as both of its derivatives.
#include "host/kernels/packed_columns.h"
#include "host/kernels/winograd.h"
#include "tests/kernels/row_cases.h"

namespace gouache::testing {
namespace {

/// x [n,h,w,c] and weights [r,s,c,k] with the same settings along both axes, unless `attributes` says otherwise.
struct Geometry {
  std::int64_t n, h, w, c, k;
  int r, stride = 1, pad = 0, dilation = 1;
  bool skewed = false;  ///< a kernel one wider than high, stride one more along w, one more pad after than before
};

constexpr Geometry kGeometries[] = {
    // n, h, w, c, k, r, stride, pad, dilation
    {3, 7, 5, 5, 3, 3, 2, 1},       // nothing divides anything
    {2, 9, 7, 3, 8, 4, 2, 1},       // image rows
    {2, 11, 5, 8, 12, 3, 1, 1},     // tile rows
    {1, 1, 1, 1, 1, 1},             // one pixel
    {1, 1, 1, 8, 4, 1},             //
    {1, 5, 7, 1, 1, 3, 1, 1},       //
    {1, 9, 6, 2, 5, 2, 3},          //
    {3, 6, 11, 1, 8, 5, 2, 2},      //
    {2, 6, 7, 8, 8, 5, 2, 2},       //
    {1, 8, 5, 7, 16, 3, 1, 2, 2},   //
    {2, 5, 6, 16, 36, 4, 2, 1},     // nine vec4s of channels: a second tile of columns with one lane
    {2, 5, 6, 36, 16, 3, 1, 1},     // nine vec4s to sum over
    {1, 5, 6, 16, 33, 2},           //
    {1, 13, 11, 33, 3, 3, 3, 1},    //
    {3, 5, 5, 12, 20, 1},           //
    {1, 17, 3, 32, 4, 3, 1, 1},     // conv2d to four channels
    {2, 6, 7, 4, 64, 4, 2, 1},      //
    {2, 7, 8, 1, 12, 4, 3, 2},      //
    {1, 12, 10, 3, 8, 5, 3, 2},     //
    {2, 9, 10, 8, 4, 3, 3, 0, 2},   // stride and dilation without a common factor
    {2, 10, 9, 8, 12, 3, 2, 1, 2},  // with one: some phases meet no tap
    {2, 10, 9, 8, 12, 3, 1, 1, 1, true},
    {1, 9, 11, 3, 4, 3, 1, 1, 1, true},
    {2, 7, 6, 5, 7, 2, 2, 0, 1, true},
    {2, 7, 6, 1, 12, 4, 2, 1},
    {1, 9, 6, 8, 3, 3, 1, 1},  // conv2d to three channels and to one
    {2, 7, 5, 12, 1, 3, 1, 1},
    {1, 6, 13, 8, 3, 9, 1, 4},
    {1, 7, 9, 8, 2, 3, 1, 1},  // to two channels, and conv2d_transpose
    {2, 8, 6, 2, 8, 4, 2, 1},
    {2, 8, 6, 4, 8, 4, 2, 3},     // pads wider than the image's edge pixels reach
    {1, 7, 7, 512, 640, 1},       // more weights than a cache holds: tiles are numbered along the rows
    {1, 16, 16, 64, 1040, 1},     // more of dy
    {2, 9, 11, 32, 32, 3, 1, 1},  // Winograd's points in blocks, of 18 tiles and of channels
    {1, 6, 18, 32, 64, 4, 2, 1},  // and of four phases
};

std::string name_of(const Geometry& v) {
  std::string name = "n" + std::to_string(v.n) + "h" + std::to_string(v.h) + "w" + std::to_string(v.w) + "c" + std::to_string(v.c) + "k" +
                     std::to_string(v.k) + "/r" + std::to_string(v.r) + "s" + std::to_string(v.stride) + "p" + std::to_string(v.pad) + "d" +
                     std::to_string(v.dilation);
  return v.skewed ? name + "/skewed" : name;
}

struct Convolution {
  ConvAttributes attributes;
  Shape x, w, y;
};

Convolution convolution(const Geometry& v) {
  Convolution c;
  c.attributes = conv_attributes({.kernel = v.r, .stride = v.stride, .pad = v.pad, .dilation = v.dilation});
  c.x = {v.n, v.h, v.w, v.c};
  c.w = {v.r, v.r, v.c, v.k};
  if (v.skewed) {
    c.w[1]++;
    c.attributes.stride[1]++;
    c.attributes.pad_after[0]++;
    c.attributes.pad_after[1]++;
  }
  c.y = {v.n, 0, 0, v.k};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& a = c.attributes;
    c.y[1 + i] = (c.x[1 + i] + a.pad_before[i] + a.pad_after[i] - a.dilation[i] * (c.w[i] - 1) - 1) / a.stride[i] + 1;
  }
  return c;
}

struct Direction {
  const char* op;
  Tensor (*build)(Graph& g, const Convolution& c);
};
constexpr Direction kDirections[] = {
    {"conv2d", [](Graph& g, const Convolution& c) { return conv2d(in(g, "x", c.x), in(g, "w", c.w), c.attributes); }},
    {"conv2d_transpose",
     [](Graph& g, const Convolution& c) { return conv2d_transpose(in(g, "dy", c.y), in(g, "w", c.w), c.attributes, c.x); }},
    {"conv2d_weight_grad",
     [](Graph& g, const Convolution& c) { return conv2d_weight_grad(in(g, "x", c.x), in(g, "dy", c.y), c.attributes, c.w); }},
};

/// The weights as most rows of transposed convolutions read them, with nothing to repack (RowCase::swapped).
constexpr Direction kSwapped{"conv2d_transpose", [](Graph& g, const Convolution& c) {
                               const Tensor swapped = in(g, "w", {c.w[0], c.w[1], c.w[3], c.w[2]});
                               return conv2d_transpose(in(g, "dy", c.y), permute(swapped, {0, 1, 3, 2}), c.attributes, c.x);
                             }};

constexpr Geometry kManyPixels[] = {
    {2, 33, 31, 4, 4, 3, 1, 1},  // 2046: summed in parts
    {2, 33, 31, 3, 8, 3, 1, 1},
    {5, 17, 19, 8, 4, 4, 2, 1},
};
constexpr Geometry kLongPixels[] = {
    {2, 290, 240, 4, 4, 1}, {2, 290, 240, 3, 4, 1}, {2, 290, 240, 1, 3, 1}, {2, 290, 240, 1, 68, 1}, {2, 290, 240, 3, 1, 2}};
constexpr Geometry kManyTiles[] = {{1, 772, 772, 4, 4, 3, 1, 1}};                                // more than a slab of Winograd's tiles
constexpr Geometry kFewPixels[] = {{1, 8, 8, 128, 128, 4, 2, 1}, {1, 5, 3, 160, 192, 3, 1, 1}};  // for as many weights: packed
constexpr Geometry kLongChannels[] = {{1, 2, 2, 70000, 4, 1}, {1, 2, 2, 70000, 3, 1}};

}  // namespace

std::vector<RowCase> convolution_cases() {
  std::vector<RowCase> cases;
  const auto add = [&](const Direction& d, const Geometry& v, const Tolerance& tolerance) {
    cases.push_back(
        {std::string(d.op) + "/" + name_of(v), d.op, [d, v](Graph& g) { g.output("y", d.build(g, convolution(v))); }, tolerance});
  };
  for (const Direction& d : kDirections) {
    for (const Epilogue& e : epilogues())
      for (const Geometry& v : {Geometry{2, 5, 6, 8, 12, 3, 1, 1}, Geometry{1, 7, 5, 5, 3, 3, 2, 1}, Geometry{1, 6, 7, 3, 4, 4, 2, 1}})
        cases.push_back({std::string(d.op) + "/" + name_of(v) + "/" + e.name, d.op,
                         [d, v, e](Graph& g) { g.output("y", e.apply(g, d.build(g, convolution(v)))); }, kRowTolerance, e.turn});
    for (const Geometry& v : kGeometries) add(d, v, kRowTolerance);
  }
  add(kDirections[1], {1, 6, 10, 64, 8, 4, 2, 1}, kRowTolerance);  // two blocks of output channels, weights made ready from the graph's own
  const auto add_swapped = [&](const Geometry& v) {
    cases.push_back({"conv2d_transpose/swapped/" + name_of(v), "conv2d_transpose",
                     [v](Graph& g) { g.output("y", kSwapped.build(g, convolution(v))); }});
    cases.back().swapped = true;
  };
  for (const Geometry& v : {Geometry{2, 6, 10, 8, 12, 4, 2, 1}, Geometry{1, 9, 7, 8, 4, 3, 1, 1}, Geometry{2, 9, 7, 3, 8, 4, 2, 1}})
    add_swapped(v);
  // Rows that write an image's pixels have code for each number of channels, and for what a program reads by channel.
  const Epilogue most_inputs = epilogues().back();
  const auto add_image = [&](const Direction& d, const Geometry& v, const char* rows, bool swapped) {
    cases.push_back({std::string(d.op) + "/image" + (swapped ? "/swapped/" : "/") + name_of(v), d.op,
                     [d, v, most_inputs](Graph& g) { g.output("y", most_inputs.apply(g, d.build(g, convolution(v)))); }});
    cases.back().rows = rows;
    cases.back().swapped = swapped;
    cases.back().always = true;
  };
  for (std::int64_t channels : {2, 3, 4}) {
    add_image(kDirections[0], {1, 5, 7, 8, channels, 3, 1, 1}, "subgroup to image", false);
    for (const bool swapped : {false, true})
      add_image(swapped ? kSwapped : kDirections[1], {1, 6, 5, channels, 8, 4, 2, 1}, "subgroup image", swapped);
  }
  for (const Geometry& v : kFewPixels) {
    const std::size_t first = cases.size();
    for (const Direction& d : {kDirections[0], kDirections[1]}) add(d, v, kRowTolerance);
    add_swapped(v);
    for (std::size_t i = first; i < cases.size(); ++i) {
      cases[i].rows = kPackedRow;
      cases[i].software = true;
    }
  }
  for (const Geometry& v : kManyPixels) add(kDirections[2], v, kRowTolerance);
  for (const Geometry& v : kLongPixels) add(kDirections[2], v, kLongTolerance);
  for (const Geometry& v : kManyTiles)
    for (const Direction& d : {kDirections[0], kDirections[1]}) {  // weight gradients have no such rows
      add(d, v, kLongTolerance);
      cases.back().rows = kWinogradRow;
    }
  for (const Geometry& v : kLongChannels) {
    add(kDirections[0], v, kLongTolerance);
    Geometry swapped = v;
    std::swap(swapped.c, swapped.k);
    add(kDirections[1], swapped, kLongTolerance);
  }
  return cases;
}

}  // namespace gouache::testing
