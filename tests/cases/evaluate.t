The card of a model: for people, for machines, for a wiki.

  $ pythia evaluate
  pythia: error: no model yet for dataset campaigns: pythia train
  [6]

  $ pythia simulate --rows 1500 --seed 7 --signal strong --dirty 0.02 -o 'a|b.csv' > /dev/null; pythia clean 'a|b.csv' > /dev/null; pythia train > /dev/null
  $ pythia evaluate > card.txt; grep -cE '^(model campaigns-|Reach|Clicks \(|Clicks without|ROI above|Data|Provenance)' card.txt
  7
  $ sed -n '/^Data/,$p' card.txt | grep -vE '^    [0-9]+ '
  Data
    1,4?? campaigns of dataset campaigns, generation 1, 2021-01-01 to 2022-12-31 (glob)
    a|b.csv: 1,4?? campaigns; 1,4?? rows kept, ?? rejected (glob)
    features: Company, Campaign_Type, Target_Audience, Duration, Channel_Used, Acquisition_Cost, Location, Language, Customer_Segment, Date
  
  Provenance
    what                value
    data SHA-256        [0-9a-f]{64} (re)
    model file          campaigns-[0-9a-f]{12}\.json (re)
    model file SHA-256  [0-9a-f]{64} (re)
    program             pythia *.*.* (glob)
    seed                1
    threads             * (glob)
  
  $ grep -cE '^    [0-9]+ (bad_number|missing_spend|too_many_fields)$' card.txt
  3
  $ grep -A1 'predicted  happened' card.txt
    predicted  happened  campaigns
    * % * % * (glob)
  $ grep -c 'self-test: on outcomes dealt to other campaigns at random' card.txt
  3
  $ grep -cE '^  (held out|verdict)' card.txt
  8

  $ pythia evaluate --json > card.json; grep -E '"(bad_date|duplicate|program|rows_kept|rows_rejected|first|last|realised_spend)"' card.json
        "first": "2021-01-01",
        "last": "2022-12-31"
          "realised_spend": null,
            "bad_date": *, (glob)
            "duplicate": *, (glob)
          "rows_kept": 14??, (glob)
          "rows_rejected": ??, (glob)
      "program": "pythia *", (glob)
  $ test "$(grep -m1 '"file_sha256"' card.json | cut -d'"' -f4)" = "$(sha256sum models/*.json | cut -d' ' -f1)" && echo the file
  the file
  $ grep -ciE '\b(nan|inf|infinity)\b' card.json
  0
  [1]

  $ pythia evaluate --markdown card.md
  card.md: the card of model campaigns-* (glob)
  $ head -5 card.md; grep -E '^(## |\| a.*csv)' card.md; tail -3 card.md
  # Model campaigns-* (glob)
  
  Trained 20*; it serves the predictions of its dataset. (glob)
  
  ## Data
  ## Data
  \| a\\\|b\.csv \| bad_date \d+, .* \| 14\d\d \| 14\d\d \| \d\d \| (re)
  ## Reach (impressions, given the plan)
  ## Clicks (given the impressions: CTR)
  ## Clicks without planned impressions (reach x CTR)
  ## ROI above break-even (0)
  ## Provenance
  | program | pythia *.*.* | (glob)
  | seed | 1 |
  | threads | * | (glob)
  $ pythia evaluate --markdown - | cmp - card.md && echo same
  same
  $ pythia evaluate --markdown - --json
  pythia: error: --json and --markdown - both write to standard output
  [2]
  $ pythia evaluate --markdown /dev/null/card.md > out 2>&1; echo $?
  8
  $ pythia evaluate campaigns-000000000000
  pythia: error: no such model: 'campaigns-000000000000'
    pythia models list names them.
  [4]
  $ pythia evaluate $(basename models/*.json .json) --markdown - | cmp - card.md && echo same
  same
  $ pythia evaluate --dataset other
  pythia: error: no model yet for dataset other: pythia train
  [6]

A model of a generation that is gone still has its card, and a file that was changed has none.

  $ pythia simulate --rows 100 --seed 8 -o other.csv > /dev/null; for i in 1 2 3; do pythia clean other.csv --replace --strict > /dev/null; pythia clean 'a|b.csv' --replace > /dev/null; done; pythia prune > /dev/null
  $ pythia evaluate | grep -A2 '^Data'
  Data
    1,4?? campaigns of dataset campaigns, generation 1, 2021-01-01 to 2022-12-31 (glob)
    what was loaded into this generation is no longer kept
  $ sed -i 's/"seed":1/"seed":2/' models/*.json; pythia evaluate 2>&1 | head -1
  pythia: error: models/campaigns-*.json: this model file was changed after training: it is not used (glob)

Spend that a platform calls spent is warned about until it is declared as planned.

  $ for p in Google Facebook TikTok; do pythia clean $EXAMPLES/platforms/$p.csv --dataset ads --append --set Channel_Used=$p > /dev/null; done
  $ pythia train --dataset ads | grep -c "'spend', a name for what was spent in the end\|looks like the bill"
  1
  $ pythia train --dataset ads --planned-spend > out; grep -c "'spend', a name\|looks like the bill" out
  0
  [1]
  $ pythia evaluate --dataset ads | grep -c 'spend is declared as planned'
  1
  $ pythia evaluate --dataset ads --json | grep -E '"(planned_spend|realised_spend)"'
          "realised_spend": "spend",
          "realised_spend": "spend",
          "realised_spend": "spend",
      "planned_spend": true,
