// Which triangles are a cube, a sphere and a floor?
#pragma once

#include <cstdint>
#include <vector>

#include "demo/studio/orientation.h"

namespace gouache::studio {

struct MeshVertex {
  Vector position, normal;          ///< the normal of length 1
  std::array<float, 2> coordinate;  ///< of the texture: (0, 0) its upper left, (1, 1) its lower right
};

struct Mesh {
  std::vector<MeshVertex> vertices;
  std::vector<std::uint16_t> indices;  ///< three a triangle, counterclockwise as seen from outside
};

/// From -1 to 1 along each axis; every face shows the texture once, upright on its sides.
Mesh cube();
/// Of radius 1, in so many rings from pole to pole and sectors around (3 or more each). The texture goes twice around it, so that it is
/// nearly as wide as high at the equator.
Mesh sphere(std::uint32_t rings, std::uint32_t sectors);
/// The plane y = 0, from -half to half; each unit shows the texture once.
Mesh plane(float half);

}  // namespace gouache::studio
