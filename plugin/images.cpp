// Which images does the plugin own for its host?
#include "plugin/images.h"

#include <algorithm>

#include "host/vulkan/result.h"
#include "plugin/checks.h"
#include "plugin/guard.h"
#include "plugin/objects.h"

using namespace gouache;

GouImage_T::GouImage_T(GouContext owner, const ImageDescription& description)
    : context(owner), image(*owner->device, description, "plugin image") {
  VkImageViewCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
  info.image = image.handle();
  info.viewType = description.layers > 1 ? VK_IMAGE_VIEW_TYPE_2D_ARRAY : VK_IMAGE_VIEW_TYPE_2D;
  info.format = description.format;
  info.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, description.mip_levels, 0, description.layers};
  view = make_owned<OwnedImageView>(*owner->device, &DeviceTable::vkCreateImageView, "vkCreateImageView", info);
  context->images.push_back(this);
}

GouImage_T::~GouImage_T() { std::erase(context->images, this); }

namespace gouache {

ImageUse::ImageUse(const GouContext_T& context, VkImage image) {
  for (GouImage own : context.images)
    if (own->image.handle() == image) image_ = own;
  if (image_) ++image_->uses;
}

}  // namespace gouache

GouResult gouCreateImage(GouContext context, const GouImageDescription* description, GouImage* image) {
  return guarded("gouCreateImage", context, [&] {
    required(context, "context");
    const GouImageDescription& wish = checked(description);
    required(image, "image");
    const std::uint32_t side = context->device->facts().limits.maxImageDimension2D;
    check_range(wish.width, 1, side, "GouImageDescription: width");
    check_range(wish.height, 1, side, "GouImageDescription: height");
    const std::uint32_t layers = wish.layers ? wish.layers : 1, full = full_mip_levels(wish.width, wish.height);
    check_range(layers, 1, context->device->facts().limits.maxImageArrayLayers, "GouImageDescription: layers");
    check_range(wish.mip_levels, 0, full, "GouImageDescription: mip_levels");
    *image = new GouImage_T(context, {wish.format, wish.width, wish.height, layers, wish.mip_levels ? wish.mip_levels : full});
  });
}

GouResult gouGetImage(GouImage image, GouImageTarget* target, VkImageView* view) {
  return guarded("gouGetImage", context_of(image), [&] {
    required(image, "image");
    GouImageTarget& to = checked(target);
    const ImageDescription& description = image->image.description();
    to = {};
    to.type = GOU_TYPE_IMAGE_TARGET;
    to.size = sizeof to;
    to.image = image->image.handle();
    to.format = description.format;
    to.width = description.width;
    to.height = description.height;
    to.layers = description.layers;
    to.mip_levels = description.mip_levels;
    to.before.queue_family = to.after.queue_family = VK_QUEUE_FAMILY_IGNORED;
    to.after.layout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
    if (view) *view = image->view.get();
  });
}

GouResult gouDestroyImage(GouImage image) {
  return guarded("gouDestroyImage", context_of(image), [&] {
    if (image && image->uses) throw Refusal(GOU_ERROR_BUSY, std::to_string(image->uses) + " jobs write this image; destroy them first");
    delete image;
  });
}
