// How does Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747; MIT licence) become training images?
#include <algorithm>
#include <filesystem>

#include "demo/data/gathering.h"
#include "demo/data/idx.h"
#include "host/graph/error.h"

namespace gouache::data {
namespace {

constexpr const char* kGarments[] = {"t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"};
constexpr uint32_t kSide = 28, kPadded = 32;          // pixels
constexpr uint64_t kMostBytes = uint64_t{256} << 20;  // the real file of images has 47,040,000

}  // namespace

Images load_fashion_mnist(const std::string& rest, const Wanted& wanted) {
  if (!rest.empty() && rest != "train" && rest != "test")
    throw Error("fashion-mnist: there is no part '" + rest + "'; expected 'fashion-mnist', 'fashion-mnist:train' or 'fashion-mnist:test'");
  const std::string stem = cache_folder() + "/fashion-mnist/" + (rest == "test" ? "t10k" : "train");
  const std::string image_path = stem + "-images-idx3-ubyte.gz", label_path = stem + "-labels-idx1-ubyte.gz";
  for (const std::string& path : {image_path, label_path}) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
      throw Error(ErrorCode::io, "fashion-mnist: " + path + " is missing; fetch it with: demo/data/get fashion-mnist");
  }
  const Idx images = read_idx(image_path, 3, kMostBytes), labels = read_idx(label_path, 1, kMostBytes);
  if (images.dims[1] != kSide || images.dims[2] != kSide)
    throw Error(ErrorCode::bad_file, image_path + ": images are " + std::to_string(images.dims[2]) + " x " +
                                         std::to_string(images.dims[1]) + " pixels; expected 28 x 28");
  if (images.dims[0] != labels.dims[0])
    throw Error(ErrorCode::bad_file,
                label_path + ": " + std::to_string(labels.dims[0]) + " labels for " + std::to_string(images.dims[0]) + " images");
  const auto wrong = std::find_if(labels.bytes.begin(), labels.bytes.end(), [](uint8_t label) { return label >= std::size(kGarments); });
  if (wrong != labels.bytes.end())
    throw Error(ErrorCode::bad_file, label_path + ": label " + std::to_string(wrong - labels.bytes.begin()) + " is " +
                                         std::to_string(*wrong) + "; expected 0 to 9");

  Gathering gathering(wanted, wanted.count ? std::min(wanted.count, images.dims[0]) : images.dims[0],
                      wanted.channels ? wanted.channels : 1);
  std::vector<uint8_t> padded(kPadded * kPadded, 0);  // black all round
  for (uint32_t i = 0; i < gathering.count(); i++) {
    const uint8_t* in = &images.bytes[size_t{i} * kSide * kSide];
    for (size_t y = 0; y < kSide; y++) std::copy_n(in + y * kSide, kSide, &padded[(y + 2) * kPadded + 2]);
    gathering.add(i, {padded, kPadded, kPadded, 1}, labels.bytes[i]);
  }
  for (const char* name : kGarments) gathering.name_label(name);
  return gathering.take();
}

}  // namespace gouache::data
