// How does the studio look?
#pragma once

namespace gouache::studio {

/// Sets ImGui's colours, distances and fonts for a display of `scale` pixels a unit. The fonts must be uploaded again afterwards.
void apply_theme(float scale);

}  // namespace gouache::studio
