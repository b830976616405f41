#include "simulate/simulate.h"

#include <array>
#include <cmath>
#include <utility>

#include "base/random.h"
#include "simulate/text.h"

namespace pythia {
namespace {

constexpr size_t kBlockBytes = 1 << 18;
constexpr int64_t kRowsPerStep = 4096;

Error OutOfRange(std::string message, double value) {
  return Error{ErrorCode::kUsage, std::move(message), {}, std::to_string(value)};
}

Status CheckOptions(const SimulateOptions& options) {
  if (options.rows < 1 || options.rows > 1'000'000'000) {
    return Fail(Error{ErrorCode::kUsage,
                      "the number of rows must be from 1 to 1000000000",
                      {},
                      std::to_string(options.rows)});
  }
  if (!(options.dirty >= 0 && options.dirty <= 1)) {
    return Fail(OutOfRange("the share of dirty rows must be from 0 to 1", options.dirty));
  }
  if (!(std::fabs(options.drift) <= 10)) {
    return Fail(OutOfRange("the drift must be from -10 to 10", options.drift));
  }
  return {};
}

// Text on its way to a sink, in blocks; none of it is kept where there is no sink.
class BlockWriter {
 public:
  explicit BlockWriter(const TextSink& sink) : sink_(sink) {
    if (sink_) block_.reserve(kBlockBytes + 4096);
  }

  bool wanted() const { return static_cast<bool>(sink_); }
  std::string* block() { return &block_; }
  int64_t bytes() const { return bytes_; }

  Status FlushIfFull() { return block_.size() < kBlockBytes ? Status{} : Flush(); }
  Status Flush() {
    if (!sink_ || block_.empty()) return {};
    bytes_ += static_cast<int64_t>(block_.size());
    Status status = sink_(block_);
    block_.clear();
    return status;
  }

 private:
  const TextSink& sink_;
  std::string block_;
  int64_t bytes_ = 0;
};

class Simulation {
 public:
  Simulation(const SimulateOptions& options, const TextSink& history, const TextSink& truth)
      : options_(options), end_(options.crlf ? "\r\n" : "\n"), history_(history), truth_(truth) {}

  Result<SimulateSummary> Run(Progress& progress, const std::stop_token& stop) {
    *history_.block() += HistoryHeader();
    *history_.block() += end_;
    if (truth_.wanted()) AppendTruthHead(options_, truth_.block());
    for (int64_t row = 0; row < options_.rows; ++row) {
      PYTHIA_TRY(WriteRow(row));
      if (row % kRowsPerStep != 0) continue;
      if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "stopped while simulating");
      progress.Update(row, row);
    }
    SimulateSummary summary{options_.rows, 0, Counts()};
    if (truth_.wanted()) AppendTruthTail(summary.dirty, truth_.block());
    PYTHIA_TRY(history_.Flush());
    PYTHIA_TRY(truth_.Flush());
    summary.bytes = history_.bytes();
    return summary;
  }

 private:
  Status WriteRow(int64_t row) {
    Random random(options_.seed, static_cast<uint64_t>(row));
    SimulatedCampaign campaign = DrawCampaign(options_, row, random);
    const Dirt dirt = DrawDirt(random);
    if (dirt == Dirt::kDuplicateRow) campaign = previous_;
    AppendRow(campaign, dirt, end_, history_.block());
    if (truth_.wanted()) AppendTruthRow(campaign, dirt, row == 0, truth_.block());
    ++counts_[static_cast<size_t>(dirt)];
    previous_ = campaign;
    previous_is_clean_ = dirt == Dirt::kNone;
    PYTHIA_TRY(history_.FlushIfFull());
    return truth_.FlushIfFull();
  }

  // A copy of a dirty row would be counted under that row's reason, so only clean rows are copied.
  Dirt DrawDirt(Random& random) const {
    if (random.Uniform() >= options_.dirty) return Dirt::kNone;
    const uint64_t kinds = previous_is_clean_ ? kNumDirts : kNumDirts - 1;
    return static_cast<Dirt>(1 + random.Below(kinds));
  }

  std::map<std::string, int64_t> Counts() const {
    std::map<std::string, int64_t> counts;
    for (size_t kind = 1; kind < counts_.size(); ++kind) {
      counts.emplace(DirtName(static_cast<Dirt>(kind)), counts_[kind]);
    }
    return counts;
  }

  const SimulateOptions& options_;
  std::string_view end_;
  BlockWriter history_;
  BlockWriter truth_;
  SimulatedCampaign previous_;
  bool previous_is_clean_ = false;
  std::array<int64_t, kNumDirts + 1> counts_{};
};

constexpr std::array<std::pair<Signal, std::string_view>, 3> kSignals = {{
    {Signal::kNone, "none"},
    {Signal::kWeak, "weak"},
    {Signal::kStrong, "strong"},
}};
constexpr std::array<std::pair<Dispersion, std::string_view>, 2> kDispersions = {{
    {Dispersion::kLinear, "linear"},
    {Dispersion::kQuadratic, "quadratic"},
}};

template <typename Names, typename Value>
std::string_view NameIn(const Names& names, Value value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return {};
}

template <typename Names, typename Value>
bool ParseIn(const Names& names, std::string_view text, Value* value) {
  for (const auto& [candidate, name] : names) {
    if (name != text) continue;
    *value = candidate;
    return true;
  }
  return false;
}

}  // namespace

std::string_view SignalName(Signal signal) { return NameIn(kSignals, signal); }
std::string_view DispersionName(Dispersion dispersion) { return NameIn(kDispersions, dispersion); }
bool ParseSignal(std::string_view name, Signal* signal) { return ParseIn(kSignals, name, signal); }
bool ParseDispersion(std::string_view name, Dispersion* dispersion) {
  return ParseIn(kDispersions, name, dispersion);
}

Result<SimulateSummary> Simulate(const SimulateOptions& options, const TextSink& history,
                                 const TextSink& truth, Progress& progress, std::stop_token stop) {
  PYTHIA_TRY(CheckOptions(options));
  progress.Begin("simulating", options.rows);
  Simulation simulation(options, history, truth);
  Result<SimulateSummary> summary = simulation.Run(progress, stop);
  progress.End();
  return summary;
}

}  // namespace pythia
