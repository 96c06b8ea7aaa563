// What does the GPU spend its time on, operation by operation?
#include "demo/studio/dispatch_profile.h"

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

namespace gouache::studio {
namespace {

std::string shape_text(const nlohmann::ordered_json& sizes) {
  std::string text;
  for (const auto& size : sizes) text += (text.empty() ? "" : " x ") + size.dump();
  return text;
}

Dispatch dispatch_of(const nlohmann::ordered_json& json) {
  Dispatch made{json.value("label", ""), {}, json.value("row", ""), -1};
  if (const auto output = json.find("output"); output != json.end()) made.shape = shape_text(*output);
  if (const auto time = json.find("microseconds"); time != json.end() && time->is_number()) made.microseconds = time->get<double>();
  if (const int passes = json.value("passes", 1); passes > 1)
    made.label += " (" + std::to_string(json.value("pass", 0) + 1) + " of " + std::to_string(passes) + ")";
  return made;
}

}  // namespace

DispatchProfile profile_of(const nlohmann::ordered_json& about) {
  DispatchProfile profile;
  std::map<std::string, OperationTime> by_op;
  const auto all = about.find("dispatches");
  if (all == about.end() || !all->is_array()) return profile;
  for (const auto& one : *all) {
    if (one.value("setup", false)) continue;
    Dispatch dispatch = dispatch_of(one);
    OperationTime& operation = by_op[one.value("op", "?")];
    ++profile.dispatches;
    if (dispatch.microseconds >= 0) {
      ++profile.measured;
      operation.microseconds += dispatch.microseconds;
      profile.microseconds += dispatch.microseconds;
    }
    operation.dispatches.push_back(std::move(dispatch));
  }
  for (auto& [op, operation] : by_op) {
    operation.op = op;
    operation.share = profile.microseconds > 0 ? operation.microseconds / profile.microseconds : 0;
    std::ranges::stable_sort(operation.dispatches, std::ranges::greater(), &Dispatch::microseconds);
    profile.operations.push_back(std::move(operation));
  }
  std::ranges::stable_sort(profile.operations, std::ranges::greater(), &OperationTime::microseconds);
  return profile;
}

}  // namespace gouache::studio
