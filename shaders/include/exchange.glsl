// How do the lanes of a subgroup hand values round?  EXCHANGE(value, lane) is that lane's value; broadcasts want the same lane in all.
#ifndef EXCHANGE_GLSL
#define EXCHANGE_GLSL
#ifdef EXCHANGE_BROADCAST
#define EXCHANGE(value, lane) subgroupQuadBroadcast(value, lane)  // a subgroup is a quad
#else
#define EXCHANGE(value, lane) subgroupShuffle(value, lane)
#endif
#endif
