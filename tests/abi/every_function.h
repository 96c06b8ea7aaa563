/* What does the C translation unit answer? */
#ifndef GOUACHE_TESTS_EVERY_FUNCTION_H
#define GOUACHE_TESTS_EVERY_FUNCTION_H

#include "gouache/gouache.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Functions of gouache.h that were linked. */
size_t count_functions(void);
/* 1 if GOU_STRUCT fills every struct as the header says. */
int initialisers_hold_type_and_size(void);

#ifdef __cplusplus
}
#endif

#endif
