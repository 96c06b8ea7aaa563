// Where is the code of the image readers compiled, and how much memory may they take?  Here, once, and as much as the picture at hand
// allows.
#include "demo/data/stb_read.h"

#include <cstddef>
#include <cstdlib>

namespace gouache::data {

static thread_local size_t decoder_limit = 0;

DecoderLimit::DecoderLimit(size_t bytes) { decoder_limit = bytes; }
DecoderLimit::~DecoderLimit() { decoder_limit = 0; }

static void* limited_realloc(void* old, size_t bytes) { return bytes > decoder_limit ? nullptr : std::realloc(old, bytes); }

}  // namespace gouache::data

#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_ONLY_TGA
#define STBI_ONLY_GIF
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS 16384
#define STBI_MALLOC(bytes) gouache::data::limited_realloc(nullptr, bytes)
#define STBI_REALLOC(old, bytes) gouache::data::limited_realloc(old, bytes)
#define STBI_FREE(block) std::free(block)
#include <stb/stb_image.h>
