// Are the directions that change a picture most found where the latents go in, and are they what the definition says?
#include "host/models/directions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "host/models/symmetric.h"
#include "host/ops/philox.h"
#include "shaders/shared/interface.h"
#include "tests/support/expect_error.h"

namespace gouache::testing {
namespace {

std::vector<float> noise(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  fill_normal(seed, STREAM_LATENT, 0, values);
  return values;
}

/// A v - lambda v and v . w - (v is w), for all pairs. A method that is stable errs by some n eps of the largest eigenvalue.
void expect_eigenvectors(const std::vector<double>& matrix, std::size_t n) {
  const Eigenvectors found = symmetric_eigen(matrix, n);
  ASSERT_EQ(found.values.size(), n);
  ASSERT_EQ(found.vectors.size(), n * n);
  const double largest = std::max(std::abs(found.values.front()), std::abs(found.values.back()));
  const double rounding = 4e-16 * static_cast<double>(n) + 1e-15, tolerance = rounding * largest;
  EXPECT_TRUE(std::is_sorted(found.values.rbegin(), found.values.rend()));
  for (std::size_t i = 0; i < n; ++i) {
    const double* const v = &found.vectors[i * n];
    for (std::size_t row = 0; row < n; ++row) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) sum += matrix[row * n + k] * v[k];
      ASSERT_NEAR(sum, found.values[i] * v[row], tolerance) << "n " << n << ", vector " << i << ", row " << row;
    }
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) sum += v[k] * found.vectors[j * n + k];
      ASSERT_NEAR(sum, i == j ? 1 : 0, rounding) << "n " << n << ", vectors " << i << ", " << j;
    }
    const auto largest_of = std::max_element(v, v + n, [](double a, double b) { return std::abs(a) < std::abs(b); });
    EXPECT_GT(*largest_of, 0) << "n " << n << ", vector " << i;
  }
}

TEST(SymmetricEigen, OfMatricesSolvedByHand) {
  const Eigenvectors two = symmetric_eigen({2, 1, 1, 2}, 2);
  EXPECT_NEAR(two.values[0], 3, 1e-15);
  EXPECT_NEAR(two.values[1], 1, 1e-15);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(std::abs(two.vectors[i]), std::sqrt(0.5), 1e-15);
  EXPECT_LT(two.vectors[2] * two.vectors[3], 0);

  // -1 2 -1 along a band [n, n]: 4 sin^2(pi k / (2 (n + 1))), sines for vectors.
  constexpr std::size_t kSize = 7;
  std::vector<double> band(kSize * kSize);
  for (std::size_t i = 0; i < kSize; ++i) {
    band[i * kSize + i] = 2;
    if (i > 0) band[i * kSize + i - 1] = band[(i - 1) * kSize + i] = -1;
  }
  const Eigenvectors sines = symmetric_eigen(band, kSize);
  for (std::size_t i = 0; i < kSize; ++i) {
    const double angle = std::acos(-1.0) * static_cast<double>(kSize - i) / (2.0 * (kSize + 1));
    EXPECT_NEAR(sines.values[i], 4 * std::sin(angle) * std::sin(angle), 4e-15) << i;
    for (std::size_t k = 0; k < kSize; ++k)
      EXPECT_NEAR(std::abs(sines.vectors[i * kSize + k]), std::abs(std::sin(2 * angle * static_cast<double>(k + 1))) / 2, 4e-15) << i;
  }
}

TEST(SymmetricEigen, OfAnySize) {
  for (const std::size_t n : {1u, 2u, 3u, 9u, 64u, 129u}) {
    const std::vector<float> values = noise(n * n, n);
    std::vector<double> matrix(n * n);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j <= i; ++j) matrix[i * n + j] = matrix[j * n + i] = values[i * n + j];
    expect_eigenvectors(matrix, n);
  }
}

