#include "model/task_design.h"

#include <numeric>
#include <utility>

namespace pythia {
namespace {

bool IsPacked(const Task& task, const FitSettings& settings) {
  return task.packed != nullptr && task.packed->IsFor(settings.features);
}

std::unique_ptr<glm::DesignSource> Unpacked(const TrainingHistory& history, const Encoder& encoder,
                                            const Task& task, TaskDesign::Offset offset) {
  const bool free = offset == TaskDesign::Offset::kFree;
  glm::DesignShape shape = encoder.shape();
  if (free) ++shape.num_dense;
  auto design = std::make_unique<glm::MemoryDesign>(std::move(shape));
  const Table rows = history.Gather(task.rows);
  encoder.Encode(rows, AllRows(rows), design.get());
  design->y.assign(task.y.begin(), task.y.end());
  std::vector<double> exposure(task.offset.begin(), task.offset.end());
  if (free) {
    design->dense.push_back(std::move(exposure));
  } else {
    design->offset = std::move(exposure);
  }
  return design;
}

}  // namespace

std::vector<int64_t> AllRows(const Table& table) {
  std::vector<int64_t> rows(static_cast<size_t>(table.num_rows()));
  std::iota(rows.begin(), rows.end(), int64_t{0});
  return rows;
}

Encoder EncoderOf(const TrainingHistory& history, const Task& task, const FitSettings& settings,
                  std::vector<std::string>* notes) {
  if (IsPacked(task, settings)) return task.packed->EncoderOf(task.packed->AllSegments(), notes);
  const Table rows = history.Gather(task.rows);
  return Encoder::Fit(rows, AllRows(rows), settings.features, notes);
}

TaskDesign::TaskDesign(const TrainingHistory& history, const Encoder& encoder, const Task& task,
                       const FitSettings& settings, Offset offset) {
  if (!IsPacked(task, settings)) {
    source_ = Unpacked(history, encoder, task, offset);
    return;
  }
  const PackedRows& rows = *task.packed;
  y_ = rows.Sorted(task.y);
  offset_ = rows.Sorted(task.offset);
  features_ = std::make_unique<PackedFeatures>(rows, encoder);
  const bool free = offset == Offset::kFree;
  auto design = std::make_unique<PackedDesign>(
      *features_, rows.RunsOf(rows.AllSegments()), y_,
      free ? std::span<const double>() : std::span<const double>(offset_));
  if (free) design->AddColumn(offset_);
  source_ = std::move(design);
}

}  // namespace pythia
