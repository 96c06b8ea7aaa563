// How are images varied before the discriminator sees them?
#include "host/nn/augment.h"

#include <cmath>

#include "host/ops/ops.h"

namespace gouache {
namespace {

/// One uniform number an image, in [least, most).
struct Uniform {
  Tensor drawn;  ///< [N, k]
  Tensor operator()(std::int64_t column, float least, float most) const {
    const std::int64_t images = drawn.shape()[0];
    return reshape(slice(drawn, {0, column}, {images, 1}), {images, 1, 1, 1}) * (most - least) + least;
  }
};

Tensor vary_colour(Tensor x, const Uniform& uniform, float strength) {
  const std::int64_t channels = x.shape()[3], colours = channels == 4 ? 3 : channels == 2 ? 1 : channels;
  std::vector<float> mask(static_cast<std::size_t>(channels), 0.0f);
  std::fill_n(mask.begin(), colours, 1.0f);
  const Tensor colour = x.graph->constant({channels}, mask);
  const auto n = static_cast<float>(colours);
  x = x + uniform(0, -0.5f * strength, 0.5f * strength) * colour;
  if (colours > 1) {
    const Tensor grey = sum(x * colour, {3}) / n;
    x = x + (x - grey) * (uniform(1, -strength, strength) * colour);
  }
  const Tensor middle = sum(mean(x * colour, {1, 2}), {3}) / n;
  return x + (x - middle) * (uniform(2, -0.5f * strength, 0.5f * strength) * colour);
}

/// An offset in whole pixels, each of [-most, most] as likely.
Tensor shift(Tensor x, const Uniform& uniform, float part) {
  const auto most = [&](int axis) {
    return std::floor(part * static_cast<float>(x.shape()[static_cast<std::size_t>(axis)]) + 0.5f) + 0.5f;
  };
  const Tensor down = uniform(3, -most(1), most(1)), right = uniform(4, -most(2), most(2));
  const std::int64_t images = x.shape()[0];
  return translate(x, concat({reshape(down, {images, 1}), reshape(right, {images, 1})}, 1));
}

/// 1 along `axis` where the pixel lies within `part` of the side around a random centre, else 0.
Tensor covered(Tensor x, const Uniform& uniform, std::int64_t column, std::size_t axis, float part) {
  const std::int64_t side = x.shape()[axis];
  std::vector<float> place(static_cast<std::size_t>(side));
  for (std::size_t i = 0; i < place.size(); ++i) place[i] = static_cast<float>(i) + 0.5f;
  Shape shape(4, 1);
  shape[axis] = side;
  const Tensor distance = abs(x.graph->constant(shape, place) - uniform(column, 0, static_cast<float>(side)));
  return greater(x.graph->scalar(0.5f * part * static_cast<float>(side)), distance);
}

}  // namespace

Tensor augment(Training& training, Tensor images, const Augmentation& a) {
  if (a.colour > 0 || a.translation > 0 || a.cutout > 0) {
    const Uniform uniform{training.draw(Distribution::uniform, {7})};
    if (a.colour > 0) images = vary_colour(images, uniform, a.colour);
    if (a.translation > 0) images = shift(images, uniform, a.translation);
    if (a.cutout > 0) {
      const Tensor rows = covered(images, uniform, 5, 1, a.cutout);
      images = images * (-(rows * covered(images, uniform, 6, 2, a.cutout)) + 1.0f);
    }
  }
  if (a.instance_noise > 0) {
    const Shape& shape = images.shape();
    images = images + training.draw(Distribution::normal, {shape.begin() + 1, shape.end()}) * a.instance_noise;
  }
  return images;
}

}  // namespace gouache
