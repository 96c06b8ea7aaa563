// Are the studio's meshes closed, turned outwards and textured as they say?
#include "demo/studio/mesh.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numbers>
#include <utility>

using namespace gouache::studio;

namespace {

Vector difference(const Vector& a, const Vector& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
Vector cross(const Vector& a, const Vector& b) { return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]}; }
float dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

/// Six times the volume within, as a sum over triangles; each must be seen counterclockwise from the side of its normals.
float check(const Mesh& mesh) {
  float volume = 0;
  for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
    const MeshVertex &a = mesh.vertices[mesh.indices[i]], &b = mesh.vertices[mesh.indices[i + 1]], &c = mesh.vertices[mesh.indices[i + 2]];
    const Vector out = cross(difference(b.position, a.position), difference(c.position, a.position));
    if (dot(out, out) > 1e-12f) {  // at the poles of a sphere triangles have no area
      for (const MeshVertex* one : {&a, &b, &c}) EXPECT_GT(dot(out, one->normal), 0) << "triangle " << i / 3;
    }
    volume += dot(a.position, cross(b.position, c.position));
  }
  for (const MeshVertex& one : mesh.vertices) EXPECT_NEAR(dot(one.normal, one.normal), 1, 1e-5f);
  return volume;
}

TEST(Mesh, ACubeIsClosedAndShowsTheTextureOnceOnEachFace) {
  const Mesh mesh = cube();
  EXPECT_NEAR(check(mesh), 6 * 8, 1e-4f);
  ASSERT_EQ(mesh.vertices.size(), 24u);
  for (std::size_t face = 0; face < 6; ++face) {
    float area = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto &a = mesh.vertices[face * 4 + i], &b = mesh.vertices[face * 4 + (i + 1) % 4];
      area += a.coordinate[0] * b.coordinate[1] - a.coordinate[1] * b.coordinate[0];
      if (a.normal[1] == 0) {  // on the sides the texture is upright
        EXPECT_EQ(a.coordinate[1], a.position[1] > 0 ? 0 : 1);
      }
    }
    EXPECT_NEAR(area, -2, 1e-6f) << "face " << face << ": the texture must not be mirrored";
  }
}

TEST(Mesh, ASphereIsRoundAndClosed) {
  const Mesh mesh = sphere(48, 96);
  EXPECT_NEAR(check(mesh), 6 * 4.0f / 3 * std::numbers::pi_v<float>, 0.1f);
  for (const MeshVertex& one : mesh.vertices) EXPECT_NEAR(dot(one.position, one.position), 1, 1e-5f);
  EXPECT_LE(mesh.vertices.size(), 65536u);
  EXPECT_LT(*std::ranges::max_element(mesh.indices), mesh.vertices.size());
  // The seam at the back: the same place with the texture gone around twice.
  EXPECT_NEAR(mesh.vertices[97 * 24].coordinate[0], 0, 1e-6f);
  EXPECT_NEAR(mesh.vertices[97 * 24 + 96].coordinate[0], 2, 1e-6f);
}

TEST(Mesh, APlaneRepeatsTheTextureEveryUnit) {
  const Mesh mesh = plane(5);
  check(mesh);
  for (const MeshVertex& one : mesh.vertices) {
    EXPECT_EQ(one.coordinate[0], one.position[0]);
    EXPECT_EQ(one.coordinate[1], one.position[2]);
  }
}

TEST(Turn, TurnsAsTheRightHandSays) {
  const float quarter = std::numbers::pi_v<float> / 2;
  const auto near = [](const Vector& a, const Vector& b) {
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(a[i], b[i], 1e-6f);
  };
  near(Turn::about({0, 1, 0}, quarter)({0, 0, 1}), {1, 0, 0});
  near(Turn::about({1, 0, 0}, quarter)({0, 1, 0}), {0, 0, 1});
  near((Turn::about({0, 1, 0}, quarter) * Turn::about({1, 0, 0}, quarter))({0, 1, 0}), {1, 0, 0});
  const Turn turn = Turn::about({0, 0.6f, 0.8f}, 1.2f);
  near((turn.inverse() * turn)({1, 2, 3}), {1, 2, 3});
}

TEST(Turn, StaysARotationOverManySteps) {
  Turn turn;
  for (int i = 0; i < 100000; ++i) turn = (Turn::about({0, 1, 0}, 0.01f) * turn).normalized();
  EXPECT_NEAR(turn.w * turn.w + turn.x * turn.x + turn.y * turn.y + turn.z * turn.z, 1, 1e-5f);
}

}  // namespace
