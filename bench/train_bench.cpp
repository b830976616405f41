// Fits one model of a made design and says what it took; bench/train_bench.py compares it with
// other programs.
//
//   pythia_train_bench FOLDER logistic|poisson ALPHA TOLERANCE THREADS
//
// FOLDER holds rows.txt (rows, numbers, then the levels of each category), numbers.f64 [numbers x
// rows], codes.u8 [categories x rows] and logistic.f64 or poisson.f64 [rows], as bytes of this
// machine. Standard output gets one line: seconds of packing, seconds of the fit, its CPU seconds,
// Newton steps, passes over the rows, bytes and floating-point operations per row of a pass,
// intercept, then the coefficients.
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "glm/fit.h"
#include "glm/packing.h"

namespace {

using namespace pythia;  // NOLINT(google-build-using-namespace): a program of one file

[[noreturn]] void Die(const std::string& words) {
  (void)std::fprintf(stderr, "train_bench: %s\n", words.c_str());
  std::exit(1);
}

template <typename T>
T NumberOf(std::string_view text) {
  T number = 0;
  const auto* const end = text.end();
  if (std::from_chars(text.begin(), end, number).ptr != end)
    Die(std::string(text) + " is no number");
  return number;
}

template <typename T>
std::vector<T> ReadValues(const std::string& path, size_t count) {
  std::vector<T> values(count);
  std::ifstream file(path, std::ios::binary);
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(count * sizeof(T)));
  if (!file) Die(path + " is too short");
  return values;
}

// The rows with packed cells, as training packs them.
class Rows final : public glm::DesignSource {
 public:
  Rows(const std::string& folder, const std::string& target) {
    std::ifstream sizes(folder + "/rows.txt");
    sizes >> rows_ >> shape_.num_dense;
    for (int levels = 0; sizes >> levels;) shape_.num_levels.push_back(levels);
    numbers_ =
        ReadValues<double>(folder + "/numbers.f64", rows_ * static_cast<size_t>(shape_.num_dense));
    codes_ = ReadValues<uint8_t>(folder + "/codes.u8", rows_ * shape_.num_levels.size());
    y_ = ReadValues<double>(folder + "/" + target + ".f64", rows_);
  }

  void Pack() {
    groups_ = glm::PackedGroups(shape_);
    for (const glm::BlockGroup& group : groups_) {
      std::vector<uint8_t>& cells = cells_.emplace_back(rows_, uint8_t{0});
      for (size_t k = 0; k < group.blocks.size(); ++k) {
        const uint8_t* codes = &codes_[static_cast<size_t>(group.blocks[k]) * rows_];
        for (size_t i = 0; i < rows_; ++i) {
          cells[i] = static_cast<uint8_t>(cells[i] + codes[i] * group.strides[k]);
        }
      }
    }
  }

  const glm::DesignShape& shape() const override { return shape_; }
  const std::vector<glm::BlockGroup>* groups() const override { return &groups_; }
  Status Rewind() override {
    ++passes_;
    next_ = 0;
    return {};
  }
  Result<bool> Next(int /*slot*/, glm::DesignBlock* block) override {
    if (next_ == rows_) return false;
    const size_t rows = std::min<size_t>(glm::kDesignBlockRows, rows_ - next_);
    block->rows = static_cast<int64_t>(rows);
    block->dense.clear();
    block->cells.clear();
    for (size_t j = 0; j < static_cast<size_t>(shape_.num_dense); ++j) {
      block->dense.push_back(&numbers_[j * rows_ + next_]);
    }
    for (const auto& cells : cells_) block->cells.push_back(&cells[next_]);
    block->y = &y_[next_];
    next_ += rows;
    return true;
  }

  int passes() const { return passes_; }
  // Of what a pass reads.
  size_t row_bytes() const { return cells_.size() + (numbers_.size() + y_.size()) / rows_ * 8; }
  // Additions and multiplications of a Newton pass as the formulas ask for them: numbers scaled and
  // in the linear predictor, mean and weight (polynomials of some 12 steps, the logarithm of the
  // logistic loss besides), and the additions to cells, pairs of cells and the Gram matrix.
  size_t row_operations(bool logistic) const {
    const auto numbers = static_cast<size_t>(shape_.num_dense);
    const size_t groups = cells_.size();
    const size_t score = logistic ? 70 : 35;
    return 5 * numbers + groups + score + groups * (numbers + 2) + groups * (groups - 1) / 2 +
           numbers * (numbers + 3);
  }

 private:
  size_t rows_ = 0;
  glm::DesignShape shape_;
  std::vector<double> numbers_;
  std::vector<uint8_t> codes_;
  std::vector<double> y_;
  std::vector<glm::BlockGroup> groups_;
  std::vector<std::vector<uint8_t>> cells_;
  size_t next_ = 0;
  int passes_ = 0;
};

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double CpuNow() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) Die("FOLDER logistic|poisson ALPHA TOLERANCE THREADS");
  const std::string target = argv[2];
  Rows rows(argv[1], target);
  const double begun = Now();
  rows.Pack();
  const double packed = Now();
  const double cpu = CpuNow();
  const Result<glm::Fit> fit = glm::FitGlm(
      rows,
      {.family = target == "logistic" ? glm::Family::kBinomialLogit : glm::Family::kPoissonLog,
       .alpha = NumberOf<double>(argv[3]),
       .tolerance = NumberOf<double>(argv[4]),
       .threads = NumberOf<int>(argv[5]),
       .standard_errors = false});
  if (!fit || !fit->converged) Die("no fit");
  fmt::print("{} {} {} {} {} {} {} {}", packed - begun, Now() - packed, CpuNow() - cpu,
             fit->iterations, rows.passes(), rows.row_bytes(),
             rows.row_operations(target == "logistic"), fit->intercept);
  for (const double beta : fit->beta) fmt::print(" {}", beta);
  fmt::print("\n");
  return 0;
}
