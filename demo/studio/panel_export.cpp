// What does the page "Export" do?
#include "demo/studio/panel_export.h"

#include "demo/studio/widgets.h"

namespace gouache::studio {

ExportPanel::ExportPanel(Workspace& space) : space_(space) {}

void ExportPanel::update() {}

void ExportPanel::draw() { ui::heading("Export"); }

}  // namespace gouache::studio
