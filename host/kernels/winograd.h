// Which convolutions run with fewer multiplications?  Rows of conv2d, conv2d_transpose and conv2d_weight_grad after Winograd.
#pragma once

#include "host/kernels/conv_shape.h"

namespace gouache {

enum class WinogradOf : std::uint8_t { conv2d, conv2d_transpose, conv2d_weight_grad };

/// How far a Winograd row's results may lie from exact ones, as a part of the largest: its transforms add and subtract numbers several
/// times larger than the results (measured: about 1.5e-6).
constexpr double kWinogradError = 1e-5;

/// What the rows' names begin with.
constexpr const char* kWinogradRow = "winograd 4x4";

/// The rows that run `launch` here: square kernels of 2 or 3 taps a stride, stride 1 or 2, no dilation, channels in whole vec4s.
/// `relative` is what a multiply-add of the family's tile rows adds to their cost.
void add_winograd_rows(std::vector<CostedKernel>& kernels, const Launch& launch, const ConvShape& conv, const AuxInputs& aux, WinogradOf op,
                       double relative, const DeviceCaps& caps);

/// The rows that run any launch at all on the device.
std::vector<std::string> winograd_row_names(const DeviceCaps& caps);

}  // namespace gouache
