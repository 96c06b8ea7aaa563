// Which columns and rows of a [rows, width] matrix does this lane own?  A column is a VALUE; rows are cut into splits of `chunk`.
// With few channels several pixels lie side by side in one row (width = channels x fold-in), so that all lanes have work.
#ifndef COLUMNS_GLSL
#define COLUMNS_GLSL
#include "include/column_pieces.glsl"

#define COLUMNS_WORDS                                                               \
  uint fold, lane_groups;           /* workgroups along x; that cover a row */        \
  uint width, rows, chunk, splits;  /* VALUEs a row; rows; rows a split; splits */    \
  uint channels;                    /* VALUEs along the last axis; divides width */

#define COLUMNS_PLACE(split, column, row, end)                                                        \
  uint group = group_index(push.fold), split = group / push.lane_groups;                             \
  uint column = (group - split * push.lane_groups) * gl_WorkGroupSize.x * PIECES + gl_LocalInvocationID.x; \
  if (column >= push.width || split >= push.splits) return;                                           \
  uint row = split * push.chunk, end = min(row + push.chunk, push.rows);
#endif
