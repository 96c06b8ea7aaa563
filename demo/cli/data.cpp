// gouache data: what do a source's images look like?
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "demo/cli/command.h"
#include "demo/cli/sheets.h"
#include "demo/data/source.h"

namespace gouache::cli {
namespace {

struct DataOptions {
  std::string source, out = "sheet.png", separate;
  std::uint32_t count = 64, size = 32;
  std::uint64_t seed = 0;
};

std::string source_list() {
  std::string list = "where the images come from:";
  for (const data::Source& source : data::sources()) list += std::string("\n  ") + source.name + "  " + source.what;
  return list + "\n  FOLDER  your own images; where each lies in one of several sub-folders, these are its classes, sorted by name";
}

}  // namespace

std::function<int()> define_data(CLI::App& app) {
  auto options = std::make_shared<DataOptions>();
  app.add_option("source", options->source, source_list())->required()->type_name("SOURCE");
  app.add_option("--count", options->count, "images")->capture_default_str()->check(CLI::Range(1u, 65536u));
  app.add_option("--out", options->out, "the sheet to write (PNG)")->capture_default_str()->type_name("FILE");
  app.add_option("--separate", options->separate, "also write each image to this folder")->type_name("DIR");
  app.add_option("--size", options->size, "width and height, pixels")->capture_default_str()->check(CLI::Range(1u, 1024u));
  app.add_option("--seed", options->seed, "of the sources that are drawn")->capture_default_str();
  return [options] {
    const data::Images images = data::load(options->source, {.size = options->size, .count = options->count, .seed = options->seed});
    const std::uint32_t shown = std::min(options->count, images.count);
    const std::span<const std::uint8_t> pixels(images.pixels);
    const Painted painted{pixels.first(shown * images.image_bytes()), shown, images.width, images.height, images.channels};
    write_sheet(options->out, painted);
    if (!options->separate.empty()) write_separate(options->separate, painted);
    std::cout << options->out << ": " << shown << " images of " << images.width << " x " << images.height << " pixels, " << images.channels
              << (images.channels == 1 ? " channel" : " channels") << "\n";
    for (std::size_t i = 0; i < images.label_names.size(); ++i) std::cout << (i ? ", " : "labels: ") << images.label_names[i];
    if (!images.label_names.empty()) std::cout << "\n";
    return kDone;
  };
}

}  // namespace gouache::cli
