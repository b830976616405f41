"""What training costs as a history grows: simulate, clean and train histories of several sizes.

    train_large.py PYTHIA [--rows 100000,1000000,10000000,100000000]
                          [--out bench/results/train_large.json]

Each size has a store of its own in a temporary folder; its file is deleted as soon as it is loaded.
Prints, per size, what loading and training took and the peak memory of training, and for the last
one the CPU time per row beside that of 10^6 rows.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time

MEMORY_MB = 2048
PER_ROW = 1.5


def timed(words, folder):
    """Wall and CPU seconds and peak memory in MB of a program."""
    begun = time.perf_counter()
    process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        sys.exit(f"bench: {' '.join(words)} failed")
    return {"seconds": time.perf_counter() - begun,
            "cpu_seconds": usage.ru_utime + usage.ru_stime, "memory_mb": usage.ru_maxrss / 1024}


def measure(pythia, rows):
    folder = tempfile.mkdtemp(prefix="pythia-bench-")
    try:
        timed([pythia, "simulate", "--rows", str(rows), "--seed", "1", "-o", "h.csv"],
              folder)
        clean = timed([pythia, "clean", "h.csv"], folder)
        os.remove(os.path.join(folder, "h.csv"))
        return {"rows": rows, "clean": clean, "train": timed([pythia, "train"], folder)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("pythia")
    words.add_argument("--rows", default="100000,1000000,10000000,100000000")
    words.add_argument("--out")
    given = words.parse_args()
    pythia = os.path.realpath(given.pythia)
    load = os.getloadavg()[0]
    print(f"machine  {os.cpu_count()} cores, load {load:.1f}")
    print(f"{'rows':>12}{'clean s':>10}{'train s':>10}{'CPU s':>9}{'us/row':>9}{'peak MB':>10}")
    results = []
    for rows in map(int, given.rows.split(",")):
        one = measure(pythia, rows)
        results.append(one)
        train = one["train"]
        print(f"{rows:>12,}{one['clean']['seconds']:>10.1f}{train['seconds']:>10.1f}"
              f"{train['cpu_seconds']:>9.1f}{train['cpu_seconds'] / rows * 1e6:>9.2f}"
              f"{train['memory_mb']:>10.0f}", flush=True)
    per_row = {one["rows"]: one["train"]["cpu_seconds"] / one["rows"] for one in results}
    if 10**6 in per_row and max(per_row) > 10**6:
        last = results[-1]
        ratio = per_row[last["rows"]] / per_row[10**6]
        memory = last["train"]["memory_mb"]
        for name, value, limit in (("CPU time per row, of that at 10^6", ratio, PER_ROW),
                                   ("peak memory, MB", memory, MEMORY_MB)):
            print(f"  {name:<40}{value:>10.2f}   <= {limit}  "
                  f"{'kept' if value <= limit else 'NOT KEPT'}")
    if given.out:
        os.makedirs(os.path.dirname(os.path.abspath(given.out)), exist_ok=True)
        with open(given.out, "w") as out:
            json.dump({"cores": os.cpu_count(), "kernel": platform.release(), "load_before": load,
                       "sizes": results}, out, indent=1)
            out.write("\n")


main()
