// How are symmetric matrices made, and what are their eigenvalues and eigenvectors?
#include "host/models/symmetric.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "host/graph/error.h"

namespace gouache {
namespace {

using Row = std::span<double>;

/// A [n, n] that is worked on row by row, as its memory lies.
struct Square {
  std::vector<double> values;
  std::size_t n;
  Row row(std::size_t i) { return Row(values).subspan(i * n, n); }
  /// Columns [first, n) of a row.
  Row row(std::size_t i, std::size_t first) { return row(i).subspan(first); }
};

/// Eight sums side by side: one sum would wait for each addition.
template <class Value>
double dot(std::span<const Value> a, std::span<const Value> b) {
  std::array<double, 8> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= a.size(); i += sums.size())
    for (std::size_t lane = 0; lane < sums.size(); ++lane) sums[lane] += double{a[i + lane]} * double{b[i + lane]};
  for (; i < a.size(); ++i) sums[0] += double{a[i]} * double{b[i]};
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}
double dot(Row a, const std::vector<double>& b) { return dot<double>(a, b); }

void add(Row to, double factor, std::span<const double> from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * from[i];
}

/// A reflection I - beta v v^T of the last coordinates.
struct Reflection {
  std::vector<double> v;
  double beta = 0;  ///< 0: the identity
};

/// The one that leaves nothing of `x` but its first component, and what that becomes.
std::pair<Reflection, double> reflection_of(std::span<const double> x) {
  Reflection made{{x.begin(), x.end()}, 0};
  if (std::ranges::all_of(x.subspan(1), [](double value) { return value == 0; })) return {std::move(made), x[0]};
  const double largest = std::abs(*std::ranges::max_element(x, {}, [](double value) { return std::abs(value); }));
  for (double& value : made.v) value /= largest;
  const double length = std::copysign(std::sqrt(dot(Row(made.v), made.v)), made.v[0]);
  made.v[0] += length;
  made.beta = 2 / dot(Row(made.v), made.v);
  return {std::move(made), -length * largest};
}

/// A matrix with nothing but `diagonal` [n] and, on both sides of it, `beside` [n - 1]; `turned` [n, n] has what turned A to it:
/// turned * A * turned^T.
struct Tridiagonal {
  std::vector<double> diagonal, beside;
  Square turned;
};

Tridiagonal tridiagonal_of(Square a) {
  const std::size_t n = a.n;
  Tridiagonal made{std::vector<double>(n), std::vector<double>(n - 1), {std::vector<double>(n * n), n}};
  for (std::size_t i = 0; i < n; ++i) made.turned.row(i)[i] = 1;
  std::vector<Reflection> reflections;
  for (std::size_t k = 0; k + 1 < n; ++k) {  // A is whole from row and column k on
    made.diagonal[k] = a.row(k)[k];
    auto [h, beside] = reflection_of(a.row(k, k + 1));
    made.beside[k] = beside;
    if (h.beta > 0) {  // H A H = A - v w^T - w v^T
      std::vector<double> w;
      for (std::size_t i = k + 1; i < n; ++i) w.push_back(h.beta * dot(a.row(i, k + 1), h.v));
      add(w, -h.beta / 2 * dot(Row(w), h.v), h.v);
      for (std::size_t i = k + 1; i < n; ++i) {
        add(a.row(i, k + 1), -h.v[i - k - 1], w);
        add(a.row(i, k + 1), -w[i - k - 1], h.v);
      }
    }
    reflections.push_back(std::move(h));
  }
  made.diagonal[n - 1] = a.row(n - 1)[n - 1];
  for (std::size_t k = n - 1; k-- > 0;) {  // the last reflection is turned's leftmost factor
    const Reflection& h = reflections[k];
    for (std::size_t i = k + 1; i < n && h.beta > 0; ++i) {
      const Row row = made.turned.row(i, k + 1);
      add(row, -h.beta * dot(row, h.v), h.v);
    }
  }
  return made;
}

/// One implicit QR step on rows and columns first..last, chasing what it puts beside the band down to the end.
void step(Tridiagonal& t, std::size_t first, std::size_t last) {
  std::vector<double>&d = t.diagonal, &e = t.beside;
  const double corner = e[last - 1], ratio = (d[last - 1] - d[last]) / 2 / corner;
  const double shift = d[last] - corner / (ratio + std::copysign(std::hypot(ratio, 1.0), ratio));  // the eigenvalue nearest to d[last]
  double x = d[first] - shift, z = e[first];
  for (std::size_t k = first; k < last; ++k) {
    const double length = std::hypot(x, z), c = length > 0 ? x / length : 1, s = length > 0 ? z / length : 0;
    if (k > first) e[k - 1] = length;
    const double upper = d[k], between = e[k], lower = d[k + 1];
    d[k] = c * c * upper + 2 * c * s * between + s * s * lower;
    d[k + 1] = s * s * upper - 2 * c * s * between + c * c * lower;
    e[k] = c * s * (lower - upper) + (c * c - s * s) * between;
    if (k + 1 < last) {
      x = e[k];
      z = s * e[k + 1];
      e[k + 1] *= c;
    }
    const Row a = t.turned.row(k), b = t.turned.row(k + 1);
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double of_a = a[i], of_b = b[i];
      a[i] = c * of_a + s * of_b;
      b[i] = c * of_b - s * of_a;
    }
  }
}

/// Steps until nothing is left beside the diagonal.
void diagonalise(Tridiagonal& t) {
  double largest = 0;
  for (double value : t.diagonal) largest = std::max(largest, std::abs(value));
  for (double value : t.beside) largest = std::max(largest, std::abs(value));
  const auto is_nothing = [&](double value) { return std::abs(value) <= std::numeric_limits<double>::epsilon() * largest; };
  std::size_t last = t.diagonal.size() - 1, left = 30 * t.diagonal.size();  // two or three steps a value are usual
  while (last > 0) {
    if (is_nothing(t.beside[last - 1])) {
      --last;
      continue;
    }
    std::size_t first = last - 1;
    while (first > 0 && !is_nothing(t.beside[first - 1])) --first;
    if (left-- == 0) throw Error(ErrorCode::internal, "eigenvalues: the steps do not converge");
    step(t, first, last);
  }
}

}  // namespace

std::vector<double> products_of_rows(std::span<const float> rows, std::size_t n) {
  const std::size_t columns = rows.size() / n;
  std::vector<double> products(n * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j)
      products[i * n + j] = products[j * n + i] = dot(rows.subspan(i * columns, columns), rows.subspan(j * columns, columns));
  return products;
}

Eigenvectors symmetric_eigen(std::vector<double> matrix, std::size_t n) {
  if (n == 0 || matrix.size() != n * n)
    throw Error(ErrorCode::internal,
                "eigenvalues: " + std::to_string(matrix.size()) + " elements, expected " + std::to_string(n) + " x " + std::to_string(n));
  Square whole{std::move(matrix), n};
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j) whole.row(j)[i] = whole.row(i)[j];
  Tridiagonal t = tridiagonal_of(std::move(whole));
  diagonalise(t);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return t.diagonal[i]; });
  Eigenvectors result;
  for (const std::size_t i : order) {
    const Row row = t.turned.row(i);
    const double largest = *std::ranges::max_element(row, {}, [](double value) { return std::abs(value); });
    result.values.push_back(t.diagonal[i]);
    for (const double value : row) result.vectors.push_back(largest < 0 ? -value : value);
  }
  return result;
}

}  // namespace gouache
