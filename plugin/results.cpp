// What are the results called, and which version is this?
#include "gouache/gouache.h"

uint32_t gouVersion(void) { return GOU_VERSION; }

const char* gouResultName(GouResult result) {
  switch (result) {
    case GOU_SUCCESS: return "GOU_SUCCESS";
    case GOU_NOT_READY: return "GOU_NOT_READY";
    case GOU_ERROR_INVALID_ARGUMENT: return "GOU_ERROR_INVALID_ARGUMENT";
    case GOU_ERROR_WRONG_STRUCT: return "GOU_ERROR_WRONG_STRUCT";
    case GOU_ERROR_WRONG_STATE: return "GOU_ERROR_WRONG_STATE";
    case GOU_ERROR_TOO_SMALL: return "GOU_ERROR_TOO_SMALL";
    case GOU_ERROR_BAD_FILE: return "GOU_ERROR_BAD_FILE";
    case GOU_ERROR_IO: return "GOU_ERROR_IO";
    case GOU_ERROR_UNSUPPORTED: return "GOU_ERROR_UNSUPPORTED";
    case GOU_ERROR_OUT_OF_MEMORY: return "GOU_ERROR_OUT_OF_MEMORY";
    case GOU_ERROR_DEVICE_LOST: return "GOU_ERROR_DEVICE_LOST";
    case GOU_ERROR_NOT_FINITE: return "GOU_ERROR_NOT_FINITE";
    case GOU_ERROR_BUSY: return "GOU_ERROR_BUSY";
    case GOU_ERROR_INTERNAL: return "GOU_ERROR_INTERNAL";
  }
  return "unknown result";
}
