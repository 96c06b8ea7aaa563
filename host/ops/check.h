// How does a shape rule say what does not fit?  "conv2d: weights expect 64 input channels, the image has 3 (x [..], w [..])".
#pragma once

#include <string>

#include "host/graph/graph.h"

namespace gouache {

inline std::string describe(const TensorType& type) {
  return (type.dtype == DType::f32 ? "" : std::string(name_of(type.dtype)) + " ") + to_text(type.shape);
}

/// "([2,3], u32 [4])": the node's inputs.
inline std::string describe_inputs(const Node& node) {
  std::string text = "(";
  for (std::size_t i = 0; i < node.inputs.size(); i++) text.append(i ? ", " : "").append(describe(node.inputs[i].type()));
  return text + ")";
}

[[noreturn]] inline void refuse(const Node& node, const std::string& what) {
  throw Error(std::string(node.op->name) + ": " + what + " " + describe_inputs(node));
}

inline void expect_inputs(const Node& node, std::size_t count) {
  if (node.inputs.size() != count) refuse(node, "takes " + std::to_string(count) + " inputs, got " + std::to_string(node.inputs.size()));
}

inline void expect_type(const Node& node, std::size_t input, DType type) {
  if (node.inputs[input].type().dtype != type) refuse(node, "input " + std::to_string(input) + " must be " + name_of(type));
}

/// `count` inputs, all f32.
inline void expect_f32(const Node& node, std::size_t count) {
  expect_inputs(node, count);
  for (std::size_t i = 0; i < count; i++) expect_type(node, i, DType::f32);
}

}  // namespace gouache
