// All rows of a task as one design: packed where they can be.
#pragma once

#include <memory>
#include <vector>

#include "glm/design.h"
#include "model/cross_validate.h"

namespace pythia {

// 0, 1 ... of a table.
std::vector<int64_t> AllRows(const Table& table);

// The encoder of all rows of a task.
Encoder EncoderOf(const TrainingHistory& history, const Task& task, const FitSettings& settings,
                  std::vector<std::string>* notes);

// Not thread-safe. Task and history must outlive it.
class TaskDesign {
 public:
  enum class Offset {
    kAsGiven,
    kFree,  // the last dense column, with a coefficient of its own
  };

  // The encoder was fitted on the rows of the task, with the features of `settings`.
  TaskDesign(const TrainingHistory& history, const Encoder& encoder, const Task& task,
             const FitSettings& settings, Offset offset = Offset::kAsGiven);

  glm::DesignSource& source() { return *source_; }

 private:
  RowVector<double> y_;       // in packed order
  RowVector<double> offset_;  // in packed order
  std::unique_ptr<PackedFeatures> features_;
  std::unique_ptr<glm::DesignSource> source_;
};

}  // namespace pythia
