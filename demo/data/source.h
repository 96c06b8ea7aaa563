// Where do training images come from, and in what form do they arrive?
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gouache::data {

/// Packed sRGB bytes, channels last; colour is premultiplied by alpha when there are 2 or 4 channels (every colour <= its alpha).
struct Images {
  uint32_t count = 0, width = 0, height = 0;
  uint32_t channels = 0;         ///< 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA
  std::vector<uint8_t> pixels;   ///< [count, height, width, channels]
  std::vector<uint32_t> labels;  ///< empty or [count], each below label_names.size()
  std::vector<std::string> label_names;

  size_t image_bytes() const { return size_t{height} * width * channels; }
  std::span<const uint8_t> image(size_t i) const { return {pixels.data() + i * image_bytes(), image_bytes()}; }
};

/// What the caller asks of a source.
struct Wanted {
  uint32_t size = 32;     ///< width and height, pixels, 1..1024 (builtin:faces2x2: always 2)
  uint32_t channels = 0;  ///< 1, 2, 3 or 4; 0: the source's own. Alpha that is dropped leaves the image on black.
  uint32_t count = 0;     ///< at most so many; 0: all of it, or for a drawn source its default
  uint64_t seed = 0;      ///< drawn sources: image i depends on the seed and i alone
  bool crop = true;       ///< folder: cut the largest centred square; false: shrink the whole image and pad it
  /// Folder: files that cannot be read are left out, and why is told here; null: the first of them is thrown.
  std::vector<std::string>* damaged = nullptr;
};

/// One row of the table of sources: a name (or the prefix of one), what it holds, and who reads it.
struct Source {
  const char* name;
  const char* what;
  Images (*load)(const std::string& rest, const Wanted&);  ///< `rest` is what follows "NAME:" in the source's text, or empty
};
std::span<const Source> sources();

/// Images of "builtin:sprites", "builtin:sprites:items", "builtin:faces2x2", "fashion-mnist", "fashion-mnist:test" or a folder.
/// Throws Error: invalid_argument for an unknown source or an impossible wish, bad_file for damaged files, io for unreadable ones.
Images load(const std::string& source, const Wanted& wanted);

/// The cache folder of downloaded data sets: $GOUACHE_DATA, else $XDG_CACHE_HOME/gouache/data, else $HOME/.cache/gouache/data.
std::string cache_folder();

// The readers of the table, each in a file of its own.
Images load_sprites(const std::string& rest, const Wanted&);
Images load_faces2x2(const std::string& rest, const Wanted&);
Images load_fashion_mnist(const std::string& rest, const Wanted&);
/// Recursive, sorted by path; sub-folders are labels if every image lies in one and there are at least two.
Images load_folder(const std::string& folder, const Wanted&);

}  // namespace gouache::data
