// Which kernels are there?  The table of families, and the catalog that asks it on behalf of one device.
#include "host/kernels/family.h"

#include <algorithm>
#include <array>

#include "host/kernels/families.h"

namespace gouache {
namespace {

const KernelFamily* find(const std::string& op, bool composite) {
  for (const KernelFamily* family : kernel_families())
    if (family->op == op && family->composite == composite) return family;
  return nullptr;
}

}  // namespace

std::span<const KernelFamily* const> kernel_families() {
  static const std::array families{
      &matmul_family,
      &conv2d_family,
      &conv2d_transpose_family,
      &conv2d_weight_grad_family,
      &elementwise_family,
      &permute_family,
      &slice_family,
      &pad_family,
      &concat_family,
      &broadcast_family,
      &copy_family,
      &reduce_family,
      &resample_family,
      &translate_family,
      &gather_family,
      &scatter_add_family,
      &random_family,
      &batch_norm_family,
      &batch_norm_gradient_family,
      &instance_norm_family,
      &softmax_family,
      &optimizer_family,
      &gradient_norm_family,
      &advance_step_family,
  };
  return families;
}

std::vector<Kernel> Catalog::candidates(const Launch& launch) const {
  const KernelFamily* family = find(launch.op, false);
  if (!family) family = find(launch.op, true);
  if (!family || (!launch.program.empty() && !family->takes_program)) return {};
  if (launch.band.width > 0 && !family->writes_bands) return {};
  std::vector<Kernel> rows = family->candidates(launch, caps_);
  if (tuning_) tuning_->prefer(launch, rows);
  return rows;
}

bool Catalog::takes_program(const std::string& op) const {
  return std::ranges::any_of(kernel_families(), [&](const KernelFamily* f) { return f->op == op && f->takes_program; });
}

bool Catalog::has_composite(const std::string& name) const { return find(name, true) != nullptr; }

}  // namespace gouache
