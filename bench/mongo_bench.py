"""A MongoDB store beside what a script with pandas and pymongo takes for the same, in one run.

    scripts/with_mongod python bench/mongo_bench.py PYTHIA READER [--rows 200000] [--rounds 5]
                                                    [--out bench/results/mongo.json]

Every round does each in turn, on one server, with the same write concern (majority, in the journal):
a CSV file into documents of the same fields, by pandas and insert_many() and by `pythia clean`; the collection into
memory, by list(find()) and by the scan that training does (READER is pythia_mongo_read_bench).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import pandas as pd
import pymongo


def seconds(work):
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def load_with_pandas(collection):
    frame = pd.read_csv("history.csv")
    frame["Acquisition_Cost"] = (
        frame["Acquisition_Cost"].astype(str).str.replace(r"[$,]", "", regex=True).astype(float))
    frame["Duration"] = frame["Duration"].astype(str).str.extract(r"(\d+)", expand=False).astype(float)
    frame["Date"] = pd.to_datetime(frame["Date"])
    frame["CTR"] = frame["Clicks"] / frame["Impressions"]
    frame["CPC"] = frame["Acquisition_Cost"] / frame["Clicks"]
    frame["CPM"] = frame["Acquisition_Cost"] / frame["Impressions"] * 1000
    collection.insert_many(frame.to_dict("records"), ordered=False)


def read_with_pandas(collection):
    return len(pd.DataFrame(list(collection.find())))


def one_round(given, client, uri):
    def pythia(*words):
        subprocess.run([given.pythia, *words, "--store", f"{uri}/bench"], check=True,
                       capture_output=True)

    script = client.script.campaigns
    script.drop()
    client.drop_database("bench")
    pythia("datasets", "list")  # makes the collections
    # Neither is to pay for what the server still does of the round before.
    client.admin.command("fsync")
    result = {"load_pandas_s": seconds(lambda: load_with_pandas(script))[0],
              "load_s": seconds(lambda: pythia("clean", "history.csv"))[0]}
    result["read_pandas_s"], rows = seconds(lambda: read_with_pandas(script))
    said = json.loads(subprocess.run([given.reader, f"{uri}/bench"], check=True,
                                     capture_output=True, text=True).stdout)
    if rows != given.rows or said["rows"] != given.rows:
        sys.exit(f"bench: wrong result: {rows} and {said['rows']} campaigns of {given.rows}")
    return result | said


def verdict(name, value, limit, least):
    kept = value >= limit if least else value <= limit
    print(f"  {name:<52}{value:>12,.2f}   {'>=' if least else '<='} {limit:,}  "
          f"{'kept' if kept else 'NOT KEPT'}")
    return {"value": value, "limit": limit, "kept": kept}


def main():
    words = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    words.add_argument("pythia", type=os.path.realpath)
    words.add_argument("reader", type=os.path.realpath)
    words.add_argument("--rows", type=int, default=200_000)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--out", type=os.path.abspath)
    given = words.parse_args()
    uri = os.environ["MONGO_URI"]
    client = pymongo.MongoClient(uri, w="majority", journal=True)
    with tempfile.TemporaryDirectory(prefix="pythia-bench-") as folder:
        os.chdir(folder)
        subprocess.run([given.pythia, "simulate", "--rows", str(given.rows), "--seed", "1", "-o",
                        "history.csv"], check=True, stdout=subprocess.DEVNULL)
        rounds = [one_round(given, client, uri) for _ in range(given.rounds)]
        os.chdir("/")
    middle = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    ratio = {what: statistics.median(r[f"{what}_pandas_s"] / r[f"{what}_s"] for r in rounds)
             for what in ("load", "read")}
    print(f"MongoDB store, {given.rows:,} campaigns, {given.rounds} rounds on {os.cpu_count()} cores")
    print(f"  file into the database: pandas + pymongo {middle['load_pandas_s']:.2f} s, "
          f"pythia clean {middle['load_s']:.2f} s")
    print(f"  database into memory: list(find()) into pandas {middle['read_pandas_s']:.2f} s, "
          f"a scan for training {middle['read_s']:.2f} s")
    print(f"  opening the store {middle['open_ms']:.0f} ms")
    targets = {"load": verdict("load, times as fast as pandas + pymongo", ratio["load"], 5, True),
               "read": verdict("read, times as fast as list(find())", ratio["read"], 10, True),
               "options": verdict("options of the dataset, ms", middle["options_ms"], 300, False),
               "sums": verdict("sums by channel on the server, ms", middle["sums_ms"], 300, False)}
    if given.out:
        os.makedirs(os.path.dirname(given.out), exist_ok=True)
        with open(given.out, "w") as out:
            json.dump({"rows": given.rows, "rounds": rounds, "targets": targets}, out, indent=1)
            out.write("\n")


main()
