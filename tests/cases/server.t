Every verb that --server takes, at a running service, and the same on this machine: what is printed
is the same.

  $ pythia simulate --rows 400 --seed 7 --signal strong --dirty 0.02 -o history.csv > /dev/null
  $ mkdir there here; cp history.csv there; cp history.csv here
  $ start() { (cd there && exec pythia serve --port 0 --quiet "$@") > serve.out 2> serve.err & pid=$!
  >   for i in $(seq 200); do grep -q serving serve.out && break; sleep 0.05; done
  >   server=$(sed -n 's/^serving \(http:[^ ]*\) .*/\1/p' serve.out); }
  $ start
  $ there() { (cd there && pythia "$@" --server "$server"); }
  $ here() { (cd here && pythia "$@"); }
  $ hide() { sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z?/TIME/g; s/rejects\/[^ ]*/REJECTS/; s/([0-9]\.[0-9]{9})[0-9]+/\1/'; }
  $ both() { there "$@" 2>&1 | hide > a; echo "$?/${PIPESTATUS[0]}" >> a
  >   here "$@" 2>&1 | hide > b; echo "$?/${PIPESTATUS[0]}" >> b; diff a b && echo "same: $1"; }

Before there is anything.

  $ both datasets list
  same: datasets
  $ both predict Channel_Used=Email
  same: predict
  $ both datasets show nothing
  same: datasets
  $ both experiments list
  same: experiments

A history and its model.

  $ both clean history.csv --dry-run
  same: clean
  $ both clean history.csv
  same: clean
  $ both clean history.csv
  same: clean
  $ both clean history.csv --map nonsense
  same: clean
  $ both clean history.csv --replace --set Language=English --strict
  same: clean
  $ both datasets restore campaigns
  same: datasets
  $ both datasets list
  same: datasets
  $ both datasets show campaigns
  same: datasets
  $ both options
  same: options
  $ both train --seed 3 --roi-threshold median --features Channel_Used,Acquisition_Cost,Duration --json
  same: train
  $ both train --roi-threshold 1e999
  same: train
  $ both train --features Nothing
  same: train
  $ both train
  same: train
  $ both models list
  same: models
  $ both models show
  same: models
  $ both evaluate
  same: evaluate
  $ version=$(here models list --json | sed -n 's/.*"version": "\(.*\)".*/\1/p' | tail -1)
  $ both models activate "$version"
  same: models
  $ both models activate nothing
  same: models

Predictions, recommendations, exports.

  $ both predict Channel_Used=Email Duration=30 Acquisition_Cost=12000 Impressions=50000
  same: predict
  $ both predict Channel_Used=Email Duration=30 Acquisition_Cost=12000 --json
  same: predict
  $ both predict Channel=Email
  same: predict
  $ printf 'Channel_Used,Duration,Acquisition_Cost,Impressions,Remark\nEmail,30,1000,5000,x\nSearch,15,2000,9000,y\n' > plans.csv
  $ both predict --csv ../plans.csv
  same: predict
  $ both predict --csv ../plans.csv -o predictions.json
  same: predict
  $ both recommend --budget 9000 Channel_Used=Email
  same: recommend
  $ both recommend --budget 9000 --objective clicks --json
  same: recommend
  $ both recommend --budget "lots"
  same: recommend
  $ both export campaigns --format csv
  same: export
  $ cmp there/exports/campaigns.csv here/exports/campaigns.csv
  $ both export predictions experiments
  same: export
  $ both export predictions
  same: export
  $ both report -o report.html
  same: report
  $ both experiments log --model-type forest --metric log_loss=0.5 --note "a remark"
  same: experiments
  $ both experiments compare 1 3
  same: experiments
  $ both experiments show 99
  same: experiments
  $ both datasets delete campaigns
  same: datasets
  $ both datasets delete campaigns --yes
  same: datasets

Who meets the store that the service holds is sent to it.

  $ (cd there && pythia options)
  pythia: error: the store pythia.duckdb is in use by another pythia process (PID *) (glob)
    A service works on it. Let it do this: add --server http://127.0.0.1:*/ (glob)
  [7]

Standard input, and a file that is cleaned in the background.

  $ cat history.csv | there clean - --dataset pipe | head -1
  dataset pipe, generation 1 from -
  $ pythia simulate --rows 90000 -o large.csv > /dev/null
  $ there clean ../large.csv --dataset large | head -1
  dataset large, generation 1 from large.csv

A token, and addresses where no one answers.

  $ kill $pid; wait $pid
  $ ls there/*.server
  ls: cannot access 'there/*.server': No such file or directory (glob)
  [2]
  $ there datasets list
  pythia: error: cannot reach the service: Connection refused: 'http://127.0.0.1:*' (glob)
    Is pythia serve running there?
  [8]
  $ token=$(pythia token new me --file tokens)
  $ start --token-file ../tokens
  $ there datasets list
  pythia: error: * (glob)
    Put a token into PYTHIA_TOKEN.
  [2]
  $ PYTHIA_TOKEN=$token there datasets list --json | head -1
  [
  $ PYTHIA_TOKEN=$'a\nb' there datasets list
  pythia: error: PYTHIA_TOKEN holds what cannot be a token
  [2]
  $ pythia datasets list --server localhost
  pythia: error: the address of a service is needed: 'localhost'
    As in --server http://127.0.0.1:8080
  [2]
  $ pythia datasets list --server "$server" --store x.duckdb
  pythia: error: --server and --store exclude each other
    The service has a store of its own.
  [2]
