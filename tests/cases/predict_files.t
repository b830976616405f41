One plan as words, one or many from JSON, many from a file: the same numbers.

  $ pythia simulate --rows 2000 --seed 11 -o h.csv >/dev/null; pythia clean h.csv >/dev/null; pythia train >/dev/null
  $ pythia predict Channel_Used=Email Duration='30 days' 'Acquisition_Cost=$9,000.00' Impressions=100000 Date=2022-03-01 --json > words.json
  $ echo '{"Channel_Used": "Email", "Duration": 30, "Acquisition_Cost": 9000, "Impressions": "100,000", "Date": "2022-03-01"}' > plan.json
  $ pythia predict --plan plan.json --json | cmp - words.json && echo same
  same

  $ printf 'name,channel,Days,budget,Impr.,date\nspring,Email,30 days,"$9,000",100000,2022-03-01\nsummer,YouTube,60,5000,,\n' > plans.csv
  $ pythia predict --csv plans.csv --json 2>err | grep -E '"CTR"' | head -1 | tr -d ' ,' > ctr; grep '"CTR"' words.json | tr -d ' ,' | cmp - ctr && echo same; cat err
  same
  pythia: column not used: * (glob)

  $ pythia predict --csv plans.csv 2>/dev/null | grep -c '^  [12] '
  2

  $ pythia predict --csv plans.csv -o out.csv 2>/dev/null; head -1 out.csv | cut -d, -f1-5; wc -l < out.csv
  out.csv: 2 predictions
  id,at,dataset,Company,Campaign_Type
  3

  $ pythia predict --csv plans.csv -o out.txt 2>&1 | tail -1
  pythia: error: the output's ending says its format: .csv, .json or .parquet: 'out.txt'
