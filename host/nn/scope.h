// Where do a model's parameters come from?  A scope names them; the set behind it creates each once and hands out its newest value.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/graph/graph.h"

namespace gouache {

/// How a variable begins. Random ones are keyed by the run's seed and the variable's name.
struct Init {
  enum class Kind { constant, normal, statistics } kind = Kind::constant;
  float value = 0.0f;      ///< constant: every element; normal: the mean
  float deviation = 0.0f;  ///< normal: the standard deviation
  static Init zeros() { return {}; }
  static Init ones() { return {Kind::constant, 1.0f, 0.0f}; }
  /// [2, C]: means 0, variances 1.
  static Init statistics() { return {Kind::statistics, 0.0f, 0.0f}; }
  static Init normal(float deviation, float mean = 0.0f) { return {Kind::normal, mean, deviation}; }
};

/// One parameter or running statistic, named "G/8/weight"; its module is the part before the first '/'.
struct ParameterSpec {
  std::string name;
  TensorType type;
  Init init;
  bool trained = true;  ///< false: running statistics
  std::string module() const { return name.substr(0, name.find('/')); }
};

enum class Mode {
  training,   ///< batch norm uses the batch's statistics
  inference,  ///< batch norm uses the running ones
};

/// The parameters of one graph. Layers ask for them by name; an optimizer replaces the current value.
class ParameterSet {
 public:
  /// Trained parameters are the graph variables `prefix` + name ("ema/" reads the averages).
  ParameterSet(Graph& graph, Mode mode, std::string prefix = "") : graph_(graph), mode_(mode), prefix_(std::move(prefix)) {}

  /// The newest value of `name`, created at the first call; throws Error when a later call has another shape.
  Tensor parameter(const std::string& name, Shape shape, Init init, bool trained = true);
  Tensor current(const std::string& name) const { return current_.at(name); }
  void replace(const std::string& name, Tensor value) { current_.at(name) = value; }

  /// Batch norm reports what a forward pass saw; whoever owns the module applies or drops it.
  void observe(const std::string& name, Tensor statistics, std::int64_t samples);
  struct Observation {
    std::string name;      ///< of the running statistics
    Tensor statistics;     ///< [2, C]: mean, biased variance
    std::int64_t samples;  ///< values behind each
  };
  /// Takes the observations of `module`; those of others stay.
  std::vector<Observation> take_observations(const std::string& module);
  /// Forgets the observations of `module` (a forward pass in a phase that does not own it).
  void drop_observations(const std::string& module) { take_observations(module); }

  Graph& graph() { return graph_; }
  Mode mode() const { return mode_; }
  const std::vector<ParameterSpec>& specs() const { return specs_; }

 private:
  Graph& graph_;
  Mode mode_;
  std::string prefix_;
  std::vector<ParameterSpec> specs_;
  std::map<std::string, Tensor> current_;
  std::vector<Observation> observations_;
};

/// A path into a ParameterSet: scope["G"][8] names "G/8/...".
class Scope {
 public:
  Scope(ParameterSet& set, std::string path) : set_(&set), path_(std::move(path)) {}
  Scope operator[](const std::string& name) const { return {*set_, path_.empty() ? name : path_ + "/" + name}; }
  Scope operator[](int number) const { return (*this)[std::to_string(number)]; }
  Tensor parameter(const std::string& name, Shape shape, Init init) const;
  ParameterSet& set() const { return *set_; }
  const std::string& path() const { return path_; }

 private:
  ParameterSet* set_;
  std::string path_;
};

}  // namespace gouache
