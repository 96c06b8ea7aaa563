// How do pictures and models reach files while the window goes on, and without a file being lost?
#include "demo/studio/exporter.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <stdexcept>

namespace gouache::studio {
namespace fs = std::filesystem;

namespace {

// Numbers of a chunk as the model paints them, which are taken on the UI thread, and as they are read, on the worker.
constexpr std::uint64_t kMostPainted = std::uint64_t{1} << 20, kMostRead = std::uint64_t{1} << 24;

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

void make_folder(const std::string& folder) {
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_directory(folder, error))
    throw std::runtime_error(folder + ": this is a file, not a folder. Choose another folder.");
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder))
    throw std::runtime_error(folder + ": this folder cannot be made" + (error ? " (" + error.message() + ")" : std::string()));
}

std::uint32_t pictures_at_once(const ExportOrder& order) {
  const GouShape& shape = order.model->shape;
  const std::uint64_t painted = std::uint64_t{shape.width} * shape.height * shape.channels;
  const std::uint64_t read = std::uint64_t{order.width} * order.height * shape.channels;
  auto most = static_cast<std::uint32_t>(std::min(kMostPainted / painted, kMostRead / read));
  if (most > shape.batch) most -= most % shape.batch;
  return std::max(most, 1u);
}

}  // namespace

struct Exporter::Chunk {
  std::shared_ptr<OpenModel> model;
  api::Job job;
  std::uint32_t first = 0, count = 0;

  ~Chunk() { end(); }
  void end() { end_job(job, *model); }
  /// [count, height, width, channels]
  std::vector<std::uint8_t> read(const ExportOrder& order) {
    std::vector<std::uint8_t> bytes(std::size_t{count} * order.width * order.height * model->shape.channels);
    auto pixels = api::of_type<GouPixels>(GOU_TYPE_PIXELS);
    pixels.layout = order.premultiplied ? GOU_PIXELS_UNORM8 : GOU_PIXELS_UNORM8_STRAIGHT;
    pixels.data = bytes.data();
    pixels.bytes = bytes.size();
    const std::lock_guard held(model->calls);
    api::check(gouReadJob(job.get(), &pixels));
    job.reset();
    return bytes;
  }
};

struct Exporter::Canvas {
  data::Picture sheet;                ///< of a sheet or strip
  std::set<std::string> replaceable;  ///< file names that the user was asked about
  std::uint32_t files = 0;            ///< written
  std::string last;                   ///< of them

  void write(const ExportOrder& order, const std::string& name, const std::function<void(const std::string& path)>& how) {
    const std::string path = (fs::path(order.folder) / name).string();
    if (!replaceable.count(name) && is_there(path))
      throw std::runtime_error(path + ": a file of this name has appeared meanwhile, and was left as it is");
    how(path);
    ++files;
    last = path;
  }

  void write_pictures(const ExportOrder& order, const Chunk& chunk, std::span<const std::uint8_t> pixels, const Progress& progress) {
    const std::size_t bytes = pixels.size() / chunk.count;
    for (std::uint32_t i = 0; i < chunk.count && !progress.cancelled; ++i) {
      const auto one = pixels.subspan(i * bytes, bytes);
      const data::Picture picture{order.width, order.height, order.model->shape.channels, {one.begin(), one.end()}};
      for (const std::string& file : files_of(order.kind, order.stems[chunk.first + i]))
        write(order, file, [&](const std::string& path) { data::write_png(path, picture); });
    }
  }

  void write_sheet(const ExportOrder& order) {
    const std::vector<std::string> files = files_of(order.kind, order.stems[0]);
    FrameData frames{files[0], sheet.channels, {}, order.milliseconds, order.there_and_back, order.premultiplied};
    for (const std::string& number : order.numbers) frames.names.push_back(order.stems[0] + "-" + number + ".png");
    write(order, files[0], [&](const std::string& path) { data::write_png(path, sheet); });
    write(order, files[1], [&](const std::string& path) {
      data::write_atomically(path, [&](std::ostream& out) { out << frame_data(order.sheet, frames); });
    });
  }
};

