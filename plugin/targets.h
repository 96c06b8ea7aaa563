// Where do a request's images go, if not to host memory?  A GouImageTarget or GouBufferTarget, checked and ready to be written.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gouache/gouache.h"
#include "host/runtime/generator.h"
#include "host/runtime/target.h"
#include "host/runtime/warmup.h"

namespace gouache {

/// Writes painted images one by one into what a request named.
class Destination {
 public:
  virtual ~Destination() = default;
  /// Records image `image` of the batch at hand, which is number `number` of the request. Allocates nothing.
  virtual void record(VkCommandBuffer commands, std::int64_t image, std::int64_t number) const = 0;
  /// Expected GPU time of one image.
  virtual double microseconds() const = 0;
};

/// What a model keeps between requests to write its images with: passes and buffers by format and size. What it has made is cold until its
/// passes have run once, as a warm-up; requests may come first.
class TargetWriters {
 public:
  std::shared_ptr<const ImageTarget> image(Device& device, const PaintedImages& images, const ImageDescription& description,
                                           TexelOptions options, const Resizing& size);
  std::shared_ptr<const BufferTarget> buffer(Device& device, const PaintedImages& images, VkFormat format, TexelOptions options,
                                             const Resizing& size);

  /// Cold passes that no frame has recorded yet. They live as long as the model.
  std::span<const WarmupPass> cold() const { return std::span(cold_).subspan(recorded_); }
  /// Those that cold() gave have run.
  void warmed() { cold_.erase(cold_.begin() + static_cast<std::ptrdiff_t>(recorded_), cold_.end()); }

  /// The same in frames of the host: asked for, passes that are over, and all of them.
  void ask_for_warmup() { asked_ = true; }
  void cancel_warmup() { asked_ = false; }
  std::uint32_t warmed_count() const { return warmed_; }
  std::uint32_t warming_count() const { return warmed_ + static_cast<std::uint32_t>(cold_.size()); }
  bool is_warm() const { return cold_.empty(); }
  /// The newest frame that is at work on it; 0: none that is not known to be safe.
  std::uint64_t warmup_frame() const { return warmup_frame_; }
  void collect_warmup(std::uint64_t safe);
  bool warms_up() const { return asked_ && recorded_ < cold_.size(); }
  /// Records cold passes where it was asked to, until about `microseconds`; `most`: so many, 0: no limit. Allocates nothing.
  Warmup::Report record_warmup(VkCommandBuffer commands, std::uint64_t frame, double microseconds, std::uint32_t most);

 private:
  template <class Target>
  struct Row {
    VkBuffer images = VK_NULL_HANDLE;
    ImageDescription description;
    TexelOptions options;
    Resizing size;
    std::shared_ptr<const Target> target;
  };
  template <class Target, class Make>
  static std::shared_ptr<const Target> find(std::vector<Row<Target>>& rows, Row<Target> wanted, const Make& make);
  template <class Target>
  std::shared_ptr<const Target> note_cold(std::shared_ptr<const Target> made);
  std::vector<Row<ImageTarget>> image_rows_;
  std::vector<Row<BufferTarget>> buffer_rows_;
  std::vector<WarmupPass> cold_;  ///< the first recorded_ of them are in frames
  bool asked_ = false;
  std::size_t recorded_ = 0;
  std::uint32_t warmed_ = 0;
  std::uint64_t warmup_frame_ = 0;
};

/// The destination of `count` images that lie in `images` batch by batch and are written in `size`. `target` begins with a GouImageTarget's
/// or GouBufferTarget's type. Refuses what does not fit, naming it, before anything is recorded.
std::unique_ptr<Destination> make_destination(GouContext_T& context, TargetWriters& writers, const PaintedImages& images,
                                              const void* target, std::int64_t count, const Resizing& size);

}  // namespace gouache
