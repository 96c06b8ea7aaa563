// How do pictures that the library paints in a few milliseconds a frame come to be shown, without a flicker?
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "demo/studio/open_model.h"
#include "demo/studio/texture.h"

namespace gouache::studio {

/// What to paint: `count` pictures, in an atlas of `columns` columns.
struct PaintingWish {
  std::vector<float> latents;         ///< [count, latent]; empty: from `seed`
  std::vector<std::uint32_t> labels;  ///< [count] for a model with classes, or empty: each class in turn
  std::uint64_t seed = 0;
  std::uint32_t count = 1, columns = 1;
  std::uint32_t width = 0, height = 0;  ///< of each picture; 0: the model's
  bool nearest = false;                 ///< how another size is made
  bool mips = false;                    ///< all mip levels; for a single picture only
  bool light = false;                   ///< for Texture::light_view(): samplers give linear light multiplied by alpha
};

/// One atlas, painted anew as often as asked. Two images take turns: what is shown is always whole. UI thread.
class Painting {
 public:
  explicit Painting(Renderer& renderer) : renderer_(renderer) {}
  ~Painting();
  Painting(const Painting&) = delete;
  Painting& operator=(const Painting&) = delete;

  /// Asks for pictures; they replace a wish that has not begun. Never waits.
  void paint(std::shared_ptr<OpenModel> model, PaintingWish wish);
  /// With a live model of a training, which must live until this painting is gone or cleared.
  void paint(GouModel model, PaintingWish wish);
  /// Once a frame. Throws api::Failure where painting failed.
  void update();
  /// Ends everything, waiting for the GPU if it is at work on it; nothing is shown any more.
  void clear();

  bool busy() const { return job_ || next_; }
  std::uint64_t painted() const { return painted_; }  ///< how many wishes were fulfilled
  const Texture* shown() const { return shown_ ? shown_->texture.get() : nullptr; }
  const PaintingWish& wish() const { return shown_->wish; }  ///< of what is shown
  /// Where picture `index` of what is shown lies, as texture coordinates (left, top), (right, bottom).
  struct Cell {
    ImVec2 from, to;
  };
  Cell cell(std::uint32_t index) const;

 private:
  struct Sheet {
    std::unique_ptr<Texture> texture;
    PaintingWish wish;
  };
  struct Next {
    std::shared_ptr<OpenModel> keeper;  ///< null for a live model
    GouModel model;
    PaintingWish wish;
  };
  void begin();
  void poll();

  Renderer& renderer_;
  std::optional<Next> next_;
  std::shared_ptr<OpenModel> at_work_;
  api::Job job_;
  std::optional<Sheet> shown_, coming_, spare_;
  std::uint64_t painted_ = 0;
};

}  // namespace gouache::studio