Exporter::~Exporter() {
  if (at_work_) at_work_->cancelled = true;
}

void Exporter::post(Stage stage, const char* title, Worker::Job job, void (Exporter::*next)()) {
  stage_ = stage;
  at_work_ = worker_.post(title, std::move(job), [this, next](const std::exception_ptr& error) {
    at_work_.reset();
    if (stage_ == Stage::stopping)
      stop();
    else if (error)
      fail(message_of(error));
    else
      (this->*next)();
  });
}

void Exporter::begin(ExportOrder order) {
  if (!idle()) return;
  order_ = std::make_shared<ExportOrder>(std::move(order));
  canvas_ = std::make_shared<Canvas>();
  existing_.clear();
  last_error_.clear();
  painted_ = 0;
  look();
}

void Exporter::look() {
  auto found = std::make_shared<std::vector<std::string>>();
  post(
      Stage::checking, "Looking into the folder",
      [order = order_, found](Progress&) {
        make_folder(order->folder);
        for (const std::string& stem : order->stems)
          for (const std::string& file : files_of(order->kind, stem))
            if (is_there(fs::path(order->folder) / file)) found->push_back(file);
      },
      &Exporter::looked);
  found_ = found;
}

void Exporter::looked() {
  existing_ = std::move(*found_);
  if (existing_.empty())
    start();
  else
    stage_ = Stage::asking;
}

void Exporter::answer(Answer answer) {
  if (stage_ != Stage::asking) return;
  switch (answer) {
    case Answer::replace:
      canvas_->replaceable.insert(existing_.begin(), existing_.end());
      start();
      break;
    case Answer::keep_both: rename(); break;
    case Answer::cancel: end(); break;
  }
}

void Exporter::rename() {
  post(
      Stage::checking, "Looking for free names",
      [order = order_](Progress&) {
        std::set<std::string> used;
        for (std::string& stem : order->stems) {
          stem = free_stem(stem, [&](const std::string& name) {
            return used.count(name) || std::ranges::any_of(files_of(order->kind, name), [&](const std::string& file) {
                     return is_there(fs::path(order->folder) / file);
                   });
          });
          used.insert(stem);
        }
      },
      &Exporter::start);
}

void Exporter::start() {
  if (order_->kind == ExportKind::model) return save_model();
  if (order_->kind != ExportKind::pictures) canvas_->sheet = blank_sheet(order_->sheet, order_->model->shape.channels);
  stage_ = Stage::painting;
}

void Exporter::save_model() {
  post(
      Stage::writing, "Saving the model",
      [order = order_, canvas = canvas_](Progress& progress) {
        if (progress.cancelled) return;
        canvas->write(*order, files_of(order->kind, order->stems[0])[0], [&](const std::string& path) {
          const std::lock_guard held(order->model->calls);
          api::check(gouSaveModel(order->model->model.get(), path.c_str()));
        });
      },
      &Exporter::finish);
}

void Exporter::update() {
  if (stage_ != Stage::painting) return;
  const ModelTurn turn(order_->model);
  if (!turn) return;
  try {
    if (!chunk_)
      begin_chunk();
    else if (api::check(gouPollJob(chunk_->job.get())))
      write_chunk();
  } catch (const api::Failure& failure) {
    if (failure.result() == GOU_ERROR_DEVICE_LOST) throw;
    if (chunk_) chunk_->job.reset();
    fail(failure.what());
  }
}

