// How do painted pixels come to the host without anybody waiting for them?
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "demo/studio/painting.h"

namespace gouache::studio {

/// Paints a wish into host memory, in ticks. UI thread.
class Readback {
 public:
  Readback() = default;
  ~Readback();
  Readback(const Readback&) = delete;
  Readback& operator=(const Readback&) = delete;

  /// Asks for the pixels of the model's size; they replace a wish that has not begun.
  void ask(std::shared_ptr<OpenModel> model, PaintingWish wish);
  /// Once a frame; whether new pixels have come. Throws api::Failure where painting failed.
  bool update();
  bool busy() const { return job_ || next_; }
  /// Of picture `index` of the newest wish that was fulfilled: premultiplied bytes [height, width, 4].
  std::span<const std::uint8_t> picture(std::uint32_t index) const;
  std::uint32_t count() const { return count_; }
  std::uint32_t width() const { return shape_.width; }
  std::uint32_t height() const { return shape_.height; }

 private:
  struct Next {
    std::shared_ptr<OpenModel> model;
    PaintingWish wish;
  };
  bool poll();
  void begin();

  std::optional<Next> next_;
  std::shared_ptr<OpenModel> at_work_;  ///< outlives its job
  api::Job job_;
  std::uint32_t coming_ = 0, count_ = 0;
  GouShape shape_{};
  std::vector<std::uint8_t> pixels_;
};

}  // namespace gouache::studio
