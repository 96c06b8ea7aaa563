// Which random number is element k of a sample?  Philox4x32-10 and our own polynomials: the same words on CPU and GPU,
// uniforms and indices the same bits, normals within 1e-6.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "host/graph/attributes.h"

namespace gouache {

/// Philox4x32-10 of Salmon et al. 2011.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// Number of the global sample that is sample `i` of `step`: step * samples_per_step + first_sample + i, modulo 2^64.
std::uint64_t sample_number(const RandomAttributes& attributes, std::uint32_t step, std::int64_t i);

/// Element `element` of a sample of `stream`, in [0, 1), a multiple of 2^-24.
float random_uniform(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::int64_t element);
/// The same for the standard normal distribution (Box and Muller 1958); at most 5.8 in magnitude.
float random_normal(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::int64_t element);
/// Index that sample number `sample` draws from [0, count): each epoch of `count` samples is a permutation; 0 < count < 2^31.
std::uint32_t random_permutation(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::uint32_t count);

/// Element `index` (row-major in attributes.shape) of op `random` at `step`; indices of a permutation are exact.
double random_value(const RandomAttributes& attributes, std::uint64_t seed, std::uint32_t step, std::int64_t index);

/// All elements of a sample, four a Philox block: what initialisers use.
void fill_normal(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::span<float> values);
void fill_uniform(std::uint64_t seed, std::uint32_t stream, std::uint64_t sample, std::span<float> values);

/// Half the bits of the least even power of two that holds `count`: the width of a Feistel half.
std::uint32_t permutation_half_bits(std::uint32_t count);

}  // namespace gouache
