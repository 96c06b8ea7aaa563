// How many columns does a lane walk along at once?  PIECES, RUN apart: then a workgroup of RUN lanes reads PIECES pieces of a row that lie
// side by side, where the lanes of one column each would leave out what lies between their pieces.
#ifndef COLUMN_PIECES_GLSL
#define COLUMN_PIECES_GLSL
#include "include/stream.glsl"

layout(constant_id = CONSTANT_COLUMNS) const uint PIECES = 1;  // 1, 2 or 4
#define MOST_PIECES 4

// Elements that a lane reads at once are numbered piece by piece, then row by row: where element u lies from the first on, in VALUEs.
#define ELEMENT(u) (uint(u) / PIECES * push.width + uint(u) % PIECES * RUN)
#define ROWS_OF(elements) (uint(elements) / PIECES)
#define PIECE_OF(u) (uint(u) % PIECES)

// Sums of four elements each -> in sums[q], those of piece q.
#define SUM_UP(sums)                 \
  if (PIECES < 4) {                  \
    sums[0] += sums[2];              \
    sums[1] += sums[3];              \
  }                                  \
  if (PIECES < 2) sums[0] += sums[1];
#endif
