// Which kernels are there?  One family per op: its rows as data, whether each runs here, and how it is dispatched.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "host/kernels/device_caps.h"
#include "host/kernels/tuning.h"
#include "host/plan/catalog.h"

namespace gouache {

/// One op's (or composite's) kernels.
struct KernelFamily {
  const char* op;
  bool takes_program;  ///< an elementwise program can be fused into it
  bool composite;      ///< `op` names a composite
  /// Every row that supports `launch` on a device with `caps`, preferred first. Total: an unsupported launch gives none.
  std::vector<Kernel> (*candidates)(const Launch& launch, const DeviceCaps& caps);
  /// The rows that a device with `caps` runs for one launch or another, as Kernel::row begins; null where each row is a module of its own.
  std::vector<std::string> (*rows)(const DeviceCaps& caps) = nullptr;
  bool writes_bands = false;  ///< its result may be columns of a wider tensor (Launch::band)
};

/// All families, one per op that has kernels; each is defined in the file of its name.
std::span<const KernelFamily* const> kernel_families();

/// The catalog of a device: rows in the order of their estimated costs, but for launches of `tuning` (if any) the row that won there first.
class Catalog final : public KernelCatalog {
 public:
  explicit Catalog(DeviceCaps caps, std::shared_ptr<const Tuning> tuning = nullptr) : caps_(std::move(caps)), tuning_(std::move(tuning)) {}
  std::vector<Kernel> candidates(const Launch& launch) const override;
  bool takes_program(const std::string& op) const override;
  bool has_composite(const std::string& name) const override;
  const DeviceCaps& caps() const { return caps_; }

 private:
  DeviceCaps caps_;
  std::shared_ptr<const Tuning> tuning_;
};

}  // namespace gouache
