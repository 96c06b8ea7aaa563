// How are symmetric matrices made, and what are their eigenvalues and eigenvectors?
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace gouache {

/// R R^T [n, n] of rows R [n, columns]: the inner product of every two rows, summed in double.
std::vector<double> products_of_rows(std::span<const float> rows, std::size_t n);

/// matrix * vectors[i] = values[i] * vectors[i]; the values fall.
struct Eigenvectors {
  std::vector<double> values;   ///< [n]
  std::vector<double> vectors;  ///< [n, n], one a row: orthonormal, the component of largest magnitude (the first of such) positive
};

/// Of `matrix` [n, n], finite and symmetric: only its lower triangle is read. About 9 n^3 operations. Householder's reduction to a
/// tridiagonal matrix, then implicit QR steps with Wilkinson's shift (Golub & Van Loan, Matrix Computations, 4th ed., 8.3).
/// Throws Error: a size that is not n * n, or no convergence, as numbers that are not finite cause it.
Eigenvectors symmetric_eigen(std::vector<double> matrix, std::size_t n);

}  // namespace gouache
