"""What training costs as a history grows: simulate, clean and train histories of several sizes.

    train_large.py PYTHIA [--rows 100000,1000000,10000000,100000000]
                          [--out bench/results/train_large.json]

Each size has a store of its own in a temporary folder; its file is deleted as soon as it is loaded,
and the folder when the size is done. Prints, per size, what simulating, loading and training took,
the peak memory of the last two, and the most of the disk that was in use, and for the last size the
CPU time per row of training beside that of 10^6 rows.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time

MEMORY_MB = 2048
PER_ROW = 1.5


def timed(words, folder):
    """Wall and CPU seconds and peak memory in MB of a program, and how much of the disk it took."""
    free = shutil.disk_usage(folder).free
    least = [free]
    done = threading.Event()

    def watch():  # files without a name are seen here alone
        while not done.wait(0.5):
            least.append(min(least.pop(), shutil.disk_usage(folder).free))

    watcher = threading.Thread(target=watch)
    watcher.start()
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        done.set()
        watcher.join()
        if status != 0:
            said.seek(0)
            raise SystemExit(f"bench: {' '.join(words)} failed: "
                             f"{said.read().decode(errors='replace')}")
    return {"disk_mb": (free - least[0]) / 2**20, "seconds": time.perf_counter() - begun,
            "cpu_seconds": usage.ru_utime + usage.ru_stime, "memory_mb": usage.ru_maxrss / 1024}


def measure(pythia, rows):
    folder = tempfile.mkdtemp(prefix="pythia-bench-")
    try:
        made = timed([pythia, "simulate", "--rows", str(rows), "--seed", "1", "-o", "h.csv"],
                     folder)
        clean = timed([pythia, "clean", "h.csv"], folder)
        os.remove(os.path.join(folder, "h.csv"))
        store = os.path.getsize(os.path.join(folder, "pythia.duckdb")) / 2**20
        return {"rows": rows, "simulate": made, "clean": clean, "store_mb": store,
                "train": timed([pythia, "train"], folder)}
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
    print(f"{'':>12}{'simulate':>10}{'load':>18}{'store':>8}{'train':>44}")
    print(f"{'rows':>12}{'s':>10}{'s':>9}{'peak MB':>9}{'MB':>8}{'s':>9}{'CPU s':>9}"
          f"{'us/row':>8}{'peak MB':>9}{'disk MB':>9}")
    results = []
    for rows in map(int, given.rows.split(",")):
        one = measure(pythia, rows)
        results.append(one)
        train = one["train"]
        print(f"{rows:>12,}{one['simulate']['seconds']:>10.1f}{one['clean']['seconds']:>9.1f}"
              f"{one['clean']['memory_mb']:>9.0f}{one['store_mb']:>8.0f}{train['seconds']:>9.1f}"
              f"{train['cpu_seconds']:>9.1f}{train['cpu_seconds'] / rows * 1e6:>8.2f}"
              f"{train['memory_mb']:>9.0f}{train['disk_mb']:>9.0f}", flush=True)
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
