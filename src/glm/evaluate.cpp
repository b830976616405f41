#include "glm/evaluate.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace pythia::glm {
namespace {

// Calls `tile(first, count)` for the tiles of a block.
template <typename Function>
void ForTiles(const DesignBlock& block, const Function& tile) {
  for (int64_t first = 0; first < block.rows; first += kTileRows) {
    tile(first, static_cast<int>(std::min<int64_t>(kTileRows, block.rows - first)));
  }
}

class SumWorker final : public PassWorker {
 public:
  SumWorker(Family family, const Geometry& geometry, const PointTables& point, RowSums* total)
      : family_(family), point_(point), total_(total), reader_(geometry) {}

  void Begin() override { part_ = {}; }
  Status Add(const DesignBlock& block, int64_t /*first_row*/) override {
    ForTiles(block, [&](int64_t first, int count) {
      reader_.Read(block, first, count, point_, /*with_offset=*/true);
      SumTile(family_, &reader_.tile, &part_);
    });
    return {};
  }
  void Merge() override {
    total_->loss += part_.loss;
    total_->w += part_.w;
    total_->r += part_.r;
    total_->deviance += part_.deviance;
    total_->pearson_chi2 += part_.pearson_chi2;
  }

 private:
  const Family family_;
  const PointTables& point_;
  RowSums* const total_;
  TileReader reader_;
  RowSums part_;
};

void SquareScores(RowTile* tile) {
  for (int i = 0; i < kTileRows; ++i) tile->w[i] = tile->r[i] * tile->r[i];
}

// The way in which a row may move for ever: 1 up, -1 down, 0 not at all.
int FreeWay(Family family, double y) {
  if (y == 0) return -1;
  return family == Family::kBinomialLogit && y == 1 ? 1 : 0;
}

class MarginWorker final : public PassWorker {
 public:
  // `known_along` > 0: the largest move is known, so the least can be found.
  MarginWorker(Family family, const Geometry& geometry, const PointTables& point,
               double known_along, DirectionMargins* total)
      : family_(family),
        point_(point),
        floor_(known_along / 10),
        total_(total),
        reader_(geometry) {}

  void Begin() override { part_ = {}; }
  Status Add(const DesignBlock& block, int64_t /*first_row*/) override {
    ForTiles(block, [&](int64_t first, int count) {
      reader_.Read(block, first, count, point_, /*with_offset=*/false);
      for (int i = 0; i < count; ++i) AddRow(i);
    });
    return {};
  }
  void Merge() override {
    total_->against = std::max(total_->against, part_.against);
    total_->along = std::max(total_->along, part_.along);
    total_->least_along = std::min(total_->least_along, part_.least_along);
  }

 private:
  void AddRow(int i) {
    if (!(reader_.tile.weight[i] > 0)) return;
    const int way = FreeWay(family_, reader_.tile.y[i]);
    const double move = reader_.tile.eta[i];
    part_.against = std::max(part_.against, way == 0 ? std::abs(move) : -way * move);
    part_.along = std::max(part_.along, way * move);
    if (way * move > floor_) part_.least_along = std::min(part_.least_along, way * move);
  }

  const Family family_;
  const PointTables& point_;
  const double floor_;
  DirectionMargins* const total_;
  TileReader reader_;
  DirectionMargins part_;
};

template <typename Worker>
std::vector<PassWorker*> Pointers(const std::vector<std::unique_ptr<Worker>>& workers) {
  std::vector<PassWorker*> pointers;
  for (const auto& worker : workers) pointers.push_back(worker.get());
  return pointers;
}

}  // namespace

class Evaluator::CurveWorker final : public PassWorker {
 public:
  CurveWorker(Family family, const Geometry& geometry, const SumLayout& layout,
              std::vector<double>* total)
      : family_(family),
        total_(*total),
        part_(layout.size()),
        reader_(geometry),
        adder_(geometry, layout) {}

