// What does the page "Train" do?
#include "demo/studio/panel_train.h"

#include "demo/studio/widgets.h"

namespace gouache::studio {

TrainPanel::TrainPanel(Workspace& space) : space_(space) {}

void TrainPanel::update() {}

void TrainPanel::drop(const std::string& path) { space_.notices.warning(path); }

void TrainPanel::draw() { ui::heading("Train"); }

}  // namespace gouache::studio
