// How do our own programs use gouache.h?  Handles that close themselves, and results that become exceptions.
#include "demo/api/objects.h"

namespace gouache::api {
namespace {

/// Memory for `count` images, and the struct that points at it.
struct Memory {
  Memory(const GouShape& shape, std::uint32_t count)
      : bytes(std::size_t{count} * shape.height * shape.width * shape.channels), pixels(of_type<GouPixels>(GOU_TYPE_PIXELS)) {
    pixels.layout = GOU_PIXELS_UNORM8;
    pixels.data = bytes.data();
    pixels.bytes = bytes.size();
  }
  std::vector<std::uint8_t> bytes;
  GouPixels pixels;
};

}  // namespace

bool check(GouResult result) {
  if (result < 0) throw Failure(result, gouLastError());
  return result == GOU_SUCCESS;
}

Model load_model(GouContext context, const std::string& path, std::uint32_t batch) {
  auto source = of_type<GouModelSource>(GOU_TYPE_MODEL_SOURCE);
  source.path = path.c_str();
  source.batch = batch;
  GouModel model = nullptr;
  check(gouLoadModel(context, &source, &model));
  return Model(model);
}

GouShape shape(GouModel model) {
  auto answer = of_type<GouShape>(GOU_TYPE_SHAPE);
  check(gouGetModelShape(model, &answer));
  return answer;
}

GouShape shape(GouTraining training) {
  auto answer = of_type<GouShape>(GOU_TYPE_SHAPE);
  check(gouGetTrainingShape(training, &answer));
  return answer;
}

GouShape shape(GouModel model, const GouGenerate& request) {
  GouShape answer = shape(model);
  if (request.width) {
    answer.width = request.width;
    answer.height = request.height;
  }
  return answer;
}

std::vector<std::uint8_t> generate(GouModel model, const GouGenerate& request) {
  GouJob begun = nullptr;
  check(gouBeginGenerate(model, &request, &begun));
  const Job job(begun);
  Memory memory(shape(model, request), request.count);
  check(gouReadJob(job.get(), &memory.pixels));
  return std::move(memory.bytes);
}

std::vector<std::uint8_t> sample(GouTraining training, std::uint64_t seed, std::uint32_t count) {
  Memory memory(shape(training), count);
  check(gouSampleTraining(training, seed, count, &memory.pixels));
  return std::move(memory.bytes);
}

}  // namespace gouache::api
