// How does another family have matrices multiplied?  Winograd's convolutions are batches of products between scratch tensors.
#pragma once

#include <cstdint>
#include <optional>

#include "host/kernels/tile.h"

namespace gouache {

/// C [batch,M,N] = A [batch,M,K] B [batch,K,N] as the shaders see it; `a` and `b` are the operands that play these parts.
struct Product {
  std::int64_t batch = 1, m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;
  std::int64_t a_batch = 0, b_batch = 0;  ///< values from one matrix to the next
  OperandRef a{OperandKind::input, 0}, b{OperandKind::input, 1}, result{OperandKind::output, 0};
  std::int64_t a_bytes = 0, b_bytes = 0, result_bytes = 0;
  /// Whether an operand lies in blocks of OPERAND_BLOCK rows (transposed A: vec4s of rows; B, as it is: vec4s of columns), each block
  /// along k, so that a tile reads it from end to end.
  bool a_blocks = false, b_blocks = false;
  std::int64_t first_result = 0;  ///< matrices that lie before the first in `result`
};

/// The product [m,k] [k,n] of a launch's two inputs.
Product product_of(const Launch& launch, std::int64_t m, std::int64_t n, std::int64_t k);

/// Tiles that another family chooses from: those of one size, which share a pipeline, or of any height.
struct TileSize {
  std::uint16_t rows, columns;  ///< columns: vec4s a lane; rows: 0 for any
};
constexpr TileSize kTileSizes[] = {{32, 2}, {16, 4}, {16, 2}, {0, 1}};

/// Of the tile rows of `size` the one that is estimated to be the fastest for `product`, in multiply-adds over k at the best tile's speed;
/// nothing when none of them runs it here in such teams.
std::optional<CostedKernel> tile_product(const Product& product, const TileSize& size, const Teams& teams, const DeviceCaps& caps);

/// All of `launch` as `product` in tiles of `row`, named kProductRow and the tile; nothing where that does not run here.
std::optional<CostedKernel> tile_product(const Launch& launch, const AuxInputs& aux, const Product& product, const TileRow& row,
                                         const Teams& teams, const DeviceCaps& caps);

/// The tile rows that compute all of `launch` as `product`, their costs times `relative`; named kProductRow and the tile.
void add_product_rows(std::vector<CostedKernel>& kernels, const Launch& launch, const AuxInputs& aux, const Product& product,
                      double relative, const DeviceCaps& caps);
std::vector<std::string> product_row_names(const DeviceCaps& caps);
constexpr const char* kProductRow = "product";

}  // namespace gouache
