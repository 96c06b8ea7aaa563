// What would a device make of a plan?
#include "tests/plan/interpreter.h"

#include <cmath>

#include "host/ops/ops.h"

namespace gouache::test {
namespace {

/// One double per byte address; an element lies at the address of its first byte.
class Memory {
  /// Where a block holds a tensor's values, each at its first byte. Checked once, not value by value: that took a minute under sanitizers.
  struct Places {
    Places(std::vector<double>& bytes, const Region& region, const TensorType& type)
        : count(static_cast<std::size_t>(type.count())), step(static_cast<std::size_t>(size_of(type.dtype))) {
      const auto offset = static_cast<std::size_t>(region.offset);
      if (count) bytes.at(offset + (count - 1) * step);
      first = bytes.data() + offset;
    }
    std::size_t count, step;
    double* first;
  };

 public:
  Array read(const Region& region, const TensorType& type) {
    const Places places(block(region), region, type);
    Array array{type, {}};
    array.values.resize(places.count);
    for (std::size_t i = 0; i < places.count; ++i) array.values[i] = places.first[i * places.step];
    return array;
  }
  void write(const Region& region, const Array& array) {
    const Places places(block(region), region, array.type);
    if (array.values.size() != places.count) throw Error("a result has another count of values than its shape");
    for (std::size_t i = 0; i < places.count; ++i) places.first[i * places.step] = array.values[i];
  }
  void write_band(const Region& region, const Array& array, const Band& band) {
    std::vector<double>& bytes = block(region);
    for (std::int64_t i = 0, count = array.type.count(); i < count; ++i) {
      const std::int64_t place = i / band.width * band.pitch + band.first + i % band.width;
      bytes.at(static_cast<std::size_t>(region.offset + place * 4)) = array.values.at(static_cast<std::size_t>(i));
    }
  }

 private:
  std::vector<double>& block(const Region& region) {
    auto& bytes = blocks_[{region.storage, region.block}];
    if (static_cast<std::int64_t>(bytes.size()) < region.offset + region.bytes)
      bytes.resize(static_cast<std::size_t>(region.offset + region.bytes), 0.0);
    return bytes;
  }
  std::map<std::pair<Storage, std::int32_t>, std::vector<double>> blocks_;
};

Tensor run_program(Graph& g, const Launch& launch, std::vector<Tensor> leaves, const Shape& iterated) {
  const Program& p = launch.program;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (p.inputs[i] == InputMode::full) leaves[i] = reshape(leaves[i], iterated);
    if (p.inputs[i] == InputMode::channel) leaves[i] = reshape(leaves[i], {iterated.back()});
    if (p.inputs[i] == InputMode::scalar) leaves[i] = reshape(leaves[i], {});
  }
  std::vector<Tensor> results;
  const auto operand = [&](int index) {
    if (index >= PROGRAM_OPERAND_RESULT) return results.at(static_cast<std::size_t>(index - PROGRAM_OPERAND_RESULT));
    if (index >= PROGRAM_OPERAND_SCALAR) return g.scalar(p.scalars.at(static_cast<std::size_t>(index - PROGRAM_OPERAND_SCALAR)));
    return leaves.at(static_cast<std::size_t>(index));
  };
  for (const Instruction& instruction : p.code) {
    const int operands[3] = {instruction.a, instruction.b, instruction.c};
    for (int arity = 1;; ++arity) {  // the function's arity is the one that the op accepts
      std::vector<Tensor> inputs;
      for (int i = 0; i < arity; ++i) inputs.push_back(operand(operands[i]));
      try {
        results.push_back(g.add(op("elementwise"), inputs, ElementwiseAttributes{instruction.function}));
        break;
      } catch (const Error&) {
        if (arity == 3) throw;
      }
    }
  }
  return results.empty() ? leaves.at(0) : results.back();
}

std::vector<Tensor> run_optimizer(const Launch& launch, const std::vector<Tensor>& in) {
  OptimizerAttributes attributes = std::get<OptimizerAttributes>(launch.attributes);
  attributes.parameters = 1;
  const std::int64_t size = in[2].type().count(), runs = in[1].type().count() / size;
  std::vector<Tensor> inputs{in[0], slice(in[1], {0}, {size}), in[2]};
  for (std::int64_t r = 1; r < runs; ++r) inputs.push_back(slice(in[1], {r * size}, {size}));
  return {concat(optimizer(inputs, attributes), 0)};
}

std::vector<Array> run_step(const Launch& launch, const std::vector<Array>& inputs) {
  Graph g;
  std::map<std::string, Array> feeds;
  std::vector<Tensor> in;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    feeds[std::to_string(i)] = inputs[i];
    in.push_back(g.input(std::to_string(i), inputs[i].type));
  }
  std::vector<Tensor> out;
  if (launch.op == "elementwise") {
    out = {run_program(g, launch, in, launch.outputs[0].shape)};
    if (out[0].type().count() != launch.outputs[0].count()) out[0] = broadcast(out[0], launch.outputs[0].shape);  // no input is whole
  } else if (launch.op == "copy") {
    out = in;
  } else if (launch.op == "optimizer") {
    out = run_optimizer(launch, in);
  } else {
    const bool prologue = launch.op == "reduce" || launch.op == "batch_norm_gradient";
    const std::size_t aux = launch.program.inputs.empty() ? 0 : launch.program.inputs.size() - 1;
    std::vector<Tensor> own(in.begin(), in.end() - static_cast<std::ptrdiff_t>(aux)),
        leaves(in.end() - static_cast<std::ptrdiff_t>(aux), in.end());
    if (prologue && !launch.program.empty()) {
      leaves.insert(leaves.begin(), own[0]);
      own[0] = run_program(g, launch, leaves, own[0].shape());
    }
    if (launch.op == "conv2d_transpose") {
      const Shape& w = own[1].shape();
      own[1] = launch.natural_weights ? reshape(own[1], {w[0], w[1], w[3], w[2]}) : permute(own[1], {0, 1, 3, 2});
    }
    const bool composite = std::holds_alternative<CompositeAttributes>(launch.attributes);
    const Tensor first = g.add(op(composite ? "composite" : launch.op), own, launch.attributes);
    for (std::size_t o = 0; o < launch.outputs.size(); ++o) out.push_back({first.graph, first.node, static_cast<std::int32_t>(o)});
    if (!prologue && !launch.program.empty()) {
      leaves.insert(leaves.begin(), out[0]);
      out[0] = run_program(g, launch, leaves, launch.outputs[0].shape);
    }
  }
  std::vector<Array> arrays = evaluate(g, feeds, out);
  for (std::size_t o = 0; o < arrays.size(); ++o) {
    if (arrays[o].type.count() != launch.outputs[o].count())
      throw Error("interpreter: " + to_text(launch) + " gave " + to_text(arrays[o].type.shape));
    arrays[o].type = launch.outputs[o];
  }
  return arrays;
}

}  // namespace

