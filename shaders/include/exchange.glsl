// How do the lanes of a subgroup hand values round?  EXCHANGE(value, lane) is that lane's value; broadcasts want the same lane in all.
#ifndef EXCHANGE_GLSL
#define EXCHANGE_GLSL
#ifdef EXCHANGE_BROADCAST
#define EXCHANGE(value, lane) subgroupQuadBroadcast(value, lane)  // a subgroup is a quad
#else
#ifndef FIRST_LANE
#define FIRST_LANE 0u  // of those that hand values round
#endif
#define EXCHANGE(value, lane) subgroupShuffle(value, FIRST_LANE + (lane))
#endif
#endif
