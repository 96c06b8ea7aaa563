// How do specimens come to be pictures on a page?
#pragma once

#include <imgui.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "demo/studio/latents.h"
#include "demo/studio/painting.h"

namespace gouache::studio {

/// Specimens in an atlas that is painted anew when they, or the model, change. UI thread.
class SpecimenSheet {
 public:
  explicit SpecimenSheet(Renderer& renderer) : painting_(renderer) {}

  /// What it is to show from now on; the same as before is not painted again. The pictures before stay until the new ones are painted.
  void show(const std::shared_ptr<OpenModel>& model, std::vector<Specimen> specimens, std::uint32_t columns);
  /// Once a frame.
  void update() { painting_.update(); }

  const std::vector<Specimen>& specimens() const { return specimens_; }
  bool busy() const { return painting_.busy(); }
  std::uint64_t painted() const { return painting_.painted(); }
  /// Where in the atlas the specimen at `index` is: there, or where its equal was painted before; none before it is painted.
  std::optional<std::uint32_t> place(std::uint32_t index) const;
  /// Draws what the atlas has at `place` into a rectangle, if anything; `smooth`: bilinear, else hard pixels.
  void draw(ImDrawList& list, std::uint32_t place, ImVec2 from, ImVec2 to, bool smooth) const;

 private:
  Painting painting_;
  std::shared_ptr<OpenModel> model_;
  std::vector<Specimen> specimens_;
};

}  // namespace gouache::studio
