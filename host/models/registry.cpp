// Which models are there?
#include "host/graph/error.h"
#include "host/models/model.h"

namespace gouache {

extern const ModelRow dcgan, dense_gan, faces2x2, pix2pix, srresnet;

std::span<const ModelRow* const> models() {
  static const ModelRow* const kModels[] = {&dcgan, &dense_gan, &faces2x2, &pix2pix, &srresnet};
  return kModels;
}

const ModelRow& model(const std::string& name) {
  std::string known;
  for (const ModelRow* row : models()) {
    if (name == row->name) return *row;
    known += (known.empty() ? "" : ", ") + std::string(row->name);
  }
  throw Error("there is no model '" + name + "'; known: " + known);
}

}  // namespace gouache
