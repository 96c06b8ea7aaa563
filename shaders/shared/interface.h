// Which numbers do the shaders and the host agree on?  Read by GLSL and by C++: #define only.
#ifndef GOUACHE_SHARED_INTERFACE_H
#define GOUACHE_SHARED_INTERFACE_H

// ---- scalar functions: the opcode of a program instruction (shaders/include/scalar_ops.glsl, host/ops/elementwise.cpp)
#define FUNCTION_IDENTITY 0
#define FUNCTION_NEGATE 1
#define FUNCTION_ABS 2
#define FUNCTION_SIGN 3  // -1, 0 or 1
#define FUNCTION_SQUARE 4
#define FUNCTION_SQRT 5
#define FUNCTION_RSQRT 6
#define FUNCTION_RECIPROCAL 7
#define FUNCTION_EXP 8
#define FUNCTION_LOG 9
#define FUNCTION_TANH 10
#define FUNCTION_SIGMOID 11
#define FUNCTION_SOFTPLUS 12  // log(1 + exp(x)), without overflow
#define FUNCTION_RELU 13
#define FUNCTION_STEP 14  // 1 where x > 0, else 0
#define FUNCTION_ADD 15
#define FUNCTION_SUBTRACT 16
#define FUNCTION_MULTIPLY 17
#define FUNCTION_DIVIDE 18
#define FUNCTION_MAXIMUM 19
#define FUNCTION_MINIMUM 20
#define FUNCTION_GREATER 21      // 1 where a > b, else 0
#define FUNCTION_LEAKY_RELU 22   // a > 0 ? a : b a
#define FUNCTION_LEAKY_SLOPE 23  // a > 0 ? 1 : b
#define FUNCTION_SELECT 24       // a != 0 ? b : c
#define FUNCTION_POWER 25        // a^b, a >= 0
#define FUNCTION_COUNT 26

// ---- programs: a short straight-line list of instructions, known when the pipeline is made
// Instruction word: bits 0..7 function, 8..15 operand a, 16..23 operand b, 24..31 operand c.
// Operand: 0..7 an input, 8..15 a scalar, 16.. the result of instruction (operand - 16).
#define PROGRAM_MAX_INPUTS 4
#define PROGRAM_MAX_SCALARS 8
#define PROGRAM_MAX_LENGTH 12
#define PROGRAM_OPERAND_SCALAR 8
#define PROGRAM_OPERAND_RESULT 16
#define PROGRAM_OPERANDS 28  // PROGRAM_OPERAND_RESULT + PROGRAM_MAX_LENGTH

// ---- specialization constants
// 0..15: local size and the tile of a kernel row (each shader says which), 16..31: switches of a kernel,
// 32..: the program.
#define CONSTANT_LOCAL_SIZE 0
#define CONSTANT_ROWS 1
#define CONSTANT_COLUMNS 2
#define CONSTANT_UNROLL 3
#define CONSTANT_LANES 4
#define CONSTANT_TEAMS 5
#define CONSTANT_SWITCH_0 16       // kernel's own switches: CONSTANT_SWITCH_0 + n
#define CONSTANT_FULL_TEXELS 29    // the epilogue's full input is a texel buffer (shaders/include/epilogue.glsl)
#define CONSTANT_POWERS_OF_TWO 30  // every divisor of the dispatch is one: dividing is shifting (shaders/include/stream.glsl)
#define CONSTANT_PROGRAM_LENGTH 32
#define CONSTANT_PROGRAM_CODE 33    // 33..44: instruction words
#define CONSTANT_PROGRAM_SCALAR 45  // 45..52: scalars (float bits)
#define CONSTANT_PROGRAM_INPUTS 53  // 53..56: INPUT_* mode of program inputs 0..3

// ---- how a program input is addressed
#define INPUT_NONE 0
#define INPUT_FULL 1     // same shape as the result
#define INPUT_CHANNEL 2  // one value a channel (the last axis)
#define INPUT_SCALAR 3   // one value
#define INPUT_STRIDED 4  // any broadcast or permuted view; strided rows only

// ---- texels written for a host: the form of one (shaders/include/texel.glsl, host/runtime/texel_packer.cpp)
#define TEXEL_R8 0       // four texels a word
#define TEXEL_RGBA8 1    // one word
#define TEXEL_RGBA16F 2  // two words, halves
#define TEXEL_R32F 3     // one word
#define TEXEL_RGBA32F 4  // four words

// ---- how tensors are walked through
#define RUN_LANES 8            // lanes whose vec4s lie side by side (shaders/include/stream.glsl)
#define OPERAND_BLOCK_SHIFT 3  // of a product's operand: rows, or vec4s of rows or columns, in a block that lies along k
#define OPERAND_BLOCK (1 << OPERAND_BLOCK_SHIFT)

// ---- how Winograd's points lie (shaders/winograd_pixels.comp, host/kernels/winograd.cpp)
#define WINOGRAD_BLOCKS 1          // in blocks of OPERAND_BLOCK tiles
#define WINOGRAD_CHANNEL_BLOCKS 2  // of vec4s of channels, not of tiles
#define WINOGRAD_PHASES_OUTSIDE 4  // first one phase's blocks, then the next one's

// ---- random streams (Philox counter word 3, low 16 bits)
#define STREAM_DATA 0
#define STREAM_LATENT 1
#define STREAM_NOISE 2
#define STREAM_AUGMENTATION 3
#define STREAM_INITIALISATION 4

// ---- the control record: u32[8], one a graph, bound as a storage or uniform buffer
#define CONTROL_SEED_LOW 0
#define CONTROL_SEED_HIGH 1
#define CONTROL_STEP 2        // training: steps done so far; generation: which batch of the request
#define CONTROL_NOT_FINITE 3  // latched to 1 by the first gradient that is NaN or Inf; blocks every update
#define CONTROL_RATE 4        // float bits: factor on every learning rate
#define CONTROL_WORDS 8

#endif
