// Which model file does a host name?
#include "plugin/model_source.h"

#include "host/runtime/plans.h"
#include "host/runtime/platform.h"
#include "host/runtime/safetensors.h"
#include "plugin/checks.h"

namespace gouache {

ModelSource open_model(const GouModelSource* source) {
  const GouModelSource& from = checked(source);
  if (from.batch) check_range(from.batch, 1, kMostBatch, "GouModelSource: batch");
  const std::int64_t batch = from.batch ? from.batch : 16;
  if (from.path) return {read_safetensors(path_from_utf8(from.path)), batch};
  const auto* data = static_cast<const std::byte*>(required(from.data, "GouModelSource: path and data"));
  return {parse_safetensors(from.name ? from.name : "model in memory", {data, from.bytes}), batch};
}

}  // namespace gouache
