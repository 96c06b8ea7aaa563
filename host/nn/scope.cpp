// Where do a model's parameters come from?
#include "host/nn/scope.h"

#include <algorithm>

namespace gouache {

Tensor ParameterSet::parameter(const std::string& name, Shape shape, Init init, bool trained) {
  const TensorType type{std::move(shape), DType::f32};
  if (const auto known = current_.find(name); known != current_.end()) {
    if (known->second.type() != type)
      throw Error("parameter '" + name + "' is " + to_text(known->second.shape()) + ", another layer asks for " + to_text(type.shape));
    return known->second;
  }
  specs_.push_back({name, type, init, trained});
  return current_[name] = graph_.variable(trained ? prefix_ + name : name, type);
}

void ParameterSet::observe(const std::string& name, Tensor statistics, std::int64_t samples) {
  observations_.push_back({name, statistics, samples});
}

std::vector<ParameterSet::Observation> ParameterSet::take_observations(const std::string& module) {
  std::vector<Observation> taken;
  const auto owned = [&](const Observation& o) { return o.name.compare(0, module.size() + 1, module + "/") == 0; };
  std::copy_if(observations_.begin(), observations_.end(), std::back_inserter(taken), owned);
  observations_.erase(std::remove_if(observations_.begin(), observations_.end(), owned), observations_.end());
  return taken;
}

Tensor Scope::parameter(const std::string& name, Shape shape, Init init) const {
  set_->graph().set_label(path_);
  return set_->parameter(path_ + "/" + name, std::move(shape), init);
}

}  // namespace gouache
