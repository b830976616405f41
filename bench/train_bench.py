"""How fast the logistic and the Poisson model are fitted, beside scikit-learn and glum, in one run.

    train_bench.py PYTHIA PROGRAM [--rows 2000000] [--rounds 5] [--out bench/results/train.json]

PYTHIA makes the history (simulate), PROGRAM is pythia_train_bench, with pythia_limits_bench
beside it. Features are the seven category
columns, one-hot without a dropped level, and the plan's numbers (Duration and log(1 + spend),
standardised); targets are ROI above 0 and Clicks; every program minimises the same objective with
the same ridge. Each fit runs in a process of its own, in turn, and its time is that of the fit
alone: the peers' matrices are built before. Settings are the fastest known: scikit-learn's
newton-cholesky on a dense matrix in the better memory order; glum on tabmat's categorical matrix
with OPENBLAS_NUM_THREADS=1, at its default tolerance and at one that reaches our gradient.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

CATEGORIES = ["Company", "Campaign_Type", "Target_Audience", "Channel_Used", "Location", "Language",
              "Customer_Segment"]
ALPHA = {"logistic": 1e-4, "poisson": 1e-4}
TIGHT = 1e-8
SAME_DEVIANCE = 1e-10
THREADS = min(2, os.cpu_count())
PEERS = ("sklearn-C", "sklearn-F", "glum", "glum-tight")


def make_design(pythia, rows, folder):
    import numpy as np
    import pandas as pd
    history = os.path.join(folder, "history.csv")
    subprocess.run([pythia, "simulate", "--rows", str(rows), "--seed", "1", "-o", history],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    table = pd.read_csv(history, usecols=CATEGORIES + ["Duration", "Acquisition_Cost", "ROI",
                                                       "Clicks"])
    os.remove(history)
    spend = table["Acquisition_Cost"].str.replace("[$,]", "", regex=True).astype(float)
    numbers = [table["Duration"].str.replace(" days", "").astype(float), np.log1p(spend)]
    numbers = np.array([(x - x.mean()) / x.std(ddof=0) for x in numbers])
    codes, levels = [], []
    for name in CATEGORIES:
        of_column = pd.Categorical(table[name])
        codes.append(of_column.codes.astype(np.uint8))
        levels.append(len(of_column.categories))
    numbers.tofile(f"{folder}/numbers.f64")
    np.array(codes).tofile(f"{folder}/codes.u8")
    (table["ROI"] > 0).astype(float).to_numpy().tofile(f"{folder}/logistic.f64")
    table["Clicks"].astype(float).to_numpy().tofile(f"{folder}/poisson.f64")
    with open(f"{folder}/rows.txt", "w") as out:
        print(rows, len(numbers), *levels, file=out)


def read_design(folder, target):
    import numpy as np
    rows, count, *levels = map(int, open(f"{folder}/rows.txt").read().split())
    numbers = np.fromfile(f"{folder}/numbers.f64").reshape(count, rows)
    codes = np.fromfile(f"{folder}/codes.u8", np.uint8).reshape(len(levels), rows)
    return numbers, codes, levels, np.fromfile(f"{folder}/{target}.f64")


def deviance_of(folder, target, intercept, *beta):
    """From the coefficients, for every program alike."""
    import numpy as np
    numbers, codes, levels, y = read_design(folder, target)
    eta = np.full(len(y), intercept)
    for x, slope in zip(numbers, beta):
        eta += slope * x
    first = len(numbers)
    for code, count in zip(codes, levels):
        eta += np.asarray(beta[first:first + count])[code]
        first += count
    if target == "logistic":
        return float(2 * np.sum(np.logaddexp(0, eta) - y * eta))
    mu = np.exp(eta)
    return float(2 * np.sum(np.where(y > 0, y * (np.log(np.maximum(y, 1)) - eta), 0) - (y - mu)))


def peer(name, folder, target):
    """One fit in this process; prints what ours prints."""
    import warnings
    import numpy as np
    warnings.filterwarnings("ignore")
    numbers, codes, levels, y = read_design(folder, target)
    alpha = ALPHA[target]
    if name.startswith("sklearn"):
        from sklearn.linear_model import LogisticRegression, PoissonRegressor
        x = np.zeros((len(y), len(numbers) + sum(levels)), order=name[-1])
        x[:, :len(numbers)] = numbers.T
        first = len(numbers)
        for code, count in zip(codes, levels):
            x[np.arange(len(y)), first + code] = 1
            first += count
        if target == "logistic":
            model = LogisticRegression(solver="newton-cholesky", C=1 / (alpha * len(y)), tol=1e-6,
                                       max_iter=100)
        else:
            model = PoissonRegressor(solver="newton-cholesky", alpha=alpha, tol=1e-6, max_iter=100)
    else:
        import tabmat
        from glum import GeneralizedLinearRegressor
        x = tabmat.SplitMatrix([tabmat.DenseMatrix(np.asfortranarray(numbers.T))] + [
            tabmat.CategoricalMatrix(np.array(range(count))[code], drop_first=False)
            for code, count in zip(codes, levels)])
        tolerance = {"gradient_tol": TIGHT} if name == "glum-tight" else {}
        model = GeneralizedLinearRegressor(
            family="binomial" if target == "logistic" else "poisson", alpha=alpha, l1_ratio=0,
            solver="irls-ls", max_iter=100, **tolerance)
    begun, cpu = time.perf_counter(), time.process_time()
    model.fit(x, y)
    took, used = time.perf_counter() - begun, time.process_time() - cpu
    beta = np.ravel(model.coef_)
    steps = int(np.ravel(model.n_iter_)[0])
    print(0, took, used, steps, 0, 0, 0, float(np.ravel(model.intercept_)[0]), *map(float, beta))


def helper(*words):
    printed = subprocess.run([sys.executable, __file__, *words], check=True, capture_output=True,
                             text=True).stdout
    return float(printed or 0)


def run(words, environment=None):
    """The numbers that a program prints, and its peak memory in MB."""
    process = subprocess.Popen(words, stdout=subprocess.PIPE, env={**os.environ,
                                                                   **(environment or {})})
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        sys.exit(f"bench: {' '.join(words)} failed")
    return [float(word) for word in printed.split()], usage.ru_maxrss / 1024


def once(name, program, folder, target):
    if name.startswith("ours"):
        words = [program, folder, target, str(ALPHA[target]), "1e-9", name[5:]]
        numbers, memory = run(words)
    else:
        threads = "1" if name.startswith("glum") else str(THREADS)
        numbers, memory = run([sys.executable, __file__, "--peer", name, folder, target],
                              {"OPENBLAS_NUM_THREADS": threads})
    return {"seconds": numbers[1], "cpu_seconds": numbers[2], "steps": numbers[3],
            "passes": numbers[4], "row_bytes": numbers[5], "row_operations": numbers[6],
            "memory_mb": memory}, numbers[7:]


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo")
                  if line.startswith("model name")), "unknown")
    return {"cores": os.cpu_count(), "processor": model, "kernel": platform.release(),
            "load_before": os.getloadavg()[0]}


def verdict(name, value, limit, least=True):
    kept = value >= limit if least else value <= limit
    print(f"  {name:<58}{value:>9,.2f}   {'>=' if least else '<='} {limit:,}  "
          f"{'kept' if kept else 'NOT KEPT'}")
    return {"value": value, "limit": limit, "kept": kept}


def compare(program, folder, target, rounds):
    names = [f"ours-{THREADS}", "ours-1", *PEERS]
    results = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            figures, fit = once(name, program, folder, target)
            if not results[name]:
                figures["deviance"] = helper("--deviance", folder, target, *map(repr, fit))
            results[name].append(figures)
    wanted = results[names[0]][0]["deviance"]
    print(f"{target:<14}{'seconds min':>12}{'median':>9}{'CPU min':>9}{'steps':>7}{'peak MB':>9}"
          f"{'deviance off by':>18}")
    for name in names:
        own = results[name]
        off = abs(own[0]["deviance"] / wanted - 1)
        print(f"  {name:<12}{min(r['seconds'] for r in own):>12.3f}"
              f"{statistics.median(r['seconds'] for r in own):>9.3f}"
              f"{min(r['cpu_seconds'] for r in own):>9.3f}{own[0]['steps']:>7.0f}"
              f"{max(r['memory_mb'] for r in own):>9.0f}{off:>18.1e}")
        if off > SAME_DEVIANCE and name != "glum":
            sys.exit(f"bench: wrong result: {name} has another deviance")
    return results


def tell_limits(program, rows, results):
    """What passes over the rows reach of the machine's memory and arithmetic."""
    limits = json.loads(subprocess.run(
        [os.path.join(os.path.dirname(program), "pythia_limits_bench"), program, str(THREADS)],
        check=True, capture_output=True, text=True).stdout)
    print(f"limits of this machine, {THREADS} threads: memory {limits['memory'] / 1000:.1f} GB/s, "
          f"{limits['gflops']:.0f} GFLOP/s")
    for target, own in results.items():
        best = min(own[f"ours-{THREADS}"], key=lambda figures: figures["seconds"])
        million = rows / best["seconds"] / 1e6
        memory = million * best["passes"] * best["row_bytes"]
        gflops = million * best["steps"] * best["row_operations"] / 1000
        print(f"  {target}: {best['passes']:.0f} passes, {million * best['passes']:.0f} million "
              f"rows/s, {memory / 1000:.1f} GB/s ({100 * memory / limits['memory']:.0f} %); "
              f"{best['steps']:.0f} of them Newton steps, {gflops:.1f} GFLOP/s "
              f"({100 * gflops / limits['gflops']:.0f} %)")
    return limits


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("pythia")
    words.add_argument("program")
    words.add_argument("--rows", type=int, default=2000000)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--out")
    given = words.parse_args()
    folder = tempfile.mkdtemp(prefix="pythia-bench-")
    try:
        about = machine()
        print(f"machine  {about['cores']} cores, {about['processor']}, "
              f"load {about['load_before']:.1f}; {given.rows:,} rows, {given.rounds} rounds")
        # In processes of their own: what this one holds would count as its children's memory.
        helper("--make", os.path.realpath(given.pythia), str(given.rows), folder)
        results = {target: compare(os.path.realpath(given.program), folder, target, given.rounds)
                   for target in ALPHA}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    least = {name: sum(min(r["seconds"] for r in results[target][name]) for target in ALPHA)
             for name in results["logistic"]}
    ours = least[f"ours-{THREADS}"]
    sklearn = min(least["sklearn-C"], least["sklearn-F"])
    memory = max(r["memory_mb"] for target in ALPHA for r in results[target][f"ours-{THREADS}"])
    targets = {
        "sklearn": verdict("both models, times scikit-learn newton-cholesky", sklearn / ours, 10),
        "glum": verdict("times glum at its default tolerance", least["glum"] / ours, 5),
        "glum tight": verdict("times glum at the same gradient", least["glum-tight"] / ours, 10),
        "memory": verdict("peak memory of a fit, MB", memory, 500, False)}
    limits = tell_limits(os.path.realpath(given.program), given.rows, results)
    if given.out:
        os.makedirs(os.path.dirname(os.path.abspath(given.out)), exist_ok=True)
        with open(given.out, "w") as out:
            json.dump({"machine": about, "rows": given.rows, "rounds": results,
                       "limits": limits, "targets": targets}, out, indent=1)
            out.write("\n")


if len(sys.argv) > 1 and sys.argv[1] == "--peer":
    peer(*sys.argv[2:5])
elif len(sys.argv) > 1 and sys.argv[1] == "--make":
    make_design(sys.argv[2], int(sys.argv[3]), sys.argv[4])
elif len(sys.argv) > 1 and sys.argv[1] == "--deviance":
    print(repr(deviance_of(*sys.argv[2:4], *map(float, sys.argv[4:]))))
else:
    main()
