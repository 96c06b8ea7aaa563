// Which triangles are a cube, a sphere and a floor?
#include "demo/studio/mesh.h"

#include <cmath>
#include <numbers>

namespace gouache::studio {
namespace {

struct Face {
  Vector normal, right, up;  ///< right x up = normal
};
constexpr Face kFaces[] = {
    {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}},  {{1, 0, 0}, {0, 0, -1}, {0, 1, 0}}, {{0, 0, -1}, {-1, 0, 0}, {0, 1, 0}},
    {{-1, 0, 0}, {0, 0, 1}, {0, 1, 0}}, {{0, 1, 0}, {1, 0, 0}, {0, 0, -1}}, {{0, -1, 0}, {1, 0, 0}, {0, 0, 1}},
};
/// Of a face: right, up.
constexpr float kCorners[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};

/// Two triangles of four corners in counterclockwise order.
void add_quad(Mesh& mesh, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  for (const std::uint32_t i : {a, b, c, a, c, d}) mesh.indices.push_back(static_cast<std::uint16_t>(i));
}

}  // namespace

Mesh cube() {
  Mesh made;
  for (const Face& face : kFaces) {
    const auto first = static_cast<std::uint32_t>(made.vertices.size());
    for (const auto& [right, up] : kCorners) {
      MeshVertex vertex{.position = {}, .normal = face.normal, .coordinate = {0.5f + right / 2, 0.5f - up / 2}};
      for (std::size_t i = 0; i < 3; ++i) vertex.position[i] = face.normal[i] + face.right[i] * right + face.up[i] * up;
      made.vertices.push_back(vertex);
    }
    add_quad(made, first, first + 1, first + 2, first + 3);
  }
  return made;
}

Mesh sphere(std::uint32_t rings, std::uint32_t sectors) {
  constexpr float kPi = std::numbers::pi_v<float>;
  Mesh made;
  for (std::uint32_t ring = 0; ring <= rings; ++ring)
    for (std::uint32_t sector = 0; sector <= sectors; ++sector) {
      const float down = static_cast<float>(ring) / static_cast<float>(rings);
      const float around = static_cast<float>(sector) / static_cast<float>(sectors);
      const float r = std::sin(down * kPi);
      const Vector at{r * std::sin(around * 2 * kPi), std::cos(down * kPi), r * std::cos(around * 2 * kPi)};
      made.vertices.push_back({.position = at, .normal = at, .coordinate = {2 * around, down}});
    }
  const std::uint32_t row = sectors + 1;
  for (std::uint32_t ring = 0; ring < rings; ++ring)
    for (std::uint32_t sector = 0; sector < sectors; ++sector) {
      const std::uint32_t upper = ring * row + sector, lower = upper + row;
      add_quad(made, lower, lower + 1, upper + 1, upper);
    }
  return made;
}

Mesh plane(float half) {
  Mesh made;
  for (const auto& [right, up] : kCorners)
    made.vertices.push_back({.position = {half * right, 0, -half * up}, .normal = {0, 1, 0}, .coordinate = {half * right, -half * up}});
  add_quad(made, 0, 1, 2, 3);
  return made;
}

}  // namespace gouache::studio
