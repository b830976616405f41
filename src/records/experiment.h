// Evaluations kept for comparison, and the audit trail.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace pythia {

// One evaluation: of experiment_results.
struct Experiment {
  int64_t id = 0;  // given by the store, ascending
  std::string at;
  std::string dataset;
  std::string model_type;     // "clicks", "roi", or the user's own word
  std::string model_version;  // empty: not of ours
  std::map<std::string, double> metrics;
  std::optional<uint64_t> seed;
  std::string data_sha256;  // empty: unknown
  std::string note;
};

// One metric of one model: of model_performance.
struct Evaluation {
  std::string at;
  std::string model_version;
  std::string dataset;
  std::string model;   // "clicks", "roi"
  std::string metric;  // "log_loss" ...
  double value = 0;
  std::optional<double> baseline;
  std::string baseline_name;
  int64_t test_rows = 0;
};

// Who changed what: of audit_log.
struct AuditEvent {
  std::string at;
  std::string actor;    // "cli:root"
  std::string action;   // "load", "restore", "delete", "train", "activate", "export", "prune"
  std::string subject;  // dataset or model version
  std::string detail;   // JSON
};

}  // namespace pythia
