// What does the page "Explore" do?
#include "demo/studio/panel_explore.h"

#include "demo/studio/widgets.h"

namespace gouache::studio {

ExplorePanel::ExplorePanel(Workspace& space) : space_(space) {}

void ExplorePanel::update() {}

void ExplorePanel::draw() { ui::heading("Explore"); }

}  // namespace gouache::studio
