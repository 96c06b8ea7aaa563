// What do the pages of the studio share?
#include "demo/studio/workspace.h"

#include <filesystem>

namespace gouache::studio {

void Workspace::open(const std::string& path) {
  const std::string name = opening = std::filesystem::path(path).filename().string();
  auto opened = std::make_shared<std::shared_ptr<OpenModel>>();
  worker.post(
      "Opening " + name,
      [opened, path, &gpu = window.gpu()](Progress& progress) {
        *opened = open_file(gpu, path, [&](unsigned done, unsigned total) { return progress.parts(done, total); });
      },
      [this, opened, path, name](const std::exception_ptr& error) {
        if (opening == name) opening.clear();
        if (error) {
          notices.error(message_of(error));
          return;
        }
        model = *opened;
        settings.set("studio", "model", path);
      });
}

}  // namespace gouache::studio
