// Along which directions do a model's latents change its picture most?
#include "host/models/directions.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "host/models/model.h"
#include "host/models/symmetric.h"

namespace gouache {
namespace {

/// The only node that reads `value`, and as which of its inputs.
std::optional<std::pair<std::int32_t, std::size_t>> only_reader(const Graph& graph, Tensor value) {
  std::optional<std::pair<std::int32_t, std::size_t>> found;
  for (std::int32_t at = 0; at < graph.size(); ++at)
    for (std::size_t i = 0; i < graph.node(at).inputs.size(); ++i) {
      if (graph.node(at).inputs[i] != value) continue;
      if (found) return std::nullopt;
      found = {at, i};
    }
  return found;
}

/// Follows `z` [1, latent] through what puts columns beside it to the matrix product that reads it.
std::optional<LatentLayer> layer_that_reads(Graph& graph, Tensor z) {
  LatentLayer layer;
  layer.rows = z.shape()[1];
  while (const auto reader = only_reader(graph, z)) {
    const auto& [at, input] = *reader;
    const Node& node = graph.node(at);
    if (const auto* joined = std::get_if<ConcatAttributes>(&node.attributes); joined && joined->axis == 1) {
      for (std::size_t i = 0; i < input; ++i) layer.first_row += node.inputs[i].shape()[1];
      z = {&graph, at, 0};
      continue;
    }
    const auto* product = std::get_if<MatmulAttributes>(&node.attributes);
    if (!product || *product != MatmulAttributes{} || input != 0) break;
    const Node& weights = graph.node(node.inputs[1]);
    const auto* leaf = std::get_if<LeafAttributes>(&weights.attributes);
    if (!leaf || weights.op != &op("variable")) break;
    layer.variable = leaf->name;
    layer.outputs = node.inputs[1].shape()[1];
    return layer;
  }
  return std::nullopt;
}

}  // namespace

LatentLayer latent_layer(const Recipe& recipe) {
  const ModelRow& row = model(recipe.model());
  const ImageShape shape = row.shape(recipe);
  if (!shape.source.empty()) throw Error(ErrorCode::unsupported, recipe.model() + ": paints from an image, so there are no latents");
  Graph graph;
  ParameterSet parameters(graph, Mode::inference);
  const Tensor z = graph.input("latents", {{1, shape.latent}, DType::f32});
  const Tensor labels = shape.classes > 0 ? graph.input("labels", {{1, shape.classes}, DType::f32}) : Tensor{};
  row.generate({parameters, "G"}, z, labels, recipe);
  if (const std::optional<LatentLayer> found = layer_that_reads(graph, z)) return *found;
  throw Error(ErrorCode::unsupported,
              recipe.model() + ": its latents do not go into a dense layer first, expected one that alone reads them");
}

Directions principal_directions(std::span<const float> weights, std::int64_t latent) {
  if (!std::ranges::all_of(weights, [](float value) { return std::isfinite(value); }))
    throw Error(ErrorCode::not_finite, "directions: the first layer's weights hold NaN or Inf");
  const auto n = static_cast<std::size_t>(latent);
  const Eigenvectors found = symmetric_eigen(products_of_rows(weights, n), n);
  Directions result;
  for (const double value : found.values) result.strengths.push_back(static_cast<float>(std::sqrt(std::max(value, 0.0))));
  result.vectors.assign(found.vectors.begin(), found.vectors.end());
  return result;
}

}  // namespace gouache
