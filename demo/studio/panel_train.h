// What does the page "Train" do?  Images and recipe at the left, samples in the middle, curves and checkpoints at the right.
#pragma once

#include <optional>
#include <string>

#include "demo/studio/painting.h"
#include "demo/studio/plots.h"
#include "demo/studio/recipe_form.h"
#include "demo/studio/source_choice.h"
#include "demo/studio/texture.h"
#include "demo/studio/training_session.h"
#include "demo/studio/workspace.h"

namespace gouache::studio {

class TrainPanel {
 public:
  explicit TrainPanel(Workspace& space);
  /// Once a frame, whether or not the page is shown; before the library's tick.
  void update();
  /// Saves what is unsaved and ends the training, over the next frames.
  void leave();
  bool left() const { return !session_.is_open(); }
  /// Takes a file or folder that was dropped on the window.
  void drop(const std::string& path);
  /// In the page's window.
  void draw();

 private:
  /// Pictures of one size in rows and columns on a texture.
  struct Atlas {
    std::unique_ptr<Texture> texture;
    std::uint32_t count = 0, columns = 1, rows = 1;
  };
  enum class Wish { none, run, one_step };

  // panel_train_setup.cpp: the left column
  void draw_setup();
  void draw_source();
  void draw_recipe();
  void draw_field(const FormField& field);
  void draw_controls();
  void choose_source(const std::string& source);
  void take_images();
  void refuse_source(const std::string& problem);
  void keep_settings();
  TrainingWish wish() const;
  /// A new training of what is set, or the one at hand.
  void go(Wish wish);

  // panel_train_progress.cpp: the right column
  void draw_progress();
  void draw_alarms();
  void draw_checkpoints();
  void explore_weights();

  // panel_train.cpp: the middle, and what goes on
  void publish() const;
  void draw_samples();
  void draw_history();
  void draw_grid(const Texture& texture, std::uint32_t count, std::uint32_t columns, std::uint32_t rows, const char* name,
                 ImVec2 room) const;
  void show(Atlas& atlas, std::span<const std::uint8_t> rgba, std::uint32_t count, std::uint32_t columns, std::uint32_t width,
            std::uint32_t height);
  void paint_samples();
  void begin(const std::string& source);

  Workspace& space_;
  TrainingSession session_;
  SourceChoice source_;
  RecipeForm form_;
  Painting live_;
  std::uint64_t painted_version_ = 0;
  double painted_at_ = -1;  ///< seconds

  Atlas images_, past_;
  std::uint64_t images_version_ = 0;
  std::string folder_;  ///< what is typed
  int kind_ = 0;        ///< of the source, in the list
  std::uint32_t asked_size_ = 0;
  bool fit_images_ = true;  ///< the next images decide about the recipe's channels and kinds
  bool advanced_ = false;
  std::uint32_t batch_ = 64;
  std::uint64_t seed_ = 0;
  Wish pending_ = Wish::none;               ///< when the training is made
  std::optional<std::uint64_t> past_step_;  ///< the sheet that is looked at; none: the live one
  std::uint64_t past_shown_ = 0;            ///< which one the texture holds, plus one
  bool begun_ = false;                      ///< the page was looked at
  std::string last_run_;                    ///< folder that could be opened again
  std::uint64_t announced_ = 0;             ///< alarms that were told in a notice, as bits

  FigurePlot losses_, probabilities_, norms_, speed_;
};

}  // namespace gouache::studio
