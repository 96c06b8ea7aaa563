// What stands behind the opaque handles of gouache.h?
#include "plugin/objects.h"

#include <algorithm>

GouJob GouModel_T::at_work() const {
  const auto found = std::ranges::find_if(jobs, [](GouJob job) { return !job->painting.finished(); });
  return found == jobs.end() ? nullptr : *found;
}

void GouModel_T::advance() {
  for (GouJob job = at_work(); job && job->painting.advance(); job = at_work()) {}
}
