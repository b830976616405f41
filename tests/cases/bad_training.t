Histories that say little: a clear answer, and no number that is none.

  $ rows() { awk -v n="$1" -v h='Campaign_ID,Channel_Used,Campaign_Type,Location,Date,Duration,Acquisition_Cost,Impressions,Clicks,ROI' "BEGIN { OFS = \",\"; split(\"Email,Search,Social\", channel, \",\"); print h; for (i = 1; i <= n; ++i) { id = i; ch = channel[i % 3 + 1]; type = i % 2 ? \"Brand\" : \"Sale\"; place = \"P\" i % 4; day = sprintf(\"2023-%02d-%02d\", int(i / 28) % 12 + 1, i % 28 + 1); days = 15 * (i % 4 + 1); cost = 500 + (i * 7919) % 1000; imp = 1000 + (i * 104729) % 9000; clk = int(imp * (0.01 + ((i * 31) % 40) / 1000)); roi = ((i * 53) % 100) / 50 - 1; $2; print id, ch, type, place, day, days, cost, imp, clk, roi } }"; }
  $ load() { rm -f pythia.duckdb; pythia clean "$1" --json > clean.json || cat clean.json; }
  $ numbers() { for verb in "pythia models show --json" "pythia evaluate --json" "pythia predict Channel_Used=Email Acquisition_Cost=900 --json" "pythia predict Impressions=5000 --json"; do $verb > out.json || cat out.json; grep -iE '[^a-z](nan|inf|infinity)[^a-z]' out.json; done; grep -iE '[^a-z](nan|inf|infinity)[^a-z]' train.json clean.json; echo checked; }

Every campaign on one side of break-even: the median serves as threshold.

  $ rows 200 'roi = 1 + i / 100' > all_good.csv; load all_good.csv; pythia train --json > train.json; grep -A2 '"roi_threshold"' train.json
    "roi_threshold": {
      "rule": "median",
      "value": 2.005
  $ numbers
  checked

Every campaign with the same ROI: there is no threshold, and that is said.

  $ rows 200 'roi = 0.5' > constant_roi.csv; load constant_roi.csv; pythia train --json > train.json; grep -B1 -A1 'no ROI model' train.json
        "warnings": [
          "no ROI model: every campaign is on the same side of the threshold 0.5"
        ]
  $ numbers
  checked

The same clicks and impressions everywhere.

  $ rows 200 'imp = 1000; clk = 50' > constant.csv; load constant.csv; pythia train --json > train.json; grep -cE '"verdict": "no_signal"' train.json
  4
  $ pythia predict Impressions=2000 --json | grep Estimated_Clicks
    "Estimated_Clicks": 100,
  $ numbers
  checked

Impressions without a click.

  $ rows 200 'clk = 0' > no_clicks.csv; load no_clicks.csv; pythia train
  pythia: error: no campaign has a click: there is nothing to learn
    Check which column became Clicks: pythia clean FILE --dry-run
  [3]
  $ pythia train --json
  pythia: error: no campaign has a click: there is nothing to learn
    Check which column became Clicks: pythia clean FILE --dry-run
  [3]

Twelve campaigns, which are too few, and twenty, which are enough to fit but not to judge.

  $ rows 12 '' > twelve.csv; load twelve.csv; pythia train
  pythia: error: only 12 campaigns have impressions above 0 and clicks not above them; 20 are needed to train
    Load more history: pythia clean FILE --append
  [3]
  $ rows 20 '' > twenty.csv; load twenty.csv; pythia train --json > train.json; grep -oE 'are too few to tell|too little history to hold rows out' train.json | sort -u
  are too few to tell
  $ numbers
  checked

Three columns of a plan are missing.

  $ rows 200 '' | cut -d, -f1,3,4,6,8- > thin.csv; head -1 thin.csv; load thin.csv; pythia train --json > train.json; grep -A5 '"features"' train.json
  Campaign_ID,Campaign_Type,Location,Duration,Impressions,Clicks,ROI
    "features": [
      "Campaign_Type",
      "Duration",
      "Location"
    ],
    "generation": 1,
  $ numbers
  checked

Every campaign on one day: the folds are drawn at random.

  $ rows 200 'day = "2023-05-01"' > one_day.csv; load one_day.csv; pythia train --json > train.json; grep '"rule"' train.json | sort -u
          "rule": "5 folds, by a hash of the row and the seed",
      "rule": "break_even",
  $ numbers
  checked

Every campaign in a place of its own: no place is frequent enough to be told from others.

  $ rows 50000 'place = "place " i' > places.csv; load places.csv; pythia train --json > train.json; grep 'frequent enough' train.json | sort -u; grep -c '"term": "Location=' train.json
          "Location: no two of its values are frequent enough to be a feature"
  0
  [1]
  $ pythia predict 'Location=place 77' | grep 'Location'
    note: Location is not a feature of this model: ignored
  $ numbers
  checked

Two thousand places, most of them with success only: the most frequent are told apart, and not every one is named.

  $ rows 20000 'place = "place " int(2000 * rand()); roi = place ~ /[1-9]$/ ? 1 : rand() - 0.9' > places.csv; load places.csv; pythia train --json > train.json; grep -c '"term": "Location=' train.json; grep -c '(separation)' train.json; grep -o 'more levels hold ROI-positive campaigns only' train.json
  771
  5
  more levels hold ROI-positive campaigns only
  $ numbers
  checked

An option that cannot be.

  $ pythia train --alpha -1
  pythia: error: --alpha takes a number from 0
  [2]
  $ pythia train --roi-threshold nan
  pythia: error: the ROI threshold is a number: 'nan'
  [2]
  $ pythia train --features Clicks
  pythia: error: an outcome is known only after the campaign and cannot be a feature: 'Clicks'
    Columns that can be features: Campaign_Type, Duration, Channel_Used, Acquisition_Cost, Location, Date.
  [2]
