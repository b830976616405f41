What cannot be used is refused with its place, its value and a way out; nothing is half-done.

  $ touch empty.csv; pythia clean empty.csv
  pythia: error: * (glob)
    * (glob)
  [3]

  $ echo 'Campaign_ID,Impressions,Clicks' > header.csv; pythia clean header.csv
  pythia: error: header.csv: * (glob)
    * (glob)
  [3]

  $ mkdir folder; pythia clean folder
  pythia: error: folder: * (glob)
    * (glob)
  [3]

  $ pythia clean absent.csv
  pythia: error: absent.csv: cannot open: No such file or directory
  [4]

  $ printf 'PK\003\004 a spreadsheet' > plan.xlsx; pythia clean plan.xlsx 2>&1 | grep -ci 'csv'
  * (glob)

  $ printf 'Campaign,Views,Clicks\na,10,1\n' > views.csv; pythia clean views.csv 2>&1 | grep -e --map
  * (glob)

  $ printf 'Impressions,Clicks\n1000,"10\n' > quote.csv; pythia clean quote.csv 2>&1 | head -1
  pythia: error: quote.csv:2: * (glob)

  $ ls *.duckdb 2>/dev/null; pythia datasets list
  no dataset yet: pythia clean FILE

A file that is no store is not touched.

  $ echo 'precious' > notes.txt; pythia datasets list --store notes.txt > out 2>&1; echo $?; cat notes.txt
  3
  precious

A model file that was changed is not used.

  $ pythia simulate --rows 500 --seed 1 -o h.csv > /dev/null; pythia clean h.csv > /dev/null; pythia train > /dev/null
  $ for f in models/*; do sed -i 's/"seed":1/"seed":2/' $f; done; pythia predict Channel_Used=Email
  pythia: error: models/*.json: this model file was changed after training: it is not used (glob)
    Remove the file to use the store's copy, or train again.
  [3]
  $ rm models/*; pythia predict Channel_Used=Email Impressions=10 --json | grep -c '"CTR": 0'
  1

Plans that cannot be used.

  $ pythia predict Impressions=-5
  pythia: error: Impressions: * (glob)
  [3]
  $ pythia predict Impressions=1e999 > out 2>&1; echo $?
  3
  $ pythia predict Date=2021-02-30 > out 2>&1; echo $?
  3
  $ pythia predict Email
  pythia: error: a plan is given as Key=Value: 'Email'
    As in Channel_Used=Email "Acquisition_Cost=$16,174.00"
  [2]
  $ pythia predict Channel_Used=a Channel_Used=b
  pythia: error: given twice: 'Channel_Used'
  [2]
  $ echo '{"Impressions": 10, "Impressions": 20}' > twice.json; pythia predict --plan twice.json 2>&1 | head -1
  pythia: error: twice.json:1: * (glob)
  $ echo '[{"Impressions": [1]}]' > list.json; pythia predict --plan list.json > out 2>&1; echo $?
  3
  $ printf 'Channel_Used,Impressions\nEmail,100\nEmail,many\n' > plans.csv; pythia predict --csv plans.csv
  pythia: error: plans.csv:3: Impressions: no number: 'many'
    Write it as 1234.5 or "$1,234.50".
  [3]
  $ pythia export predictions | head -1
  exports/predictions.csv: 1 rows
