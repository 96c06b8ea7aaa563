// Which functions are the ops' derivatives tried on?  A line a case; each op and each elementwise function has at least one.
#include "tests/ops/cases.h"

#include "host/ops/ops.h"
#include "shaders/shared/interface.h"

namespace gouache::probe {
namespace {

using In = const std::vector<Tensor>&;
using Build = std::function<Tensor(Graph&, In)>;

Build unary_of(Tensor (*f)(Tensor)) {
  return [f](Graph&, In x) { return f(x[0]); };
}

Case conv(const std::string& name, Shape x, Shape w, ConvSettings settings, int groups = 1) {
  const int rank = static_cast<int>(x.size()) - 2;
  return {"conv2d_" + name,
          {x, w},
          [=](Graph&, In in) {
            ConvAttributes a = conv_attributes(settings, rank);
            a.groups = groups;
            return conv2d(in[0], in[1], a);
          },
          {0, 1}};
}

Case conv_transpose(const std::string& name, Shape y, Shape w, Shape image, ConvSettings settings) {
  const int rank = static_cast<int>(y.size()) - 2;
  return {"conv2d_transpose_" + name,
          {y, w},
          [=](Graph&, In in) { return conv2d_transpose(in[0], in[1], conv_attributes(settings, rank), image); },
          {0, 1}};
}

Case conv_weight_grad(const std::string& name, Shape x, Shape dy, Shape w, ConvSettings settings) {
  const int rank = static_cast<int>(x.size()) - 2;
  return {"conv2d_weight_grad_" + name,
          {x, dy},
          [=](Graph&, In in) { return conv2d_weight_grad(in[0], in[1], conv_attributes(settings, rank), w); },
          {0, 1}};
}

Case product(const std::string& name, Shape a, Shape b, bool ta, bool tb) {
  return {"matmul_" + name, {a, b}, [=](Graph&, In in) { return matmul(in[0], in[1], ta, tb); }, {0, 1}};
}

Tensor indices(Graph& g, std::int64_t count) { return g.input("indices", {{count}, DType::u32}); }

std::vector<Case> make() {
  const Feeds four{{"indices", array_of({4}, {2, 0, 2, 4}, DType::u32)}};  // row 2 twice, rows 1 and 3 never
  const Shape image{2, 3, 2, 3};
  return {
      {"identity", {{5}}, [](Graph&, In x) { return unary(FUNCTION_IDENTITY, x[0]); }, {0}},
      {"negate", {{5}}, [](Graph&, In x) { return -x[0]; }, {0}},
      {"abs", {{7}}, unary_of(abs)},
      {"square", {{5}}, unary_of(square)},
      {"sqrt", {{5}}, unary_of(sqrt), {}, 0.3, 2},
      {"rsqrt", {{5}}, unary_of(rsqrt), {}, 0.4, 2},
      {"reciprocal", {{5}}, unary_of(reciprocal), {}, 0.4, 2},
      {"exp", {{5}}, unary_of(exp)},
      {"log", {{5}}, unary_of(log), {}, 0.3, 2},
      {"tanh", {{5}}, unary_of(tanh)},
      {"sigmoid", {{5}}, unary_of(sigmoid)},
      {"softplus", {{5}}, unary_of(softplus), {}, -3, 3},
      {"relu", {{9}}, unary_of(relu)},
      {"leaky_relu", {{9}}, [](Graph&, In x) { return leaky_relu(x[0], 0.2f); }},
      {"leaky_relu_by_tensor", {{9}, {1}}, [](Graph&, In x) { return binary(FUNCTION_LEAKY_RELU, x[0], sigmoid(x[1])); }},
      {"leaky_slope", {{9}, {1}}, [](Graph&, In x) { return x[0] * binary(FUNCTION_LEAKY_SLOPE, x[0], x[1]); }},
      {"add", {{3, 4}, {3, 4}}, [](Graph&, In x) { return x[0] + x[1]; }, {}},
      {"add_broadcast", {{3, 1, 2}, {4, 1}}, [](Graph&, In x) { return x[0] + x[1]; }},
      {"subtract", {{3, 4}, {4}}, [](Graph&, In x) { return x[0] - x[1]; }},
      {"multiply", {{3, 4}, {3, 1}}, [](Graph&, In x) { return x[0] * x[1]; }, {0, 1}},
      {"multiply_by_itself", {{3, 4}}, [](Graph&, In x) { return x[0] * x[0]; }},
      {"divide", {{3, 4}, {4}}, [](Graph&, In x) { return x[0] / x[1]; }, {0}, 0.5, 2},
      {"maximum", {{3, 4}, {4}}, [](Graph&, In x) { return maximum(x[0], x[1]); }},
      {"minimum", {{3, 4}, {1, 4}}, [](Graph&, In x) { return minimum(x[0], x[1]); }},
      {"power", {{3, 4}, {4}}, [](Graph&, In x) { return power(x[0], x[1]); }, {}, 0.5, 2},
      {"power_by_constant", {{6}}, [](Graph& g, In x) { return power(x[0], g.scalar(3.0f)); }, {}, 0.5, 2},
      {"select", {{3, 4}, {3, 1}, {4}}, [](Graph&, In x) { return select(greater(x[0], x[2]), x[1], x[2]); }},
      {"sign_and_step_block", {{6}}, [](Graph&, In x) { return x[0] * sign(x[0]) + x[0] * step(x[0]); }},
      {"scalars", {{6}}, [](Graph&, In x) { return 2.0f * (x[0] + 1.5f) / 4.0f - 0.25f; }},

      {"sum_all", {{2, 3, 4}}, [](Graph&, In x) { return sum(x[0]); }, {0}},
      {"sum_inner", {{2, 3, 4}}, [](Graph&, In x) { return sum(x[0], {2}); }, {0}},
      {"sum_outer_and_inner",
       {{2, 3, 4}},
       [](Graph&, In x) {
         return sum(x[0], {0, 2});
       },
       {0}},
      {"mean_middle", {{2, 3, 4}}, [](Graph&, In x) { return mean(x[0], {1}); }, {0}},
      {"mean_all_but_last",
       {{2, 3, 2, 4}},
       [](Graph&, In x) {
         return mean(x[0], {0, 1, 2});
       },
       {0}},
      {"max_middle", {{2, 5, 3}}, [](Graph&, In x) { return reduce_max(x[0], {1}); }},
      {"max_all", {{2, 5}}, [](Graph&, In x) { return reduce_max(x[0]); }},
      {"sum_to",
       {{2, 3, 4}},
       [](Graph&, In x) {
         return sum_to(x[0], {3, 1});
       },
       {0}},

      product("nn", {3, 5}, {5, 4}, false, false),
      product("nt", {3, 5}, {4, 5}, false, true),
      product("tn", {5, 3}, {5, 4}, true, false),
      product("tt", {5, 3}, {4, 5}, true, true),
      product("batched_nn", {2, 3, 2, 5}, {2, 3, 5, 4}, false, false),
      product("batched_nt", {2, 3, 5}, {2, 4, 5}, false, true),
      product("batched_tn", {2, 5, 3}, {2, 5, 4}, true, false),
      product("one", {1, 1}, {1, 1}, false, false),

      conv("n2h5w4c3_r3s3k4", {2, 5, 4, 3}, {3, 3, 3, 4}, {}),
      conv("n2h7w5c3_r3s3k4_stride2pad1", {2, 7, 5, 3}, {3, 3, 3, 4}, {.stride = 2, .pad = 1}),
      conv("n1h8w8c2_r4s4k3_stride2pad1", {1, 8, 8, 2}, {4, 4, 2, 3}, {.kernel = 4, .stride = 2, .pad = 1}),
      conv("n1h6w6c2_r2s3k2_stride3", {1, 6, 6, 2}, {2, 3, 2, 2}, {.stride = 3}),
      conv("n1h7w7c2_r3s3k2_dilation2pad2", {1, 7, 7, 2}, {3, 3, 2, 2}, {.pad = 2, .dilation = 2}),
      conv("n1h4w4c1_r1s1k1", {1, 4, 4, 1}, {1, 1, 1, 1}, {.kernel = 1}),
      conv("n1h5w5c4_r3s3k6_groups2", {1, 5, 5, 4}, {3, 3, 2, 6}, {.pad = 1}, 2),
      conv("depthwise", {1, 5, 5, 3}, {3, 3, 1, 3}, {.stride = 2, .pad = 1}, 3),
      conv("rank1", {2, 9, 3}, {3, 3, 2}, {.stride = 2, .pad = 1}),
      conv("rank3", {1, 4, 3, 5, 2}, {2, 3, 3, 2, 2}, {.stride = 2, .pad = 1}),
      {"conv2d_uneven_padding",
       {{1, 5, 4, 2}, {3, 2, 2, 3}},
       [](Graph&, In x) {
         ConvAttributes a;
         a.stride = {2, 1, 1}, a.pad_before = {0, 1, 0}, a.pad_after = {2, 0, 0};
         return conv2d(x[0], x[1], a);
       },
       {0, 1}},
      conv_transpose("n2p3q2k4_to_6x4x3", {2, 3, 2, 4}, {4, 4, 3, 4}, {2, 6, 4, 3}, {.kernel = 4, .stride = 2, .pad = 1}),
      conv_transpose("stride2_odd_image", {1, 3, 3, 2}, {3, 3, 1, 2}, {1, 6, 5, 1}, {.stride = 2, .pad = 1}),
      conv_transpose("stride1", {1, 3, 3, 2}, {3, 3, 2, 2}, {1, 5, 5, 2}, {}),
      conv_transpose("rank3", {1, 2, 2, 2, 2}, {3, 3, 3, 1, 2}, {1, 4, 3, 4, 1}, {.stride = 2, .pad = 1}),
      conv_weight_grad("n2h5w4c3_p3q2k4", {2, 5, 4, 3}, {2, 3, 2, 4}, {3, 3, 3, 4}, {.stride = 2, .pad = 1}),
      conv_weight_grad("rank1", {2, 9, 3}, {2, 5, 2}, {3, 3, 2}, {.stride = 2, .pad = 1}),

      {"nearest_up_2", {{2, 3, 2, 2}}, [](Graph&, In x) { return upsample_nearest(x[0], 2); }, {0}},
      {"nearest_up_3_rank1", {{2, 3, 2}}, [](Graph&, In x) { return upsample_nearest(x[0], 3); }, {0}},
      {"sum_down_2", {{2, 4, 6, 2}}, [](Graph&, In x) { return resample(x[0], ResampleKind::sum_down, 2); }, {0}},

      {"pixel_shuffle_2", {{2, 3, 2, 8}}, [](Graph&, In x) { return pixel_shuffle(x[0], 2); }, {0}},
      {"pixel_shuffle_3", {{1, 2, 3, 9}}, [](Graph&, In x) { return pixel_shuffle(x[0], 3); }, {0}},

      {"translate",
       {{3, 4, 5, 2}},
       [](Graph& g, In x) {
         return translate(x[0], g.constant({3, 2}, {1, -2, -0.5f, 0, 9, 1}));
       },
       {0}},

      {"reshape",
       {{2, 3, 4}},
       [](Graph&, In x) {
         return reshape(x[0], {4, -1});
       },
       {0}},
      {"broadcast",
       {{3, 1}},
       [](Graph&, In x) {
         return broadcast(x[0], {2, 3, 4});
       },
       {0}},
      {"permute",
       {{2, 3, 4}},
       [](Graph&, In x) {
         return permute(x[0], {2, 0, 1});
       },
       {0}},
      {"slice",
       {{4, 5, 3}},
       [](Graph&, In x) {
         return slice(x[0], {1, 2, 0}, {2, 3, 3});
       },
       {0}},
      {"pad",
       {{2, 3}},
       [](Graph&, In x) {
         return pad(x[0], {1, 0}, {0, 2});
       },
       {0}},
      {"concat",
       {{2, 3, 2}, {2, 1, 2}, {2, 2, 2}},
       [](Graph&, In x) {
         return concat({x[0], x[1], x[2]}, 1);
       }},
      {"concat_twice_the_same",
       {{2, 3}},
       [](Graph&, In x) {
         return concat({x[0], x[0]}, 0);
       },
       {0}},

      {"gather", {{5, 2, 3}}, [](Graph& g, In x) { return gather(x[0], indices(g, 4), 0.5f, -1.0f); }, {}, -1, 1, four},
      {"gather_linear", {{5, 3}}, [](Graph& g, In x) { return gather(x[0], indices(g, 4)); }, {0}, -1, 1, four},
      {"scatter_add", {{4, 3}}, [](Graph& g, In x) { return scatter_add(x[0], indices(g, 4), 5); }, {0}, -1, 1, four},

      {"batch_norm", {image, {3}, {3}}, [](Graph&, In x) { return batch_norm(x[0], x[1], x[2], 0.01f).y; }},
      {"batch_norm_statistics", {image, {3}, {3}}, [](Graph&, In x) { return batch_norm(x[0], x[1], x[2], 0.01f).statistics; }},
      {"batch_norm_both",
       {image, {3}, {3}},
       [](Graph&, In x) {
         const BatchNorm n = batch_norm(x[0], x[1], x[2], 0.01f);
         return n.y * sum(n.statistics, {0});
       }},
      {"batch_norm_dense_same_scale", {{6, 3}, {3}}, [](Graph&, In x) { return batch_norm(x[0], x[1], x[1], 0.1f).y; }},
      {"batch_norm_groups", {{4, 2, 3, 3}, {3}, {3}}, [](Graph&, In x) { return batch_norm(x[0], x[1], x[2], 0.01f, 2).y; }},
      {"instance_norm", {image, {3}, {3}}, [](Graph&, In x) { return instance_norm(x[0], x[1], x[2], 0.01f); }},
      {"instance_norm_rank1_same_scale", {{2, 5, 3}, {3}}, [](Graph&, In x) { return instance_norm(x[0], x[1], x[1], 0.1f); }},
      {"softmax", {{2, 3, 5}}, [](Graph&, In x) { return softmax(x[0]); }},
      {"dense_tanh_layer", {{4, 3}, {3, 5}, {5}}, [](Graph&, In x) { return tanh(matmul(x[0], x[1]) + x[2]); }},
  };
}

}  // namespace

const std::vector<Case>& cases() {
  static const std::vector<Case> all = make();
  return all;
}

}  // namespace gouache::probe
