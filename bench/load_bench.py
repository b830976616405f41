"""How fast a history is read, cleaned and stored, beside polars, pandas and DuckDB, in one run.

    python bench/load_bench.py FOLDER [--rows 2000000] [--rounds 5] [--out bench/results/load.json]

FOLDER holds pythia, pythia_load_bench and pythia_limits_bench. Every round runs each of them in turn, in a process of
its own: ours on every kind of processor this one can play (PYTHIA_SIMD), as a dry run does it and
with the SHA-256 that a load takes, polars (lazy, streaming engine, schema given, plain strings),
pandas (pyarrow-free C parser, dictionary columns), our load with every duty on, and DuckDB's
read_csv (schema given, preserve_insertion_order=false) with the same cleaning in SQL, into a file,
closed. All use two threads. All must find the same rows and sums.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

THREADS = 2
NUMBERS = ["Conversion_Rate", "ROI", "Engagement_Score"]
WHOLE = ["Campaign_ID", "Clicks", "Impressions"]
CATEGORIES = ["Company", "Campaign_Type", "Target_Audience", "Channel_Used", "Location", "Language",
              "Customer_Segment"]
COLUMNS = ["Campaign_ID", "Company", "Campaign_Type", "Target_Audience", "Duration", "Channel_Used",
           "Conversion_Rate", "Acquisition_Cost", "ROI", "Location", "Language", "Clicks",
           "Impressions", "Engagement_Score", "Customer_Segment", "Date"]


def polars_clean(file):
    import polars as pl
    schema = {c: pl.Float64 if c in NUMBERS else pl.Int64 if c in WHOLE else pl.String
              for c in COLUMNS}
    start = spent()
    table = (pl.scan_csv(file, schema=schema)
             .with_columns(
                 pl.col("Acquisition_Cost").str.replace_all("[$,]", "").cast(pl.Float64,
                                                                             strict=False),
                 pl.col("Duration").str.strip_suffix(" days").cast(pl.Int32, strict=False),
                 pl.col("Date").str.to_date("%Y-%m-%d", strict=False))
             .filter(pl.col("Clicks").is_not_null() & pl.col("Impressions").is_not_null()
                     & pl.col("Acquisition_Cost").is_not_null())
             .with_columns((pl.col("Clicks") / pl.col("Impressions")).alias("CTR"),
                           (pl.col("Acquisition_Cost") / pl.col("Clicks")).alias("CPC"),
                           (1000 * pl.col("Acquisition_Cost") / pl.col("Impressions"))
                           .alias("CPM"))
             .collect(engine="streaming"))
    report(start, table.height, table["Clicks"].sum(), table["Acquisition_Cost"].sum())


def pandas_clean(file):
    import pandas as pd
    types = {c: "category" for c in CATEGORIES + ["Duration", "Date"]}
    start = spent()
    table = pd.read_csv(file, dtype=types)
    table["Acquisition_Cost"] = pd.to_numeric(
        table["Acquisition_Cost"].str.replace("[$,]", "", regex=True), errors="coerce")
    days = table["Duration"].cat.categories
    table["Duration"] = table["Duration"].cat.rename_categories(
        {d: int(d.removesuffix(" days")) for d in days}).astype("int32")
    table["Date"] = table["Date"].cat.rename_categories(
        dict(zip(table["Date"].cat.categories, pd.to_datetime(table["Date"].cat.categories))))
    table = table.dropna(subset=["Clicks", "Impressions", "Acquisition_Cost"])
    table["CTR"] = table["Clicks"] / table["Impressions"]
    table["CPC"] = table["Acquisition_Cost"] / table["Clicks"]
    table["CPM"] = 1000 * table["Acquisition_Cost"] / table["Impressions"]
    report(start, len(table), table["Clicks"].sum(), table["Acquisition_Cost"].sum())


def duckdb_load(file, store):
    import duckdb
    types = {c: "DOUBLE" if c in NUMBERS else "BIGINT" if c in WHOLE else "VARCHAR"
             for c in COLUMNS}
    columns = ", ".join(f"'{c}': '{t}'" for c, t in types.items())
    kept = ", ".join(c for c in COLUMNS if c not in ("Acquisition_Cost", "Duration", "Date"))
    start = spent()
    base = duckdb.connect(store)
    base.execute(f"SET threads={THREADS}; SET preserve_insertion_order=false")
    base.execute(f"""
        CREATE TABLE clean AS SELECT *, Clicks / NULLIF(Impressions, 0) AS CTR,
          Acquisition_Cost / NULLIF(Clicks, 0) AS CPC,
          1000 * Acquisition_Cost / NULLIF(Impressions, 0) AS CPM
        FROM (SELECT {kept},
                TRY_CAST(replace(Duration, ' days', '') AS INTEGER) AS Duration,
                TRY_CAST(replace(replace(Acquisition_Cost, '$', ''), ',', '') AS DOUBLE)
                  AS Acquisition_Cost,
                TRY_CAST("Date" AS DATE) AS "Date"
              FROM read_csv('{file}', header=true, auto_detect=false, delim=',', quote='"',
                            columns={{{columns}}}))
        WHERE Clicks IS NOT NULL AND Impressions IS NOT NULL AND Acquisition_Cost IS NOT NULL""")
    base.close()
    end = spent()
    base = duckdb.connect(store)
    rows, clicks, spend = base.execute(
        "SELECT count(*), sum(Clicks), sum(Acquisition_Cost) FROM clean").fetchone()
    report(start, rows, clicks, spend, end)


def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), used.ru_utime + used.ru_stime


def report(start, rows, clicks, spend, end=None):
    end = end or spent()
    print(json.dumps({"rows": int(rows), "clicks": float(clicks), "spend": float(spend),
                      "wall": end[0] - start[0], "cpu": end[1] - start[1]}))


def run(words, environment=None):
    """Runs a program to its end: what it printed, wall and CPU time, peak memory of the process."""
    start = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "POLARS_MAX_THREADS": str(THREADS),
                                    **(environment or {})})
    text = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{words[0]} failed: {text}")
    return text, {"wall": time.perf_counter() - start, "cpu": used.ru_utime + used.ru_stime,
                  "peak_mb": used.ru_maxrss / 1024}


def own_words(text, whole):
    said = json.loads(text)
    return {**said, "peak_mb": whole["peak_mb"]}


def measure(given, folder):
    file = os.path.join(folder, "history.csv")
    pythia = os.path.join(given.folder, "pythia")
    steps = os.path.join(given.folder, "pythia_load_bench")
    run([pythia, "simulate", "--rows", str(given.rows), "-o", file])
    size = os.path.getsize(file)
    here = os.path.abspath(__file__)

    def clean(simd, threads=1, what="dry"):
        return lambda: own_words(*run([steps, what, file, str(threads)], {"PYTHIA_SIMD": simd}))

    def peer(name, *more):
        return lambda: own_words(*run([sys.executable, here, "--peer", name, file, *more]))

    def new_store(name):
        store = os.path.join(folder, name)
        for path in (store, store + ".wal"):
            if os.path.exists(path):
                os.remove(path)
        return store

    def load():
        return own_words(*run([steps, "load", file, new_store("ours.duckdb")]))

    def command():
        return run([pythia, "clean", file, "--store", new_store("command.duckdb")])[1]

    def native():
        return peer("duckdb", new_store("native.duckdb"))()

    def read():
        return own_words(*run([steps, "read", os.path.join(folder, "ours.duckdb")]))

    entries = {"ours, AVX-512, 1 thread": clean("avx512"), "ours, AVX2, 1 thread": clean("avx2"),
               "ours, plain, 1 thread": clean("plain"), "ours, 2 threads": clean("avx512", 2),
               "and SHA-256, 1 thread": clean("avx512", 1, "clean"),
               "and SHA-256, 2 threads": clean("avx512", 2, "clean"),
               "polars": peer("polars"), "pandas": peer("pandas"), "ours, stored": load,
               "DuckDB read_csv": native, "and as a command": command, "ours, read back": read}
    found = {name: [] for name in entries}
    for number in range(given.rounds):
        print(f"round {number + 1} of {given.rounds}", file=sys.stderr)
        for name, entry in entries.items():
            found[name].append(entry())
    limits = json.loads(run([os.path.join(given.folder, "pythia_limits_bench"), file,
                             str(THREADS)])[0])
    return size, found, limits


def check_same(found):
    """Every one that says what it found must have found the same."""
    said = {name: runs[0] for name, runs in found.items() if "rows" in runs[0]}
    first = next(iter(said.values()))
    for name, one in said.items():
        same = (one["rows"] == first["rows"] and one["clicks"] == first["clicks"]
                and abs(one["spend"] - first["spend"]) <= 1e-9 * abs(first["spend"]))
        if not same:
            sys.exit(f"{name} found {one}, not {first}")


def verdict(name, value, limit, least):
    kept = value >= limit if least else value <= limit
    print(f"  {name:<58}{value:>10,.2f}   {'>=' if least else '<='} {limit:,}  "
          f"{'kept' if kept else 'NOT KEPT'}")
    return {"value": value, "limit": limit, "kept": kept}


def versions():
    import duckdb
    import pandas
    import polars
    return {"duckdb": duckdb.__version__, "pandas": pandas.__version__,
            "polars": polars.__version__}


def has(flag):
    return any(flag in line.split() for line in open("/proc/cpuinfo") if line.startswith("flags"))


def tell(size, found):
    best = {name: {key: min(run[key] for run in runs) for key in ("wall", "cpu", "peak_mb")}
            for name, runs in found.items()}
    print(f"{'':<28}{'wall s':>16}{'CPU s':>18}{'peak MB':>9}\n{'':<28}"
          f"{'min':>8}{'median':>8}{'min':>10}{'median':>8}")
    for name, runs in found.items():
        middle = {key: statistics.median(run[key] for run in runs) for key in ("wall", "cpu")}
        print(f"{name:<28}{best[name]['wall']:>8.3f}{middle['wall']:>8.3f}"
              f"{best[name]['cpu']:>10.3f}{middle['cpu']:>8.3f}"
              f"{max(run['peak_mb'] for run in runs):>9.0f}")
    pairs = statistics.median(native["wall"] / ours["wall"] for native, ours
                              in zip(found["DuckDB read_csv"], found["ours, stored"]))
    speed = {name: size / 1e6 / best[name]["cpu"] for name in best}
    print("targets")
    verdicts = {
        "polars over ours, wall, 2 threads": verdict(
            "polars over ours, wall, 2 threads",
            best["polars"]["wall"] / best["ours, 2 threads"]["wall"], 2.5, True),
        "polars over ours, CPU": verdict(
            "polars over ours, CPU",
            best["polars"]["cpu"] / best["ours, 2 threads"]["cpu"], 2.5, True),
        "DuckDB over ours, stored": verdict(
            "DuckDB over ours, stored, median of pairs, wall", pairs, 2, True),
        "peak memory of a load, MB": verdict(
            "peak memory of a load, MB",
            max(run["peak_mb"] for run in found["ours, stored"]), 400, False),
        "ten columns read back, s": verdict(
            "ten columns read back, s", best["ours, read back"]["wall"], 0.15, False)}
    for simd, flag, limit in (("AVX-512", "avx512_vbmi2", 600), ("AVX2", "avx2", 400)):
        if has(flag):
            name = f"parse and clean, MB per CPU second, {simd}"
            verdicts[name] = verdict(name, speed[f"ours, {simd}, 1 thread"], limit, True)
    return verdicts


def tell_limits(size, found, limits):
    """What one thread reaches of what the machine could do, were there nothing else to do."""
    print(f"limits of this machine, 1 thread{'MB/s':>18}{'ours':>8}")
    copy = 1 / limits["read"]
    for what, limit, name in (
            ("copying the file out of the cache", 1 / copy, "ours, AVX-512, 1 thread"),
            ("that and SHA-256", 1 / (copy + 1 / limits["digest"]), "and SHA-256, 1 thread")):
        ours = size / 1e6 / min(run["cpu"] for run in found[name])
        print(f"  {what:<38}{limit:>10,.0f}{ours:>8,.0f}  {100 * ours / limit:.0f} % of it")


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--peer":
        return {"polars": polars_clean, "pandas": pandas_clean,
                "duckdb": duckdb_load}[sys.argv[2]](*sys.argv[3:])
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("folder")
    words.add_argument("--rows", type=int, default=2_000_000)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--out")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        size, found, limits = measure(given, folder)
    check_same(found)
    print(f"\nA history of {given.rows:,} rows, {size / 1e6:.0f} MB; {platform.machine()}, "
          f"{os.cpu_count()} processors; {versions()}")
    verdicts = tell(size, found)
    tell_limits(size, found, limits)
    if given.out:
        os.makedirs(os.path.dirname(os.path.abspath(given.out)), exist_ok=True)
        with open(given.out, "w") as out:
            json.dump({"rows": given.rows, "bytes": size, "machine": platform.uname()._asdict(),
                       "versions": versions(), "limits": limits, "runs": found,
                       "targets": verdicts}, out, indent=1)


if __name__ == "__main__":
    main()
