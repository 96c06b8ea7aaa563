// Which numbers does a convolution of rank 2 consist of?  The same for conv2d, conv2d_transpose and conv2d_weight_grad.
#pragma once

#include <optional>

#include "host/kernels/tile.h"

namespace gouache {

/// x [N,H,W,C], w [R,S,C,K] (conv2d_transpose's launch: [R,S,K,C]), y [N,P,Q,K].
struct ConvShape {
  std::int64_t n, h, w, c, p, q, k, r, s;
  std::int64_t stride_h, stride_w, pad_h, pad_w, dilation_h, dilation_w;
  bool is_product() const;  ///< 1x1 taps, stride 1, no padding: a product of matrices, a row a pixel
  double flops() const;     ///< multiply and add counted apart, taps that meet the padding included
};

/// Nothing unless the op is of spatial rank 2, with one group and zero padding, and its shapes agree. `x`, `w` ([R,S,C,K]) and `y`
/// are the three shapes, whichever is the result.
std::optional<ConvShape> conv_shape(const Launch& launch, const Shape& x, const Shape& w, const Shape& y);

/// The plain kernel of conv2d or conv2d_transpose: every tap sums over `summed` channels, the result's last axis has `channels` values.
std::optional<CostedKernel> plain_conv(const Launch& launch, const ConvShape& conv, const AuxInputs& aux, std::int64_t summed,
                                       std::int64_t channels, const DeviceCaps& caps);

/// Behind tile kernels, whatever these cost.
constexpr double kPlainCost = 1e12;

/// A launch's operands with their sizes, both read as `reads`.
Operands operands_of(const Launch& launch, Reads reads);

/// The kernel of one dispatch, or nothing when the dispatch does not fit the device.
std::optional<CostedKernel> costed(std::string row, double cost, Dispatch dispatch);

/// The rows of add_image_rows() that run on the device.
std::vector<std::string> image_row_names(const DeviceCaps& caps);

/// conv2d_transpose to an image of one to four channels: rows of conv2d_transpose_image.comp. x is the image, y the tensor of many
/// channels.
void add_image_rows(std::vector<CostedKernel>& kernels, const Launch& launch, const ConvShape& conv, const AuxInputs& aux,
                    const DeviceCaps& caps);

}  // namespace gouache
