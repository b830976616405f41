"""Reads the mission's collections with pymongo, a driver that is not ours: read_back.py URI DATABASE"""

import datetime
import sys

import pymongo

db = pymongo.MongoClient(sys.argv[1])[sys.argv[2]]

dataset = db.pythia_datasets.find_one({"_id": "campaigns"})
generation = next(g for g in dataset["generations"] if g["number"] == dataset["current"])
loads = db.pythia_generations.find_one({"_id": generation["id"]})["loads"]
rows = []
for load in loads:
    rows += db.clean_campaigns.find(
        {"_id": {"$gte": {"load": load}, "$lt": {"load": load + 1}}}).sort("_id")
said = db.pythia_generations.find_one({"_id": generation["id"]})["rows"]
assert len(rows) == said and said > 1000, (len(rows), said)
row = rows[0]
assert isinstance(row["Channel_Used"], str), row
assert isinstance(row["Clicks"], int) and isinstance(row["Impressions"], int), row
assert isinstance(row["Acquisition_Cost"], float), row
assert isinstance(row["Date"], datetime.datetime) and row["Date"].hour == 0, row
assert [r["_id"]["row"] for r in rows] == list(range(len(rows)))  # one load, in its order

prediction = db.predictions_logs.find_one()
assert isinstance(prediction["plan"], dict), prediction
assert isinstance(prediction["prediction"]["Estimated_Clicks"], float), prediction
assert db.predictions_logs.count_documents({"prediction.CTR": {"$gt": 0}}) > 500
assert db.recommendations.find_one()["recommendation"]["Plan"]
model = db.models.find_one({"dataset": "campaigns"})
assert model["report"]["models"]["clicks"]["verdict"]["verdict"] == "signal", model["_id"]
chunks = db.models_chunks.find({"_id": {"$gte": {"key": model["bytes_key"]},
                                        "$lt": {"key": model["bytes_key"] + 1}}}).sort("_id")
assert sum(len(c["data"]) for c in chunks) == model["bytes"]
assert db.model_performance.count_documents({"model_version": model["_id"]}) > 3
assert db.experiment_results.count_documents({}) > 0
assert db.audit_log.find_one({"action": "load"})["actor"].startswith("cli:")
# Only what a generation names is kept.
kept = {load["_id"] for load in db.pythia_loads.find({"state": "kept"})}
named = {load for g in db.pythia_generations.find() for load in g["loads"]}
assert kept == named, (kept, named)
print("pymongo reads", len(rows), "campaigns and",
      db.predictions_logs.count_documents({}), "predictions")
