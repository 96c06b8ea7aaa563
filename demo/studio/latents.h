// Which numbers is a picture painted from, and how are new ones made of them?
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace gouache::studio {

/// What one picture is painted from. The same on every platform, up to a float's rounding.
struct Specimen {
  std::vector<float> latent;  // [latent]: standard normal numbers, which is what the model was trained on
  std::uint32_t label = 0;    // its class; 0 for a model without classes

  bool operator==(const Specimen&) const = default;
};

inline constexpr float kLeastTruncation = 0.5f;  // standard deviations; nearer to the average few models have learned anything
inline constexpr float kNoTruncation = 4;        // and beyond: values are as large as they come

/// Draw `index` of `seed`, a function of its arguments alone: [latent] standard normal numbers, none beyond +-truncation.
///
/// Values beyond a bound drawn anew (the truncation trick of Brock et al. 2019, arXiv:1809.11096) are normal numbers given that they are
/// within it. Inverting that distribution's function makes one of each uniform number: the same distribution, and a picture that changes
/// smoothly with the bound where drawing anew would make it jump.
std::vector<float> drawn_latent(std::uint64_t seed, std::uint64_t index, float truncation, std::uint32_t latent);

/// From `from` (t = 0) to `to` (t = 1): the direction along the great circle between theirs at constant speed, the length linearly.
///
///     slerp(p, q; t) = p sin((1 - t) w) / sin w + q sin(t w) / sin w,  cos w = p . q,  |p| = |q| = 1      (White 2016, arXiv:1609.04468)
///
/// Nearly all of a normal distribution in n dimensions is about sqrt(n) from the origin. A straight line between two of its draws passes
/// far inside of that, where the generator has never learned anything.
std::vector<float> blended(std::span<const float> from, std::span<const float> to, float t);

/// a - b + c (Radford et al. 2016, arXiv:1511.06434) at the length |a| - |b| + |c|, kept between the shortest and the longest of theirs.
/// The plain sum of three draws would be sqrt(3) times as long as any (see `blended` for why that matters); this way it stays among
/// them, a - b + b is a, and b - b + c is c. All of one size.
std::vector<float> summed(std::span<const float> a, std::span<const float> b, std::span<const float> c);

/// base + sum over k of offsets[k] directions[k]; `directions` is [at least offsets.size(), base.size()], row by row.
std::vector<float> moved(std::span<const float> base, std::span<const float> directions, std::span<const float> offsets);

/// Of a vector, in double.
double length(std::span<const float> vector);

}  // namespace gouache::studio
