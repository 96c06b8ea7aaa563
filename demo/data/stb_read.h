// How much memory may the image decoder take for one picture?
#pragma once

#include <cstddef>

namespace gouache::data {

/// While one is alive, no single allocation of the decoder on this thread exceeds `bytes`; without one it gets none.  A file of a few
/// kilobytes cannot then unpack to gigabytes: the decoder reports "outofmem".
class DecoderLimit {
 public:
  explicit DecoderLimit(size_t bytes);
  ~DecoderLimit();
  DecoderLimit(const DecoderLimit&) = delete;
  DecoderLimit& operator=(const DecoderLimit&) = delete;
};

}  // namespace gouache::data
