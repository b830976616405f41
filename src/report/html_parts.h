// The sections of the report and the words that they share. Private to report/.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "records/plan.h"
#include "report/html_report.h"
#include "report/html_writer.h"

namespace pythia::html {

void WriteData(const ModelCard& card, HtmlWriter* page);
void WriteQuality(const TrainingReport& report, HtmlWriter* page);
void WriteWhatMatters(const ExplanationSummary& summary, HtmlWriter* page);
void WriteEffects(const TrainingReport& report, HtmlWriter* page);
void WriteBudget(const ReportContents& contents, HtmlWriter* page);

// A line of a table: the first cell is its head, the others from `numbers` on are set right.
void WriteRow(std::initializer_list<std::string_view> cells, size_t numbers, HtmlWriter* page);
void WriteHead(std::initializer_list<std::string_view> cells, size_t numbers, HtmlWriter* page);
// A name and a figure among others of their kind.
void WriteFact(std::string_view name, std::string_view figure, HtmlWriter* page);

// With a capital and a full stop.
std::string Sentence(std::string_view words);
// "1 campaign", "2,000 campaigns"
std::string Counted(int64_t count, std::string_view one, std::string_view many);
// "Channel Used"
std::string PlainName(std::string_view column);
// "22 November 2026", with the time: "22 November 2026, 15:53 UTC"; what is no such text as it is.
std::string DayWords(std::string_view iso);
std::string TimeWords(std::string_view iso);
// "12,000 USD"
std::string MoneyWords(double amount, const std::string& currency);
// "Email, Search, 30 days", without the spend; "any plan" where it says nothing.
std::string PlanWords(const Plan& plan);
std::string ValueWords(std::string_view column, const PlanValue& value);
// Whether the model's verdict is that it knows something; without a verdict no.
bool HasSignal(const ModelReport& model);

}  // namespace pythia::html
