#include "model/task_design.h"

#include <utility>

namespace pythia {
namespace {

bool IsPacked(const Task& task, const FitSettings& settings) {
  return task.packed != nullptr && task.packed->IsFor(settings.features);
}

std::unique_ptr<glm::DesignSource> Unpacked(const Table& table, const Encoder& encoder,
                                            const Task& task, TaskDesign::Offset offset) {
  const bool free = offset == TaskDesign::Offset::kFree;
  glm::DesignShape shape = encoder.shape();
  if (free) ++shape.num_dense;
  auto design = std::make_unique<glm::MemoryDesign>(std::move(shape));
  encoder.Encode(table, task.rows, design.get());
  design->y = task.y;
  if (free) {
    design->dense.push_back(task.offset);
  } else {
    design->offset = task.offset;
  }
  return design;
}

}  // namespace

Encoder EncoderOf(const Table& table, const Task& task, const FitSettings& settings,
                  std::vector<std::string>* notes) {
  return IsPacked(task, settings) ? task.packed->EncoderOf(task.packed->AllSegments(), notes)
                                  : Encoder::Fit(table, task.rows, settings.features, notes);
}

TaskDesign::TaskDesign(const Table& table, const Encoder& encoder, const Task& task,
                       const FitSettings& settings, Offset offset) {
  if (!IsPacked(task, settings)) {
    source_ = Unpacked(table, encoder, task, offset);
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
