// What does the page "Use" do?
#include "demo/studio/panel_use.h"

#include "demo/studio/widgets.h"

namespace gouache::studio {

UsePanel::UsePanel(Workspace& space) : space_(space) {}

void UsePanel::update() {}

void UsePanel::record(const Frame&) {}

void UsePanel::draw() { ui::heading("Use"); }

}  // namespace gouache::studio
