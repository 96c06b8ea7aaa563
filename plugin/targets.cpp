// Where do a request's images go, if not to host memory?
#include "plugin/targets.h"

#include <algorithm>

#include "plugin/checks.h"
#include "plugin/images.h"
#include "plugin/objects.h"

namespace gouache {
namespace {

constexpr double kPassMicroseconds = 40, kBytesPerMicrosecond = 1000;  ///< what a pass costs on a software driver, roughly

TargetState state_of(const GouTargetState& given) {
  TargetState state;
  state.layout = given.layout;
  if (given.stages) state.stages = given.stages;
  if (given.stages || given.access) state.access = given.access;
  state.queue_family = given.queue_family;
  return state;
}

/// Between two writes of one request into the same image. It names the host's own uses at that end too, where they are on our queue: the
/// layout changes of the first and the last write are in other submissions where ticks are short, and Khronos' synchronization validation
/// (1.3.239) does not carry those over from one submission to the next.
TargetState written(const TargetState& host, VkAccessFlags access) {
  TargetState state{VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT,
                    VK_QUEUE_FAMILY_IGNORED};
  if (host.queue_family != VK_QUEUE_FAMILY_IGNORED) return state;
  state.stages |= host.stages;
  state.access |= access;
  return state;
}

TexelOptions options_of(std::uint32_t flags, const char* name) {
  check_range(flags, 0, GOU_TARGET_STRAIGHT_ALPHA | GOU_TARGET_LINEAR, name);
  return {(flags & GOU_TARGET_STRAIGHT_ALPHA) != 0, (flags & GOU_TARGET_LINEAR) != 0};
}

class ToImage final : public Destination {
 public:
  ToImage(GouContext_T& context, TargetWriters& writers, const PaintedImages& images, const GouImageTarget& to, std::int64_t count,
          const Resizing& size)
      : writer_(writers.image(*context.device, images, {to.format, to.width, to.height, to.layers, to.mip_levels},
                              options_of(to.flags, "GouImageTarget: flags"), size)),
        use_(context, to.image),
        image_(to.image),
        layer_(to.layer),
        columns_(to.columns),
        x_(to.x),
        y_(to.y),
        last_(count - 1),
        before_(state_of(to.before)),
        after_(state_of(to.after)) {
    for (std::int64_t number = 0; number <= last_; ++number) writer_->require(destination(number));
  }

  void record(VkCommandBuffer commands, std::int64_t image, std::int64_t number) const override {
    writer_->record(commands, image, destination(number));
  }
  double microseconds() const override {
    const ImageDescription& to = writer_->description();
    return kPassMicroseconds * (to.mip_levels + 1) + 4.0 * writer_->width() * writer_->height() / kBytesPerMicrosecond;
  }

 private:
  ImageDestination destination(std::int64_t number) const {
    const auto at = static_cast<std::uint32_t>(number);
    if (columns_ == 0) return {image_, layer_ + at, x_, y_, before_, after_};
    return {image_,
            layer_,
            x_ + at % columns_ * writer_->width(),
            y_ + at / columns_ * writer_->height(),
            number == 0 ? before_ : written(before_, 0),
            number == last_ ? after_ : written(after_, after_.access)};
  }

  std::shared_ptr<const ImageTarget> writer_;
  ImageUse use_;
  VkImage image_;
  std::uint32_t layer_, columns_, x_, y_;
  std::int64_t last_;
  TargetState before_, after_;
};

class ToBuffer final : public Destination {
 public:
  ToBuffer(GouContext_T& context, TargetWriters& writers, const PaintedImages& images, const GouBufferTarget& to, std::int64_t count,
           const Resizing& size)
      : writer_(writers.buffer(*context.device, images, to.format, options_of(to.flags, "GouBufferTarget: flags"), size)),
        to_{to.buffer, to.offset, to.bytes, state_of(to.before), state_of(to.after)} {
    for (std::int64_t number : {std::int64_t{0}, count - 1}) writer_->require(destination(number));
  }
  void record(VkCommandBuffer commands, std::int64_t image, std::int64_t number) const override {
    writer_->record(commands, image, destination(number));
  }
  double microseconds() const override { return kPassMicroseconds + static_cast<double>(writer_->bytes()) / kBytesPerMicrosecond; }

