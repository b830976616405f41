#include <utility>
#include <vector>

#include "base/check.h"
#include "base/file.h"
#include "campaign/dates.h"
#include "records/json_text.h"
#include "report/writers.h"

namespace pythia {
namespace {

class JsonWriter final : public TableWriter {
 public:
  JsonWriter(AtomicFile file, Schema schema) : file_(std::move(file)), schema_(std::move(schema)) {
    for (const ColumnSpec& spec : schema_) {
      std::string& key = keys_.emplace_back(&spec == schema_.data() ? "{" : ",");
      AppendJsonText(spec.name, &key);
      key += ':';
    }
  }

  Status Append(const Table& rows) override {
    PYTHIA_CHECK(HasColumns(rows, schema_));
    for (int64_t row = 0; row < rows.num_rows(); ++row) {
      text_ = std::exchange(empty_, false) ? "[\n" : ",\n";
      for (size_t c = 0; c < keys_.size(); ++c) {
        text_ += keys_[c];
        AppendValue(rows.columns()[c], row);
      }
      text_ += '}';
      PYTHIA_TRY(file_.Write(text_));
    }
    return {};
  }

  Status Commit() override {
    PYTHIA_TRY(file_.Write(empty_ ? "[]\n" : "\n]\n"));
    return file_.Commit();
  }

 private:
  void AppendValue(const Column& column, int64_t row) {
    if (IsAbsent(column, row)) {
      text_ += "null";
      return;
    }
    switch (column.type()) {
      case ColumnType::kText:
      case ColumnType::kCategory:
        return AppendJsonText(TextAt(column, row), &text_);
      case ColumnType::kDate:
        return AppendJsonText(FormatDay(column.days()[static_cast<size_t>(row)]), &text_);
      case ColumnType::kNumber:
      case ColumnType::kCount:
      case ColumnType::kMoney:
        return AppendNumberText(column.numbers()[static_cast<size_t>(row)], &text_);
    }
  }

  AtomicFile file_;
  Schema schema_;
  std::vector<std::string> keys_;
  std::string text_;
  bool empty_ = true;
};

}  // namespace

Result<std::unique_ptr<TableWriter>> CreateJsonWriter(const std::filesystem::path& path,
                                                      const Schema& schema) {
  PYTHIA_ASSIGN(AtomicFile file, AtomicFile::Create(path));
  return std::make_unique<JsonWriter>(std::move(file), schema);
}

}  // namespace pythia
