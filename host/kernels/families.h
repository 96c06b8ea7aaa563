// Which families does the table in family.cpp name?  One declaration each; the definition is in the file of its kind.
#pragma once

#include "host/kernels/family.h"

namespace gouache {

extern const KernelFamily matmul_family, conv2d_family, conv2d_transpose_family, conv2d_weight_grad_family;
extern const KernelFamily elementwise_family;
extern const KernelFamily permute_family, slice_family, pad_family, concat_family, broadcast_family, copy_family;
extern const KernelFamily reduce_family, resample_family, translate_family, gather_family, scatter_add_family, random_family;
extern const KernelFamily batch_norm_family, batch_norm_gradient_family;
extern const KernelFamily instance_norm_family, softmax_family;
extern const KernelFamily optimizer_family, gradient_norm_family, advance_step_family;

}  // namespace gouache
