// How does a test feed a graph, run it on the CPU and compare?  Random values are fixed by a printed seed.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "host/graph/graph.h"

namespace gouache::probe {

using Feeds = std::map<std::string, Array>;

/// FNV-1a: the same seed for the same name everywhere.
inline std::uint64_t seed_of(const std::string& name) {
  std::uint64_t hash = 14695981039346656037ull;
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return hash;
}

/// Uniform values in [low, high).
inline Array random_array(std::mt19937_64& random, const Shape& shape, double low = -1.0, double high = 1.0) {
  Array array{{shape, DType::f32}, std::vector<double>(static_cast<std::size_t>(element_count(shape)))};
  for (double& value : array.values) value = low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
  return array;
}

inline Array array_of(const Shape& shape, std::vector<double> values, DType type = DType::f32) {
  return {{shape, type}, std::move(values)};
}

inline std::vector<double> values_of(Tensor t, const Feeds& feeds = {}) { return evaluate(*t.graph, feeds, std::span(&t, 1))[0].values; }

inline double value_of(Tensor t, const Feeds& feeds = {}) { return values_of(t, feeds).at(0); }

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); i++) sum += a[i] * b[i];
  return sum;
}

/// |got - expected| <= tolerance (1 + |expected|), element by element.
inline void expect_close(const std::vector<double>& got, const std::vector<double>& expected, double tolerance = 1e-12) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); i++)
    EXPECT_NEAR(got[i], expected[i], tolerance * (1 + std::fabs(expected[i]))) << "element " << i;
}

/// `feeds` moved by `distance` along the directions named.
inline Feeds moved(Feeds feeds, const Feeds& directions, double distance) {
  for (const auto& [name, direction] : directions) {
    std::vector<double>& values = feeds.at(name).values;
    for (std::size_t i = 0; i < values.size(); i++) values[i] += distance * direction.values[i];
  }
  return feeds;
}

/// Central difference of scalar `t` along the directions; step 1e-5: truncation about 1e-10, rounding about 1e-11.
inline double slope_along(Tensor t, const Feeds& feeds, const Feeds& directions) {
  const double h = 1e-5;
  return (value_of(t, moved(feeds, directions, h)) - value_of(t, moved(feeds, directions, -h))) / (2 * h);
}

/// Text of the Error that `f` throws.
template <class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const Error& error) { return error.what(); }
  return "(no error)";
}

}  // namespace gouache::probe
