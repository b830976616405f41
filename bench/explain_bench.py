"""Our exact Shapley values beside those of shap and of numpy: the same numbers, run and core.

    explain_bench.py PROGRAM        pythia_explain_bench; run by scripts/bench

A game is a model with additive predictor against 100 background rows (src/explain/game.h). Ours
must agree with shap.explainers.Exact and with an enumeration of all coalitions in numpy.
"""

import os

# Before numpy is loaded: one thread.
for _name in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ[_name + "_NUM_THREADS"] = "1"

import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import shap

PLANS = 200
ROWS = 100
ROUNDS = 9
BLOCK = 1 << 17  # doubles: what a step of numpy works on stays in the cache
MOST_OFF = 1e-12  # of the largest value of a coalition: what src/explain/game.h promises


def make_game(players, seed):
    """Background and plans: predictors of deviation 1.5; every third player has four levels.

    Rounded, because shap takes numbers within 1e-5 of each other for the same (np.isclose); its
    values would be off by 5e-9.
    """
    random = np.random.default_rng(seed)
    drawn = random.normal(0, 1.5 / np.sqrt(players), (ROWS + PLANS, players))
    for player in range(2, players, 3):
        drawn[:, player] = random.choice(drawn[:4, player], ROWS + PLANS)
    drawn = drawn.round(3)
    return drawn[:ROWS], drawn[ROWS:]


def coalitions(players):
    """Members [2^players x players] of 0 and 1; weights [players x 2^players]: phi = weights v."""
    members = (np.arange(1 << players)[:, None] >> np.arange(players)) & 1
    size = members.sum(1)
    factorial = np.cumprod(np.concatenate(([1.0], np.arange(1.0, players + 1))))
    of_size = np.zeros(players + 1)  # |S|! (M - |S| - 1)! / M!
    of_size[:players] = factorial[:players] * factorial[players - 1 :: -1][:players] / factorial[-1]
    weights = np.where(members.T == 1, of_size[size - 1], -of_size[size])
    return members.astype(float), weights


class NumpyExplainer:
    """All coalitions and rows at once; an exponential per coalition and plan or row, not per triple.

    What depends on the background alone is made once, as in ours.
    """

    def __init__(self, response, intercept, background):
        self.response = response
        self.members, self.weights = coalitions(background.shape[1])
        of_rows = intercept + (1 - self.members) @ background.T
        self.mean_of_rows = of_rows.mean(1)
        self.mean_exp_of_rows = np.exp(of_rows).mean(1)
        self.odds_of_rows = np.exp(-of_rows)

    def values(self, plans):
        """v [2^players x plans]."""
        of_plans = self.members @ plans.T
        if self.response == "link":
            return of_plans + self.mean_of_rows[:, None]
        if self.response == "exp":
            return np.exp(of_plans) * self.mean_exp_of_rows[:, None]
        odds_of_plans = np.exp(-of_plans.T)
        block = max(1, BLOCK // self.odds_of_rows.size)
        values = np.empty(odds_of_plans.shape)
        work = np.empty((block, *self.odds_of_rows.shape))
        for start in range(0, len(plans), block):
            part = odds_of_plans[start : start + block, :, None]
            out = work[: len(part)]
            np.multiply(part, self.odds_of_rows, out=out)
            out += 1
            np.reciprocal(out, out=out)
            np.mean(out, axis=2, out=values[start : start + block])
        return values.T

    def phi(self, plans):
        return (self.weights @ self.values(plans)).T


def shap_explainer(response, intercept, background):
    functions = {
        "exp": lambda rows: np.exp(intercept + rows.sum(1)),
        "logistic": lambda rows: 1 / (1 + np.exp(-intercept - rows.sum(1))),
        "link": lambda rows: intercept + rows.sum(1),
    }
    masker = shap.maskers.Independent(background, max_samples=len(background))
    assert len(masker.data) == len(background)
    return shap.explainers.Exact(functions[response], masker)


def seconds_of(work, rounds):
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - start)
    return result, statistics.median(seconds)


def run_ours(program, response, intercept, background, plans):
    """The tables by their way, and seconds by way; "set_up" once, the others per plan."""
    with tempfile.TemporaryDirectory() as folder:
        problem, answer = os.path.join(folder, "problem"), os.path.join(folder, "phi")
        with open(problem, "w", encoding="ascii") as file:
            print(background.shape[1], len(background), len(plans), file=file)
            print(int(response == "logistic"), repr(float(intercept)), file=file)
            np.savetxt(file, background, fmt="%.17g")
            np.savetxt(file, plans, fmt="%.17g")
        said = subprocess.run([program, problem, answer], check=True, stdout=subprocess.PIPE)
        seconds = {way: float(s) for way, s in map(str.split, said.stdout.decode().splitlines())}
        tables = np.loadtxt(answer).reshape(3, *plans.shape)
    return dict(zip(("tables", "one", "link"), tables)), seconds


def compare(program, players, response, intercept):
    """Prints a line; False where ours are not the others'."""
    background, plans = make_game(players, seed=players)
    ways = ("link",) if response == "link" else ("tables", "one")
    ours, seconds = run_ours(program, response, intercept, background, plans)
    game = (response, intercept, background)
    enumeration = NumpyExplainer(*game)
    by_numpy, numpy_seconds = seconds_of(lambda: enumeration.phi(plans), ROUNDS)
    explainer = shap_explainer(*game)
    explainer(plans[:1], silent=True)  # compiles
    by_shap, shap_seconds = seconds_of(lambda: explainer(plans, silent=True).values, 3)
    largest = np.abs(enumeration.values(plans)).max(0)[:, None]  # of each plan
    off_numpy = max(np.abs((ours[way] - by_numpy) / largest).max() for way in ways)
    off_shap = max(np.abs((ours[way] - by_shap) / largest).max() for way in ways)
    rates = [len(plans) / shap_seconds, len(plans) / numpy_seconds, 1 / seconds[ways[0]]]
    is_link = response == "link"  # means only: no tables worth a time
    one = "-" if is_link else f"{1 / seconds['one']:.0f}"
    set_up = "-" if is_link else f"{1000 * seconds['set_up']:.2f}"
    print(
        f"  {players:>2} {response:<9}{rates[0]:>7.0f}{rates[1]:>10.0f}{rates[2]:>10.0f}"
        f"{one:>9}{set_up:>9}{rates[2] / rates[0]:>9.0f}x{rates[2] / rates[1]:>8.2f}x"
        f"{off_shap:>10.0e}{off_numpy:>8.0e}"
    )
    return off_shap <= MOST_OFF and off_numpy <= MOST_OFF


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: explain_bench.py PROGRAM")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the program's too
    print(
        f"\nShapley values per second, one core: {PLANS} plans, {ROWS} background rows; "
        f"shap {shap.__version__} Exact, numpy {np.__version__}\n"
        f"  {'players':<12}{'shap':>7}{'numpy':>10}{'ours':>10}{'no table':>9}{'table ms':>9}"
        f"{'ours/shap':>10}{'/numpy':>9}{'off shap':>10}{'numpy':>8}"
    )
    games = [(players, *game) for players in (5, 10)
             for game in (("exp", -0.5), ("logistic", -1.0), ("link", -0.5))]
    good = [compare(sys.argv[1], *game) for game in games]
    if not all(good):
        sys.exit(f"explain_bench: ours are off by more than {MOST_OFF} of max v")


if __name__ == "__main__":
    main()
