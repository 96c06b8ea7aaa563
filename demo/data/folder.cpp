// How does a folder of pictures become training images?
#include <algorithm>
#include <filesystem>

#include "demo/data/gathering.h"
#include "demo/data/picture.h"
#include "host/graph/error.h"

namespace gouache::data {
namespace {

namespace fs = std::filesystem;

// Every file with an image's ending below the folder, sorted by path.
std::vector<std::string> image_files(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored) && has_image_name(at->path().string())) files.push_back(at->path().string());
  }
  if (error) throw Error(ErrorCode::io, folder + ": the folder cannot be read: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

Picture cropped(Picture p) {
  const uint32_t side = std::min(p.width, p.height), left = (p.width - side) / 2, top = (p.height - side) / 2;
  Picture square{side, side, p.channels, {}};
  square.pixels.reserve(size_t{side} * side * p.channels);
  for (uint32_t y = 0; y < side; y++) {
    const auto row = p.pixels.begin() + static_cast<std::ptrdiff_t>((size_t{y + top} * p.width + left) * p.channels);
    square.pixels.insert(square.pixels.end(), row, row + static_cast<std::ptrdiff_t>(size_t{side} * p.channels));
  }
  return square;
}

// The sub-folder that a file lies in, or "" if it lies in the folder itself.
std::string class_of(const std::string& folder, const std::string& file) {
  const fs::path below = fs::path(file).lexically_relative(folder);
  return std::next(below.begin()) == below.end() ? "" : below.begin()->string();
}

// The files that can be read, as squares of the final size; what is read of them is told to `see`.  A file that cannot be read goes from
// the list, where the wish allows that.
template <class See>
std::vector<std::vector<uint8_t>> read_squares(std::vector<std::string>& files, const Wanted& wanted, See&& see) {
  std::vector<std::vector<uint8_t>> squares;
  std::vector<std::string> sound;
  for (std::string& file : files) {
    try {
      Picture p = read_image(file);
      if (wanted.crop) p = cropped(std::move(p));
      see(p);
      squares.push_back(fitted({p.pixels, p.width, p.height, p.channels}, wanted.size));
    } catch (const Error& error) {
      if (!wanted.damaged) throw;
      wanted.damaged->push_back(error.what());
      continue;
    }
    sound.push_back(std::move(file));
  }
  files = std::move(sound);
  return squares;
}

// Sub-folders are labels if there are at least two and no image lies outside them; sorted.
std::vector<std::string> class_names(const std::string& folder, const std::vector<std::string>& files) {
  std::vector<std::string> names;
  for (const std::string& file : files) names.push_back(class_of(folder, file));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names.size() < 2 || names.front().empty() ? std::vector<std::string>{} : names;
}

}  // namespace

Images load_folder(const std::string& folder, const Wanted& wanted) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored))
    throw Error(ErrorCode::io, folder + ": there is no such folder; expected a folder of PNG, JPEG, BMP, TGA or GIF files");
  std::vector<std::string> files = image_files(folder);
  if (files.empty())
    throw Error(folder + ": holds no images; expected files ending in .png, .jpg, .jpeg, .bmp, .tga or .gif, in it or in folders below it");
  if (wanted.count && wanted.count < files.size()) files.resize(wanted.count);

  // Pictures are brought to their final size one by one, so that only one is in memory at full size; which channels the set has is
  // known when all have been seen.
  Gathering(wanted, static_cast<uint32_t>(files.size()),
            wanted.channels ? wanted.channels : 4);  // refuses an impossible wish before any file is read
  bool alpha = false, colour = false;
  const std::vector<std::vector<uint8_t>> squares = read_squares(files, wanted, [&](const Picture& p) {
    alpha = alpha || p.channels == 2 || p.channels == 4;
    colour = colour || p.channels >= 3;
  });
  if (files.empty()) throw Error(ErrorCode::bad_file, folder + ": none of its images can be read; the first: " + wanted.damaged->front());
  const uint32_t own = alpha ? 4 : colour ? 3 : 1;
  Gathering images(wanted, static_cast<uint32_t>(files.size()), wanted.channels ? wanted.channels : own);
  const std::vector<std::string> classes = class_names(folder, files);
  for (uint32_t i = 0; i < images.count(); i++) {
    const View square{squares[i], wanted.size, wanted.size, 4};
    if (classes.empty())
      images.add(i, square);
    else
      images.add(i, square,
                 static_cast<uint32_t>(std::lower_bound(classes.begin(), classes.end(), class_of(folder, files[i])) - classes.begin()));
  }
  for (const std::string& name : classes) images.name_label(name);
  return images.take();
}

}  // namespace gouache::data
