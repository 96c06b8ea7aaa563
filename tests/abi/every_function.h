/* What does the C translation unit answer? */
#ifndef GOUACHE_TESTS_EVERY_FUNCTION_H
#define GOUACHE_TESTS_EVERY_FUNCTION_H

#include "gouache/gouache.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The rows of GOU_FOR_EACH_FUNCTION: how many, what row i is called, where it was linked, and where a table has it. */
size_t count_functions(void);
const char* function_name(size_t i);
const void* function_linked(size_t i);
const void* function_in_table(const GouApi* api, size_t i);
/* 1 if GOU_STRUCT fills every struct as the header says. */
int initialisers_hold_type_and_size(void);

#ifdef __cplusplus
}
#endif

#endif
