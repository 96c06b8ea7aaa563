// How is a thing turned?  Unit quaternions.
#pragma once

#include <array>
#include <cmath>

namespace gouache::studio {

using Vector = std::array<float, 3>;  ///< x to the right, y up, z towards the viewer

/// A rotation: w + x i + y j + z k, of length 1. a * b turns by b first.
struct Turn {
  float w = 1, x = 0, y = 0, z = 0;

  /// About a unit vector, counterclockwise as seen from its tip.
  static Turn about(const Vector& axis, float radians) {
    const float s = std::sin(radians / 2);
    return {std::cos(radians / 2), axis[0] * s, axis[1] * s, axis[2] * s};
  }
  Turn operator*(const Turn& b) const {
    return {w * b.w - x * b.x - y * b.y - z * b.z, w * b.x + x * b.w + y * b.z - z * b.y, w * b.y - x * b.z + y * b.w + z * b.x,
            w * b.z + x * b.y - y * b.x + z * b.w};
  }
  Turn inverse() const { return {w, -x, -y, -z}; }
  /// The same rotation without the rounding that many products leave.
  Turn normalized() const {
    const float length = std::sqrt(w * w + x * x + y * y + z * z);
    return {w / length, x / length, y / length, z / length};
  }
  Vector operator()(const Vector& v) const {
    const Turn turned = *this * Turn{0, v[0], v[1], v[2]} * inverse();
    return {turned.x, turned.y, turned.z};
  }
};

}  // namespace gouache::studio
