// How does a tile kernel read its two tensors and write its result?  Four neighbouring values (a vec4) at a time.
// READ_TEXEL: through uniform texel buffers, else through storage buffers. SCALAR_ROWS: the first tensor's last axis need not be
// a multiple of four, so it is read value by value from a storage buffer.
#ifndef LOAD_STORE_GLSL
#define LOAD_STORE_GLSL

layout(set = 0, binding = 0) writeonly buffer Result { vec4 result4[]; };

#ifdef SCALAR_ROWS
layout(set = 0, binding = 1) readonly buffer RowsTensor { float rows_tensor[]; };
#elif defined(READ_TEXEL)
layout(set = 0, binding = 1) uniform samplerBuffer rows_tensor;
#define READ_ROWS(index) texelFetch(rows_tensor, int(index))
#else
layout(set = 0, binding = 1) readonly buffer RowsTensor { vec4 rows_tensor[]; };
#define READ_ROWS(index) rows_tensor[index]
#endif

#ifdef READ_TEXEL
layout(set = 0, binding = 2) uniform samplerBuffer columns_tensor;
#define READ_COLUMNS(index) texelFetch(columns_tensor, int(index))
#else
layout(set = 0, binding = 2) readonly buffer ColumnsTensor { vec4 columns_tensor[]; };
#define READ_COLUMNS(index) columns_tensor[index]
#endif

#endif
