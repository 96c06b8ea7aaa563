// What do the tests paint and train where a whole network is needed?  The sprites that ship, and a small training.
#pragma once

#include <fstream>

#include "tests/abi/borrowed.h"

namespace gouache::testing {

inline constexpr const char* kSprites = GOUACHE_SOURCE_DIR "/demo/models/sprites.safetensors";
inline constexpr std::size_t kImage = 32 * 32 * 4;  ///< values of one of them

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Ends the job.
inline std::vector<float> read_sprites(GouJob job, std::uint32_t count) {
  std::vector<float> images(count * kImage);
  const GouPixels to = pixels_into(images, GOU_PIXELS_FLOAT_RAW);
  EXPECT_OK(gouReadJob(job, &to));
  EXPECT_OK(gouDestroyJob(job, GOU_IF_IDLE));
  return images;
}

/// `count` images of seed 7, or of `latents`.
inline GouGenerate ticked_request(std::uint32_t count, const std::vector<float>& latents = {}) {
  auto request = of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.seed = 7;
  request.count = count;
  request.pace = GOU_PACE_TICKED;
  request.latents = latents.empty() ? nullptr : latents.data();
  return request;
}

inline std::vector<float> some_latents(GouModel model, std::uint32_t count) {
  auto shape = of_type<GouShape>(GOU_TYPE_SHAPE);
  EXPECT_OK(gouGetModelShape(model, &shape));
  std::vector<float> latents(count * shape.latent);
  for (std::size_t i = 0; i < latents.size(); ++i) latents[i] = static_cast<float>(i % 23) / 11.0f - 1.0f;
  return latents;
}

/// A DCGAN for 8x8 RGBA on six noisy images.
struct SmallTraining {
  explicit SmallTraining(GouPace pace) : pixels(6 * 8 * 8 * 4), train(of_type<GouTrain>(GOU_TYPE_TRAIN)) {
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 37 % 251);
    train.recipe = "{\"model\": \"dcgan\", \"size\": 8, \"channels\": 8, \"latent\": 4, \"image_channels\": 4}";
    train.pixels = pixels.data();
    train.bytes = pixels.size();
    train.count = 6;
    train.width = train.height = 8;
    train.channels = 4;
    train.batch = 2;
    train.seed = 3;
    train.pace = pace;
  }
  GouTraining create(GouContext context) {
    GouTraining made = nullptr;
    EXPECT_OK(gouCreateTraining(context, &train, &made));
    return made;
  }
  std::vector<std::uint8_t> pixels;
  GouTrain train;
};

/// Two images of a model of it.
inline GouGenerate small_request() {
  GouGenerate request = ticked_request(2);
  request.seed = 11;
  return request;
}

}  // namespace gouache::testing
