What is written goes where it was sent, whole, or the failure is said.

  $ pythia simulate --rows 300 --seed 1 -o h.csv > /dev/null; pythia clean h.csv > /dev/null; pythia train > /dev/null
  $ for verb in options train 'models list --json' 'models show' 'predict Channel_Used=Email' config; do pythia $verb > /dev/full 2> err; echo "$? $(head -1 err | cut -c1-48)"; done
  8 pythia: error: standard output: cannot write:* (glob)
  8 pythia: error: standard output: cannot write:* (glob)
  8 pythia: error: standard output: cannot write:* (glob)
  8 pythia: error: standard output: cannot write:* (glob)
  8 pythia: error: standard output: cannot write:* (glob)
  8 pythia: error: standard output: cannot write:* (glob)
  $ pythia models show | head -c 1 | wc -c; echo ${PIPESTATUS[0]}
  1
  0

A reader that left before the first byte is no failure either, however much there is to say.

  $ exec 3> >(true); wait $!; pythia simulate --rows 300 --seed 1 -o - >&3; echo $?
  0
  $ exec 3> >(true); wait $!; pythia models show >&3; echo $?; exec 3>&-
  0

A closed standard output does not end up in the store.

  $ pythia models list --json >&- 2> /dev/null; pythia datasets list | sed -n 2p
    campaigns           1        300 * (glob)

A device, a pipe or a link stays what it is.

  $ mkfifo pipe; (cat pipe > got &) ; pythia simulate --rows 10 -o pipe > /dev/null; sleep 1; test -p pipe && wc -l < got
  11
  $ echo old > target.csv; ln -s target.csv link.csv; pythia simulate --rows 10 -o link.csv > /dev/null; test -L link.csv && wc -l < target.csv
  11

Nothing steers the terminal.

  $ printf 'Impr\033[31mx,Clicks\n1,1\n' > esc.csv; pythia clean esc.csv --dataset e 2>&1 | grep -c $'\033'
  0
  [1]
  $ pythia datasets delete $'a\033[2Jb' --yes 2>&1 | grep -c $'\033'
  0
  [1]

Several files: a misspelt name stops before the first is loaded; the same command again is a no-op.

  $ pythia simulate --rows 300 --seed 2 -o i.csv > /dev/null; pythia clean h.csv nope.csv --dataset two
  pythia: error: nope.csv: cannot open: No such file or directory
  [4]
  $ pythia clean h.csv i.csv --dataset two > /dev/null; pythia clean h.csv i.csv --dataset two
  h.csv: already in dataset two (generation 2) with these options; nothing changed
  i.csv: already in dataset two (generation 2) with these options; nothing changed

Words that make no sense.

  $ for words in '--alpha inf' '--roi-threshold nan' '--seed -1' '--threads -2'; do pythia train $words > /dev/null 2>&1; echo $?; done
  2
  2
  2
  2
  $ PYTHIA_LOGS_RETENTION_DAYS=200000000 pythia prune > /dev/null 2>&1; echo $?
  2

A wrong ending is refused before anything is predicted or logged.

  $ pythia predict Channel_Used=Email -o out.txt > /dev/null 2>&1; echo $?; pythia export predictions --format csv
  2
  exports/predictions.csv: 1 rows

Each dataset has its own exports.

  $ pythia export campaigns --dataset two --format csv; pythia export predictions --dataset two --format csv
  exports/campaigns-two.csv: * rows (glob)
  exports/predictions.csv: 0 rows

A model of an older generation says so.

  $ pythia clean i.csv --append > /dev/null; pythia predict Channel_Used=Email | grep -c 'generation 1 of this dataset; generation 2 is current'
  1
