// Which column of which image does this lane own, and which of its rows?  As columns.glsl, but [images, rows, width]: a lane is a column of
// one image.
#ifndef IMAGE_COLUMNS_GLSL
#define IMAGE_COLUMNS_GLSL
#include "include/column_pieces.glsl"

#define IMAGE_COLUMNS_WORDS                                                             \
  uint fold, lane_groups, lanes;    /* workgroups along x; that cover the lanes; images x width */ \
  uint width, rows, chunk, splits;  /* VALUEs a row; rows of an image; rows a split; splits */     \
  uint channels;                    /* VALUEs along the last axis; divides width */

#define IMAGE_COLUMNS_PLACE(split, lane, image, column, row, end)                                 \
  uint group = group_index(push.fold), split = group / push.lane_groups;                          \
  uint lane = (group - split * push.lane_groups) * gl_WorkGroupSize.x * PIECES + gl_LocalInvocationID.x; \
  if (lane >= push.lanes || split >= push.splits) return;                                         \
  uint image = lane / push.width, column = lane - image * push.width;                             \
  uint row = split * push.chunk, end = min(row + push.chunk, push.rows);
#endif