  void Start(const PointTables* point, Rows rows) {
    point_ = point;
    rows_ = rows;
  }
  void Begin() override { std::fill(part_.begin(), part_.end(), 0.0); }
  Status Add(const DesignBlock& block, int64_t /*first_row*/) override {
    ForTiles(block, [&](int64_t first, int count) {
      reader_.Read(block, first, count, *point_, /*with_offset=*/true);
      if (rows_ == Rows::kFromData) {
        DataStartTile(&reader_.tile);
      } else {
        ScoreTile(family_, &reader_.tile, part_.data());
      }
      if (rows_ == Rows::kSquaredScores) SquareScores(&reader_.tile);
      adder_.Add(reader_, count, part_.data());
    });
    return {};
  }
  void Merge() override {
    for (size_t i = 0; i < part_.size(); ++i) total_[i] += part_[i];
  }

 private:
  const Family family_;
  std::vector<double>& total_;
  const PointTables* point_ = nullptr;
  Rows rows_ = Rows::kScore;
  std::vector<double> part_;
  TileReader reader_;
  TileAdder adder_;
};

int BlocksPerGroup(const DesignShape& shape) {
  const int64_t columns = shape.num_columns();
  return static_cast<int>(std::clamp<int64_t>(columns * columns / 2 / kDesignBlockRows, 16, 64));
}

Evaluator::Evaluator(DesignSource& source, const FitOptions& options, const Geometry& geometry,
                     int64_t rows)
    : source_(source),
      options_(options),
      geometry_(geometry),
      rows_(rows),
      blocks_per_group_(BlocksPerGroup(geometry.shape)),
      layout_(geometry) {}

Evaluator::~Evaluator() = default;

Status Evaluator::Run(const std::vector<PassWorker*>& workers) {
  // More threads than groups of rows would only wait.
  const int64_t group_rows = blocks_per_group_ * kDesignBlockRows;
  const auto useful = static_cast<size_t>((rows_ + group_rows - 1) / group_rows);
  std::vector<PassWorker*> used = workers;
  used.resize(std::clamp<size_t>(useful, 1, used.size()));
  PYTHIA_ASSIGN(const PassEnd end, RunPass(source_, used, blocks_per_group_, options_.stop));
  cancelled_ = cancelled_ || end.cancelled;
  if (!end.cancelled && end.rows != rows_) {
    return Fail(ErrorCode::kBadInput, "the number of rows changed while a model was fitted");
  }
  return {};
}

Status Evaluator::Curve(const Eigen::VectorXd& theta, Rows rows, Curvature* out) {
  if (curve_workers_.empty()) {
    for (int t = 0; t < options_.threads; ++t) {
      curve_workers_.push_back(
          std::make_unique<CurveWorker>(options_.family, geometry_, layout_, &total_));
    }
  }
  const PointTables point(geometry_, theta);
  for (const auto& worker : curve_workers_) worker->Start(&point, rows);
  total_.assign(layout_.size(), 0.0);
  PYTHIA_TRY(Run(Pointers(curve_workers_)));
  Assemble(geometry_, layout_, total_, out);
  return {};
}

Result<RowSums> Evaluator::Sum(const Eigen::VectorXd& theta) {
  const PointTables point(geometry_, theta);
  RowSums total;
  std::vector<std::unique_ptr<SumWorker>> workers;
  for (int t = 0; t < options_.threads; ++t) {
    workers.push_back(std::make_unique<SumWorker>(options_.family, geometry_, point, &total));
  }
  PYTHIA_TRY(Run(Pointers(workers)));
  return total;
}

Result<DirectionMargins> Evaluator::Margins(const Eigen::VectorXd& direction) {
  const PointTables point(geometry_, direction);
  DirectionMargins total;
  // Twice: the least move along is judged against the largest.
  for (int round = 0; round < 2 && !cancelled_; ++round) {
    const double known_along = total.along;
    total = {};
    std::vector<std::unique_ptr<MarginWorker>> workers;
    for (int t = 0; t < options_.threads; ++t) {
      workers.push_back(
          std::make_unique<MarginWorker>(options_.family, geometry_, point, known_along, &total));
    }
    PYTHIA_TRY(Run(Pointers(workers)));
    if (total.against > 1e-3 * total.along) break;
  }
  return total;
}

}  // namespace pythia::glm
