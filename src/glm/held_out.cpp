#include "glm/held_out.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/check.h"
#include "glm/evaluate.h"
#include "glm/ordered_pass.h"
#include "glm/survey.h"

namespace pythia::glm {
namespace {

// Reads tiles at the point; what becomes of a tile is the heirs' business.
class TileWorker : public PassWorker {
 public:
  TileWorker(Family family, const Geometry& geometry, const PointTables& point)
      : family_(family), point_(point), reader_(geometry) {}

  void Begin() override {}
  Status Add(const DesignBlock& block, int64_t first_row) override {
    for (int64_t first = 0; first < block.rows; first += kTileRows) {
      const auto count = static_cast<int>(std::min<int64_t>(kTileRows, block.rows - first));
      reader_.Read(block, first, count, point_, /*with_offset=*/true);
      Take(&reader_.tile, first_row + first, count);
    }
    return {};
  }
  void Merge() override {}

 protected:
  virtual void Take(RowTile* tile, int64_t first_row, int count) = 0;
  const Family family_;

 private:
  const PointTables& point_;
  TileReader reader_;
};

class MeanWorker final : public TileWorker {
 public:
  MeanWorker(Family family, const Geometry& geometry, const PointTables& point,
             std::span<double> mu)
      : TileWorker(family, geometry, point), mu_(mu) {}

 private:
  void Take(RowTile* tile, int64_t first_row, int count) override {
    MeansOfTile(family_, tile);
    PYTHIA_CHECK(first_row + count <= std::ssize(mu_));
    std::copy_n(tile->eta, count, mu_.data() + first_row);
  }
  std::span<double> mu_;
};

class LossWorker final : public TileWorker {
 public:
  LossWorker(Family family, const Geometry& geometry, const PointTables& point, double most_loss,
             double* total)
      : TileWorker(family, geometry, point), most_loss_(most_loss), total_(*total) {}

  void Begin() override { part_ = 0; }
  void Merge() override { total_ += part_; }

 private:
  void Take(RowTile* tile, int64_t /*first_row*/, int /*count*/) override {
    part_ += LossOfTile(family_, tile, most_loss_);
  }
  const double most_loss_;
  double& total_;
  double part_ = 0;
};

template <typename Worker, typename... Arguments>
Result<PassEnd> Run(DesignSource& source, const HeldOut& point, int64_t rows,
                    const Arguments&... arguments) {
  const Geometry geometry(source, UnscaledSurvey(source.shape(), rows), true);
  std::vector<double> coefficients(point.beta.begin(), point.beta.end());
  coefficients.push_back(point.intercept);
  const PointTables tables(geometry, geometry.ToTheta(coefficients));
  const int blocks_per_group = BlocksPerGroup(source.shape());
  source.SetSlots(SlotsForPass(point.threads, blocks_per_group));
  std::vector<std::unique_ptr<Worker>> owned;
  std::vector<PassWorker*> workers;
  for (int t = 0; t < point.threads; ++t) {
    owned.push_back(std::make_unique<Worker>(point.family, geometry, tables, arguments...));
    workers.push_back(owned.back().get());
  }
  return RunPass(source, workers, blocks_per_group, point.stop);
}

}  // namespace

Status MeansOf(DesignSource& source, const HeldOut& point, std::span<double> mu) {
  PYTHIA_ASSIGN(const PassEnd end, Run<MeanWorker>(source, point, std::ssize(mu), mu));
  PYTHIA_CHECK(end.cancelled || end.rows == std::ssize(mu));
  return {};
}

Result<double> LossOf(DesignSource& source, const HeldOut& point, int64_t rows, double most_loss) {
  double total = 0;
  PYTHIA_TRY(Run<LossWorker>(source, point, rows, most_loss, &total));
  return total;
}

}  // namespace pythia::glm
