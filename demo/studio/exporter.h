// How do pictures and models reach files while the window goes on, and without a file being lost?
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "demo/studio/export_plan.h"
#include "demo/studio/latents.h"
#include "demo/studio/notices.h"
#include "demo/studio/open_model.h"
#include "demo/studio/worker.h"

namespace gouache::studio {

/// What is to be written, and where.
struct ExportOrder {
  ExportKind kind = ExportKind::pictures;
  std::shared_ptr<OpenModel> model;
  std::string folder;                   ///< made where it is missing
  std::vector<std::string> stems;       ///< file names without endings: of each picture, or the one of a sheet, strip or model
  std::vector<Specimen> specimens;      ///< what is painted; none for a model
  std::vector<std::string> numbers;     ///< [specimens], for the names of frames
  std::uint32_t width = 0, height = 0;  ///< of each picture
  bool nearest = true;                  ///< how another size than the model's is made
  bool premultiplied = false;           ///< colour is written multiplied by alpha, against PNG's custom
  ExportSheet sheet;                    ///< of a sheet or strip
  std::uint32_t milliseconds = 0;       ///< a frame of a strip
  bool there_and_back = false;
};

/// Carries out one order after the other. UI thread; files are touched on the worker alone.
///
/// Pictures are painted in host memory, ticked, some at a time. Reading them (which resizes them, on the CPU) and saving a model are calls
/// that take long: the worker makes them while it holds OpenModel::calls, and paintings of that model pause for so long.
class Exporter {
 public:
  enum class Stage { idle, checking, asking, painting, writing, stopping };
  enum class Answer { replace, keep_both, cancel };

  Exporter(Worker& worker, Notices& notices) : worker_(worker), notices_(notices) {}
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  /// While idle. Looks for files of these names first, and asks where there are any.
  void begin(ExportOrder order);
  /// Once a frame. Throws api::Failure where painting failed; the order is over then.
  void update();
  /// What is there already, while asking.
  const std::vector<std::string>& existing() const { return existing_; }
  void answer(Answer answer);
  /// Ends the order as soon as it can be; files that were written stay.
  void cancel();

  Stage stage() const { return stage_; }
  bool idle() const { return stage_ == Stage::idle; }
  float progress() const;  ///< 0..1
  const ExportOrder& order() const { return *order_; }
  std::uint32_t files_written() const { return files_written_; }  ///< by all orders
  std::uint32_t orders_done() const { return orders_done_; }
  const std::string& last_file() const { return last_file_; }  ///< its path; "": none yet
  const std::string& last_error() const { return last_error_; }

 private:
  struct Chunk;   ///< pictures that are painted, read and written together
  struct Canvas;  ///< what the worker fills
  void post(Stage stage, const char* title, Worker::Job job, void (Exporter::*next)());
  void look();
  void looked();
  void rename();
  void start();
  void begin_chunk();
  void write_chunk();
  void save_model();
  void chunk_written();
  void finish();
  void stop();
  void end();
  void fail(const std::string& why);

  Worker& worker_;
  Notices& notices_;
  Stage stage_ = Stage::idle;
  std::shared_ptr<ExportOrder> order_ = std::make_shared<ExportOrder>();
  std::vector<std::string> existing_;  ///< file names, sorted
  std::shared_ptr<std::vector<std::string>> found_;
  std::shared_ptr<Canvas> canvas_;
  std::shared_ptr<Chunk> chunk_;
  std::shared_ptr<Progress> at_work_;  ///< of the worker's job for this order
  std::uint32_t painted_ = 0;          ///< pictures that were read
  std::uint32_t files_written_ = 0, orders_done_ = 0;
  std::string last_file_, last_error_;
};

}  // namespace gouache::studio