TEST(SymmetricEigen, WhereValuesAreEqualOrZeroOrFarApart) {
  constexpr std::size_t kSize = 12;
  std::vector<double> zeros(kSize * kSize), ones = zeros, graded = zeros, tiny = zeros;
  for (std::size_t i = 0; i < kSize; ++i) {
    ones[i * kSize + i] = 1;
    for (std::size_t j = 0; j < kSize; ++j) {
      graded[i * kSize + j] = std::pow(10.0, -static_cast<double>(i + j));
      tiny[i * kSize + j] = i == j ? 0 : 1e-200;
    }
  }
  for (const std::vector<double>& matrix : {zeros, ones, graded, tiny}) expect_eigenvectors(matrix, kSize);
  const std::vector<float> rows = noise(40 * 5, 1);  // of rank 5
  expect_eigenvectors(products_of_rows(rows, 40), 40);
}

TEST(SymmetricEigen, RefusesWhatItCannot) {
  expect_error(ErrorCode::internal, "eigenvalues: 5 elements, expected 2 x 2", [] { symmetric_eigen({1, 2, 3, 4, 5}, 2); });
  expect_error(ErrorCode::internal, "do not converge", [] { symmetric_eigen({1, NAN, NAN, 1}, 2); });
}

TEST(Directions, AreTheRowsThatReadLatents) {
  const auto layer = [](const char* json) { return latent_layer(Recipe::from_json(json)); };
  LatentLayer found = layer(R"({"model": "dcgan", "latent": 48, "channels": 32})");
  EXPECT_EQ(found.variable, "G/stem/weight");
  EXPECT_EQ(found.first_row, 0);
  EXPECT_EQ(found.rows, 48);
  EXPECT_EQ(found.outputs, 4 * 4 * 32);
  found = layer(R"({"model": "dcgan", "latent": 48, "channels": 32, "classes": 10})");
  EXPECT_EQ(found.variable, "G/stem/weight");
  EXPECT_EQ(found.rows, 48) << "the rows of the classes are not among them";
  found = layer(R"({"model": "dense_gan", "latent": 30, "classes": 3})");
  EXPECT_EQ(found.variable, "G/128/weight");
  EXPECT_EQ(found.rows, 30);
  EXPECT_EQ(found.outputs, 128);
  EXPECT_EQ(layer(R"({"model": "faces2x2"})").variable, "G/faces/weight");
  expect_error(ErrorCode::unsupported, "pix2pix: paints from an image, so there are no latents", [&] { layer(R"({"model": "pix2pix"})"); });
}

/// Weights A = U diag(s) V^T made of known directions U come apart into them.
TEST(Directions, AreThoseThatTheWeightsWereMadeOf) {
  constexpr std::size_t kLatent = 6, kOutputs = 40;
  const std::vector<float> left = noise(kLatent * kLatent, 2), right = noise(kLatent * kOutputs, 3);
  const std::vector<double> u = symmetric_eigen(products_of_rows(left, kLatent), kLatent).vectors;
  const std::vector<float> across = [&] {  // [outputs, latent], to have orthonormal vectors of length outputs
    std::vector<float> turned(right.size());
    for (std::size_t i = 0; i < kOutputs; ++i)
      for (std::size_t j = 0; j < kLatent; ++j) turned[i * kLatent + j] = right[j * kOutputs + i];
    return turned;
  }();
  const std::vector<double> v = symmetric_eigen(products_of_rows(across, kOutputs), kOutputs).vectors;
  const float strengths[kLatent] = {9, 5, 4, 2, 1, 0.25f};
  std::vector<float> weights(kLatent * kOutputs);
  for (std::size_t i = 0; i < kLatent; ++i)
    for (std::size_t j = 0; j < kOutputs; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < kLatent; ++k) sum += u[k * kLatent + i] * strengths[k] * v[k * kOutputs + j];
      weights[i * kOutputs + j] = static_cast<float>(sum);
    }
  const Directions found = principal_directions(weights, kLatent);
  for (std::size_t k = 0; k < kLatent; ++k) {  // the weights were rounded to 24 bits, 9 being the largest
    EXPECT_NEAR(found.strengths[k], strengths[k], 9e-6) << k;
    for (std::size_t i = 0; i < kLatent; ++i) EXPECT_NEAR(found.vectors[k * kLatent + i], u[k * kLatent + i], 1e-5) << k;
  }
}

TEST(Directions, WeightsThatAreNotFiniteAreRefused) {
  expect_error(ErrorCode::not_finite, "hold NaN or Inf", [] { principal_directions(std::vector<float>{1, 2, NAN, 4}, 2); });
}

}  // namespace
}  // namespace gouache::testing
