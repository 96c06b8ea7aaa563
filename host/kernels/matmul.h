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
  std::int64_t first_result = 0;  ///< matrices that lie before the first in `result`
};

/// Of the tile rows with `columns` vec4s a lane (kTileColumns) the one that is estimated to be the fastest for `product`, in multiply-adds
/// over k at the best tile's speed; nothing when none of them runs it here.
std::optional<CostedKernel> tile_product(const Product& product, std::uint32_t columns, const DeviceCaps& caps);
constexpr std::uint32_t kTileColumns[] = {2, 1};

}  // namespace gouache