void Exporter::begin_chunk() {
  const ExportOrder& order = *order_;
  auto chunk = std::make_shared<Chunk>();
  chunk->model = order.model;
  chunk->first = painted_;
  chunk->count = std::min(pictures_at_once(order), static_cast<std::uint32_t>(order.specimens.size()) - painted_);
  std::vector<float> latents;
  std::vector<std::uint32_t> labels;
  for (std::uint32_t i = chunk->first; i < chunk->first + chunk->count; ++i) {
    latents.insert(latents.end(), order.specimens[i].latent.begin(), order.specimens[i].latent.end());
    labels.push_back(order.specimens[i].label);
  }
  auto request = api::of_type<GouGenerate>(GOU_TYPE_GENERATE);
  request.latents = latents.data();
  request.labels = order.model->shape.classes ? labels.data() : nullptr;
  request.count = chunk->count;
  request.pace = GOU_PACE_TICKED;
  request.width = order.width;
  request.height = order.height;
  request.filter = order.nearest ? GOU_FILTER_NEAREST : GOU_FILTER_SMOOTH;
  GouJob job = nullptr;
  api::check(gouBeginGenerate(order.model->model.get(), &request, &job));
  chunk->job.reset(job);
  chunk_ = std::move(chunk);
}

void Exporter::write_chunk() {
  const bool last = chunk_->first + chunk_->count == order_->specimens.size();
  post(
      Stage::writing, "Writing pictures",
      [order = order_, canvas = canvas_, chunk = std::move(chunk_), last](Progress& progress) {
        if (progress.cancelled) return;
        const std::vector<std::uint8_t> pixels = chunk->read(*order);
        if (order->kind == ExportKind::pictures) return canvas->write_pictures(*order, *chunk, pixels, progress);
        const std::size_t bytes = pixels.size() / chunk->count;
        for (std::uint32_t i = 0; i < chunk->count; ++i)
          place(canvas->sheet, order->sheet.cells[chunk->first + i], std::span(pixels).subspan(i * bytes, bytes),
                order->model->shape.channels);
        if (last && !progress.cancelled) canvas->write_sheet(*order);
      },
      &Exporter::chunk_written);
}

void Exporter::chunk_written() {
  painted_ += std::min(pictures_at_once(*order_), static_cast<std::uint32_t>(order_->specimens.size()) - painted_);
  if (painted_ == order_->specimens.size())
    finish();
  else
    stage_ = Stage::painting;
}

void Exporter::finish() {
  const std::vector<std::string> files = files_of(order_->kind, order_->stems[0]);
  std::string what = std::to_string(order_->stems.size()) + " pictures";
  if (order_->stems.size() == 1) what = files.size() == 1 ? files[0] : files[0] + " and " + files[1];
  ++orders_done_;
  notices_.done(what + (order_->stems.size() == 1 && files.size() == 1 ? " is in " : " are in ") + order_->folder);
  end();
}

void Exporter::stop() {
  notices_.warning("Stopped. " +
                   (canvas_->files ? std::to_string(canvas_->files) + " files were written before." : "Nothing was written."));
  end();
}

void Exporter::fail(const std::string& why) {
  last_error_ = why;
  notices_.error(why + (canvas_->files ? ". " + std::to_string(canvas_->files) + " files were written before." : ""));
  end();
}

void Exporter::end() {
  if (canvas_->files) last_file_ = canvas_->last;
  files_written_ += canvas_->files;
  order_ = std::make_shared<ExportOrder>();
  canvas_.reset();
  chunk_.reset();
  stage_ = Stage::idle;
}

void Exporter::cancel() {
  if (stage_ == Stage::idle || stage_ == Stage::stopping) return;
  if (stage_ == Stage::asking) return end();
  if (at_work_) at_work_->cancelled = true;
  if (!at_work_)  // painting: what was begun ends on the worker, since it may wait for the GPU
    post(
        Stage::stopping, "Stopping",
        [chunk = std::move(chunk_)](Progress&) {
          if (chunk) chunk->end();
        },
        &Exporter::stop);
  stage_ = Stage::stopping;
}

float Exporter::progress() const {
  const std::size_t all = order_->specimens.size();
  return all ? static_cast<float>(painted_) / static_cast<float>(all) : 0;
}

}  // namespace gouache::studio
