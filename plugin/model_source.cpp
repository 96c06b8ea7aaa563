// Where are the bytes of the model file that a host names?
#include "plugin/model_source.h"

#include "host/runtime/plans.h"
#include "host/runtime/platform.h"
#include "host/runtime/safetensors.h"
#include "plugin/checks.h"

namespace gouache {

ModelSource::ModelSource(const GouModelSource* source) {
  const GouModelSource& from = checked(source);
  if (from.batch) check_range(from.batch, 1, kMostBatch, "GouModelSource: batch");
  batch = from.batch ? from.batch : 16;
  name = from.path ? from.path : from.name ? from.name : "model in memory";
  if (from.path) {
    file_ = read_file(path_from_utf8(from.path), kMaxTensorFileBytes);
    bytes = file_;
  } else {
    bytes = {static_cast<const std::byte*>(required(from.data, "GouModelSource: path and data")), from.bytes};
  }
}

}  // namespace gouache
