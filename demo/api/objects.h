// How do our own programs use gouache.h?  Handles that close themselves, and results that become exceptions.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "gouache/gouache.h"

namespace gouache::api {

/// A call of gouache.h that failed, with its message.
class Failure : public std::runtime_error {
 public:
  Failure(GouResult result, const char* message) : std::runtime_error(message), result_(result) {}
  GouResult result() const noexcept { return result_; }

 private:
  GouResult result_;
};

/// Throws Failure for an error; else whether it was GOU_SUCCESS (and not GOU_NOT_READY).
bool check(GouResult result);

/// An all-zero struct of the interface with its type and size.
template <class T>
T of_type(GouStructType type) {
  T made{};
  made.type = type;
  made.size = sizeof(T);
  return made;
}

/// The text of a function that takes (size, text) last: text([&](size_t* size, char* to) { return gouListModels(size, to); }).
template <class Ask>
std::string text(Ask&& ask) {
  std::size_t size = 0;
  check(ask(&size, nullptr));
  std::string answer(size, '\0');
  check(ask(&size, answer.data()));
  answer.resize(size - 1);  // without the closing 0
  return answer;
}

template <class Handle, auto destroy>
struct Destroyer {
  void operator()(std::remove_pointer_t<Handle>* handle) const {
    if constexpr (std::is_invocable_v<decltype(destroy), Handle>)
      destroy(handle);
    else
      destroy(handle, GOU_AFTER_WAITING);
  }
};
template <class Handle, auto destroy>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroyer<Handle, destroy>>;
using Context = Owned<GouContext, gouDestroyContext>;
using Model = Owned<GouModel, gouDestroyModel>;
using Image = Owned<GouImage, gouDestroyImage>;
using Job = Owned<GouJob, gouDestroyJob>;
using Training = Owned<GouTraining, gouDestroyTraining>;

Model load_model(GouContext context, const std::string& path, std::uint32_t batch);
GouShape shape(GouModel model);
GouShape shape(GouTraining training);
/// Of the images that a request to the model gets: of the size it asks for, or of the model's.
GouShape shape(GouModel model, const GouGenerate& request);

/// Paints a request; premultiplied bytes [count, height, width, channels].
std::vector<std::uint8_t> generate(GouModel model, const GouGenerate& request);
std::vector<std::uint8_t> sample(GouTraining training, std::uint64_t seed, std::uint32_t count);

}  // namespace gouache::api
