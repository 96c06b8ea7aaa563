// What does the page "Device" do?
#include "demo/studio/panel_device.h"

#include "demo/studio/widgets.h"

namespace gouache::studio {

DevicePanel::DevicePanel(Workspace& space) : space_(space) {}

void DevicePanel::update() {}

void DevicePanel::draw() { ui::heading("Device"); }

}  // namespace gouache::studio
