The thinnest path through every room: simulate, clean, train, predict, export.

  $ pythia simulate --rows 3000 --seed 7 --signal strong --dirty 0.02 -o history.csv | head -1
  history.csv: 3,000 rows, * bytes; dirty ones: (glob)

  $ pythia predict Channel_Used=Email
  pythia: error: no model yet for dataset campaigns: pythia train
  [6]

  $ pythia train
  pythia: error: no such dataset: 'campaigns'
    The store is empty. Load a history: pythia clean FILE
  [4]

  $ pythia clean history.csv --json > clean.json; grep -E '"(dataset|generation|rows_read|unchanged)"' clean.json
    "dataset": "campaigns",
    "generation": 1,
    "rows_read": 3000,
    "unchanged": false

  $ ls exports/rejects
  campaigns-history-*.csv (glob)

The same load twice is a no-op that says so.

  $ pythia clean history.csv
  history.csv: already in dataset campaigns (generation 1) with these options; nothing changed

Another file is refused without --append or --replace.

  $ pythia simulate --rows 100 --seed 8 -o other.csv >/dev/null && pythia clean other.csv >out 2>&1; echo $?; grep -c -e '--append' out; grep -c -e '--replace' out
  5
  1
  1

  $ pythia train --json > train.json; grep -c '"accuracy"' train.json; ls models | wc -l
  1
  1

Training again gives the same model.

  $ before=$(sha256sum models/*); pythia train --threads 2 > /dev/null; test "$before" = "$(sha256sum models/*)" && echo same
  same

  $ pythia models list | grep -c yes
  1

  $ pythia predict Channel_Used=Email Duration=30 'Acquisition_Cost=$12,000' Impressions=150000 Clicks=5 --json | grep -E '"(CTR|Estimated_Clicks|ROI_Category|ROI_Threshold_Rule)"'
    "CTR": 0.* (glob)
    "Estimated_Clicks": * (glob)
    "ROI_Category": * (glob)
    "ROI_Threshold_Rule": "break_even",

  $ pythia predict Channel_Used=Email Clicks=5 | grep 'only after'
    note: Clicks is known only after a campaign: ignored

  $ pythia predict Chanel=Email
  pythia: error: Chanel: no such column
    A plan can hold: Impressions, * (glob)
  [3]

  $ pythia predict Duration=soon
  pythia: error: Duration: no number of days: 'soon'
    Write it as 30, "30 days" or "4 weeks".
  [3]

  $ pythia export predictions
  exports/predictions.csv: 2 rows
  exports/predictions.json: 2 rows

  $ pythia export recommendations --format csv,json,parquet
  exports/recommendations.csv: 0 rows
  exports/recommendations.json: 0 rows
  exports/recommendations.parquet: 0 rows

  $ cut -d, -f1-4,15-18,58- exports/recommendations.csv; cat exports/recommendations.json
  id,at,dataset,Company,other_plan_values,Budget,Used_Budget,Currency,SHAP_Explanation,Model_Version,Warnings
  []

  $ pythia export advice --format csv
  pythia: what: takes predictions|recommendations|campaigns|experiments, not 'advice'
    pythia --help, or pythia VERB --help, shows the words.
  [2]

  $ pythia prune; pythia prune --json
  dropped 0 logged predictions, 0 logged recommendations and 0 old generations
  {
    "generations": 0,
    "predictions": 0,
    "recommendations": 0
  }

  $ pythia experiments list | tail -n +2 | wc -l
  * (glob)

  $ pythia experiments log --model-type forest --metric log_loss=0.61
  experiment * is logged (glob)

  $ pythia datasets list | head -1
    dataset * (glob)

  $ pythia clean other.csv --replace | head -1
  dataset campaigns, generation 2 from other.csv

  $ pythia datasets restore campaigns
  dataset campaigns is back at generation 1 (2,9* campaigns) (glob)

  $ pythia datasets delete campaigns
  pythia: error: deleting a dataset also deletes its models, predictions, recommendations and experiments, and cannot be undone: 'campaigns'
    If you mean it: pythia datasets delete campaigns --yes
  [2]

  $ pythia datasets delete campaigns --yes && ls models | wc -l
  dataset campaigns is deleted
  0
