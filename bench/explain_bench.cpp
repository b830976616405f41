// Shapley values of a game from a file, and what they take on one core; bench/explain_bench.py
// compares them with other programs'.
//
//   pythia_explain_bench PROBLEM PHI
//
// PROBLEM holds numbers: players, rows, plans, 1 for the logistic response (0: exp), the intercept,
// the background [rows x players], the plans [plans x players]. PHI gets three tables of
// [plans x players], one plan per line: by the prepared tables, by ExplainOne, on the link scale.
// Standard output gets seconds: of the set-up, and per plan each of the three ways.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "explain/game.h"

namespace {

using pythia::Background;
using pythia::Explainer;
using pythia::Response;

constexpr int kRounds = 9;
constexpr double kLeastSeconds = 0.02;  // of a round: far above what the clock resolves

struct Problem {
  Background background;
  Response response = Response::kExp;
  std::vector<double> plans;

  size_t players() const { return static_cast<size_t>(background.players); }
  size_t num_plans() const { return plans.size() / players(); }
};

Problem ReadProblem(const char* path) {
  std::ifstream file(path);
  Problem problem;
  size_t rows = 0;
  size_t plans = 0;
  int logistic = 0;
  file >> problem.background.players >> rows >> plans >> logistic >> problem.background.intercept;
  problem.response = logistic == 1 ? Response::kLogistic : Response::kExp;
  problem.background.contributions.resize(rows * problem.players());
  problem.plans.resize(plans * problem.players());
  for (double& number : problem.background.contributions) file >> number;
  for (double& number : problem.plans) file >> number;
  if (file) return problem;
  (void)std::fprintf(stderr, "explain_bench: %s is no problem\n", path);
  std::exit(1);
}

// Seconds of one call: the median of several rounds of as many calls as fill a round.
double SecondsOf(const std::function<void()>& work) {
  const auto round = [&](int calls) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  int calls = 1;
  while (round(calls) < kLeastSeconds) calls *= 2;
  std::vector<double> seconds;
  for (int i = 0; i < kRounds; ++i) seconds.push_back(round(calls) / calls);
  std::nth_element(seconds.begin(), seconds.begin() + kRounds / 2, seconds.end());
  return seconds[kRounds / 2];
}

using OnePlan = std::function<void(std::span<const double> plan, std::span<double> phi)>;

void ForEachPlan(const Problem& problem, const OnePlan& explain, std::vector<double>* phi) {
  const size_t players = problem.players();
  for (size_t at = 0; at < problem.plans.size(); at += players) {
    explain(std::span(problem.plans).subspan(at, players), std::span(*phi).subspan(at, players));
  }
}

void Write(const std::vector<double>& phi, size_t players, std::ofstream* file) {
  for (size_t i = 0; i < phi.size(); ++i) {
    *file << fmt::format("{}{}", phi[i], (i + 1) % players == 0 ? '\n' : ' ');
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    (void)std::fprintf(stderr, "usage: pythia_explain_bench PROBLEM PHI\n");
    return 2;
  }
  const Problem problem = ReadProblem(argv[1]);
  std::ofstream file(argv[2]);
  std::vector<double> phi(problem.plans.size());
  const auto report = [&](const char* way, const std::function<void()>& work) {
    fmt::print("{} {}\n", way, SecondsOf(work) / static_cast<double>(problem.num_plans()));
    Write(phi, problem.players(), &file);
  };
  fmt::print("set_up {}\n",
             SecondsOf([&] { const Explainer made(problem.background, problem.response); }));
  const Explainer explainer(problem.background, problem.response);
  report("tables", [&] { explainer.Explain(problem.plans, phi); });
  report("one", [&] {
    ForEachPlan(
        problem,
        [&](auto plan, auto out) {
          pythia::ExplainOne(problem.background, problem.response, plan, out);
        },
        &phi);
  });
  const pythia::LinkExplainer link(problem.background);
  report("link", [&] { link.Explain(problem.plans, phi); });
  file.flush();
  return file ? 0 : 1;
}
