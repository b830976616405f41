#include <memory>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/print.h"
#include "cli/words.h"
#include "records/json.h"

namespace pythia {
namespace {

constexpr size_t kMostPathBytes = 4096;

}  // namespace

void AddRecommend(Command& root, Session& session) {
  struct RecommendWords {
    std::string budget;
    std::string objective;
    std::vector<std::string> fixed;
    int64_t threads = 0;
  };
  const auto words = std::make_shared<RecommendWords>();
  Command& verb = root.AddCommand("recommend", "Recommend channel, type and duration for a budget");
  verb.Option("--budget", &words->budget, "What is to be spent: 10000 or \"$10,000\"").Required();
  verb.Option("--objective", &words->objective,
              "What is to be large (default: roi where the history has one)")
      .OneOf({"clicks", "roi", "ctr"});
  verb.List("fixed", &words->fixed, "Key=Value words that are not to be chosen");
  verb.Option("--threads", &words->threads, "Threads; any number gives the same answer");
  session.AddFlagsAndServer(verb, true);
  session.AddJson(verb);
  verb.Examples(
      "  pythia recommend --budget 10000\n"
      "  pythia recommend --budget \"$10,000\" --objective clicks Channel_Used=Email");
  verb.Run([words, &session] {
    return session.RunAnywhere([&](auto& engine) -> Status {
      RecommendCommand command{.dataset = session.dataset(),
                               .budget = words->budget,
                               .objective = words->objective,
                               .fixed = {},
                               .threads = static_cast<int>(words->threads)};
      PYTHIA_ASSIGN(command.fixed, PlanFromPairs(words->fixed));
      PYTHIA_ASSIGN(const RecommendationLogEntry entry,
                    engine.Recommend(command, session.progress(), session.stop()));
      // A picture that cannot be drawn is no reason to withhold the answer.
      const Result<std::string> picture =
          engine.SaveSummaryBar(session.dataset(), session.progress());
      session.progress().End();
      if (session.json) {
        PrintRaw(PrettyJson(ToJson(entry.recommendation)));
        return {};
      }
      PrintRecommendation(entry.recommendation);
      Print(picture ? Printable(*picture, kMostPathBytes)
                    : "  note: no picture of what matters: " + picture.error().message);
      return {};
    });
  });
}

}  // namespace pythia
