// How does a device describe itself as JSON text?
#include "plugin/device_text.h"

#include <nlohmann/json.hpp>

#include "host/kernels/family.h"
#include "host/ops/ops.h"
#include "host/plan/plan.h"
#include "host/runtime/tuning_text.h"

namespace gouache {
namespace {

/// One typical case of an op: what DCGAN at 32 x 32 pixels asks for.
struct Typical {
  const char* op;
  Tensor (*build)(Graph&);
};

Tensor image(Graph& g, const char* name, Shape shape) { return g.input(name, {std::move(shape)}); }

constexpr Typical kTypical[] = {
    {"matmul",
     [](Graph& g) {
       return matmul(image(g, "a", {64, 128}), image(g, "b", {128, 2048}));
     }},
    {"conv2d",
     [](Graph& g) {
       return conv2d(image(g, "x", {64, 16, 16, 64}), image(g, "w", {4, 4, 64, 128}),
                     conv_attributes({.kernel = 4, .stride = 2, .pad = 1}));
     }},
    {"conv2d_transpose",
     [](Graph& g) {
       return conv2d_transpose(image(g, "y", {64, 8, 8, 128}), image(g, "w", {4, 4, 64, 128}),
                               conv_attributes({.kernel = 4, .stride = 2, .pad = 1}), {64, 16, 16, 64});
     }},
    {"conv2d_weight_grad",
     [](Graph& g) {
       return conv2d_weight_grad(image(g, "x", {64, 16, 16, 64}), image(g, "dy", {64, 8, 8, 128}),
                                 conv_attributes({.kernel = 4, .stride = 2, .pad = 1}), {4, 4, 64, 128});
     }},
};

std::string picked_row(const Typical& typical, const Catalog& catalog) {
  try {
    Graph graph;
    graph.output("result", typical.build(graph));
    for (const Step& step : make_plan(graph, {}, catalog, {.name = typical.op}).steps)
      if (step.launch.op == typical.op) return step.kernel.row;
  } catch (const Error& error) { return std::string("none: ") + error.what(); }
  return "none";
}

}  // namespace

nlohmann::ordered_json describe(const DeviceFacts& facts, const Catalog& catalog) {
  const DeviceCaps& caps = catalog.caps();
  nlohmann::ordered_json json = {
      {"name", facts.name},
      {"type", type_name(facts.type)},
      {"driver", facts.driver_name},
      {"driver_info", facts.driver_info},
      {"vulkan", version_text(facts.api_version)},
      {"subgroup_size", caps.subgroup_size},
      {"subgroup_shuffle", caps.subgroup_shuffle},
      {"subgroup_quad", caps.subgroup_quad},
      {"limits",
       {{"maxComputeWorkGroupInvocations", caps.max_invocations},
        {"maxComputeWorkGroupCount", caps.max_groups},
        {"maxComputeSharedMemorySize", caps.max_shared_bytes},
        {"maxPerStageDescriptorStorageBuffers", caps.max_storage_buffers},
        {"maxTexelBufferElements", caps.max_texels},
        {"maxStorageBufferRange", caps.max_storage_range},
        {"maxPushConstantsSize", caps.max_push_bytes},
        {"maxMemoryAllocationSize", facts.max_allocation_bytes}}},
  };
  json["tuning_key"] = tuning_key(facts);
  if (const std::string lacks = refusal(caps); !lacks.empty()) {  // then there is nothing to pick
    json["refused"] = lacks;
    return json;
  }
  for (const Typical& typical : kTypical) json["kernels"][typical.op] = picked_row(typical, catalog);
  return json;
}

}  // namespace gouache
