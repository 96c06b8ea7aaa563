/* Does an installed Gouache compile, link and run in C99?  Prints the functions of the table, one a line. */
#include <gouache/gouache.h>
#include <stdio.h>

int main(void) {
  GouApi gou = {GOU_STRUCT(API)};
  if (gouGetApi(GOU_VERSION, &gou) < 0 || gou.gouVersion() != GOU_VERSION) return fprintf(stderr, "%s\n", gouLastError()), 1;
#define PRINT(name)                                                                      \
  if (gou.name != name) return fprintf(stderr, "the table's " #name " is another\n"), 1; \
  puts(#name);
  GOU_FOR_EACH_FUNCTION(PRINT)
  return 0;
}