std::map<std::string, Array> interpret(const Plan& plan, const StateLayout& state, const std::map<std::string, Array>& feeds) {
  Memory memory;
  const auto region = [&](std::int32_t index) -> const Region& { return plan.regions.at(static_cast<std::size_t>(index)); };
  const auto slot_region = [](const StateSlot& slot) { return Region{Storage::state, slot.block, slot.offset, slot.type.bytes()}; };
  for (const auto& [name, slot] : state.slots)
    if (feeds.count(name)) memory.write(slot_region(slot), feeds.at(name));
  for (const NamedTensor& input : plan.inputs) memory.write(region(input.region), feeds.at(input.name));
  Array constants{{{static_cast<std::int64_t>(plan.constants.size())}, DType::f32}, {plan.constants.begin(), plan.constants.end()}};
  memory.write({Storage::constant, 0, 0, constants.type.bytes()}, constants);
  std::map<std::int32_t, Array> prepared;  // weights as they were when they were made ready
  for (const Step& step : plan.steps) {
    if (step.launch.op == "prepare") {
      const std::size_t first = step.inputs.size() > 1 ? 1 : 0;  // two at once: what both read and write comes before
      for (std::size_t i = first; i < step.inputs.size(); ++i)
        prepared[step.outputs[i]] = memory.read(region(step.inputs[i]), step.launch.inputs[i]);
      continue;
    }
    std::vector<Array> inputs;
    for (std::size_t i = 0; i < step.launch.inputs.size(); ++i)
      inputs.push_back(memory.read(region(step.inputs[i]), step.launch.inputs[i]));
    if (step.inputs.size() > inputs.size()) inputs[1] = prepared.at(step.inputs.back());
    const std::vector<Array> outputs = run_step(step.launch, inputs);
    for (std::size_t o = 0; o < outputs.size(); ++o)
      if (o == 0 && step.launch.band.width > 0)
        memory.write_band(region(step.outputs[o]), outputs[o], step.launch.band);
      else
        memory.write(region(step.outputs[o]), outputs[o]);
  }
  std::map<std::string, Array> results;
  for (const auto& [name, slot] : state.slots) results[name] = memory.read(slot_region(slot), slot.type);
  for (const NamedTensor& output : plan.outputs) results[output.name] = memory.read(region(output.region), output.type);
  return results;
}

}  // namespace gouache::test