 private:
  BufferDestination destination(std::int64_t number) const {
    BufferDestination to = to_;
    to.offset += static_cast<VkDeviceSize>(number) * writer_->bytes();
    return to;
  }
  std::shared_ptr<const BufferTarget> writer_;
  BufferDestination to_;
};

bool same(const ImageDescription& a, const ImageDescription& b) {
  return a.format == b.format && a.width == b.width && a.height == b.height && a.layers == b.layers && a.mip_levels == b.mip_levels;
}

}  // namespace

template <class Target, class Make>
std::shared_ptr<const Target> TargetWriters::find(std::vector<Row<Target>>& rows, Row<Target> wanted, const Make& make) {
  for (const Row<Target>& row : rows)
    if (row.images == wanted.images && same(row.description, wanted.description) &&
        row.options.straight_alpha == wanted.options.straight_alpha && row.options.linear == wanted.options.linear &&
        row.size == wanted.size)
      return row.target;
  wanted.target = make();
  rows.push_back(std::move(wanted));
  return rows.back().target;
}

template <class Target>
std::shared_ptr<const Target> TargetWriters::note_cold(std::shared_ptr<const Target> made) {
  for (std::uint32_t pass = 0; pass < made->count(); ++pass)
    cold_.emplace_back([made, pass](VkCommandBuffer commands) { made->record_alone(commands, pass); });
  return made;
}

void TargetWriters::collect_warmup(std::uint64_t safe) {
  if (warmup_frame_ > safe) return;
  cold_.erase(cold_.begin(), cold_.begin() + static_cast<std::ptrdiff_t>(recorded_));
  warmed_ += static_cast<std::uint32_t>(recorded_);
  recorded_ = 0;
  warmup_frame_ = 0;
}

Warmup::Report TargetWriters::record_warmup(VkCommandBuffer commands, std::uint64_t frame, double microseconds, std::uint32_t most) {
  Warmup::Report report;
  while (warms_up() && (most == 0 || report.parts < most) &&
         (report.parts == 0 || report.microseconds + kPassMicroseconds <= microseconds)) {
    cold_[recorded_++](commands);
    ++report.parts;
    report.microseconds += kPassMicroseconds;
    warmup_frame_ = frame;
  }
  return report;
}

std::shared_ptr<const ImageTarget> TargetWriters::image(Device& device, const PaintedImages& images, const ImageDescription& description,
                                                        TexelOptions options, const Resizing& size) {
  return find<ImageTarget>(image_rows_, {images.buffer, description, options, size, nullptr},
                           [&] { return note_cold(std::make_shared<const ImageTarget>(device, images, description, options, size)); });
}

std::shared_ptr<const BufferTarget> TargetWriters::buffer(Device& device, const PaintedImages& images, VkFormat format,
                                                          TexelOptions options, const Resizing& size) {
  return find<BufferTarget>(buffer_rows_, {images.buffer, {format}, options, size, nullptr},
                            [&] { return note_cold(std::make_shared<const BufferTarget>(device, images, format, options, size)); });
}

std::unique_ptr<Destination> make_destination(GouContext_T& context, TargetWriters& writers, const PaintedImages& images,
                                              const void* target, std::int64_t count, const Resizing& size) {
  switch (type_of(target)) {
    case GOU_TYPE_IMAGE_TARGET:
      return std::make_unique<ToImage>(context, writers, images, checked(static_cast<const GouImageTarget*>(target)), count, size);
    case GOU_TYPE_BUFFER_TARGET:
      return std::make_unique<ToBuffer>(context, writers, images, checked(static_cast<const GouBufferTarget*>(target)), count, size);
    default:
      throw Refusal(GOU_ERROR_WRONG_STRUCT,
                    "GouGenerate: target is " + struct_name(type_of(target)) + ", expected a GouImageTarget, a GouBufferTarget or NULL");
  }
}

}  // namespace gouache
