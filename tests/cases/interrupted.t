# labels: slow
Work that is stopped half-way leaves the old data, whole.

  $ pythia simulate --rows 500 --seed 1 -o small.csv > /dev/null; pythia clean small.csv > /dev/null
  $ pythia simulate --rows 2000000 --seed 2 -o big.csv > /dev/null

Ctrl-C.

  $ timeout --foreground --preserve-status -s INT 0.5 pythia clean big.csv --replace
  pythia: error: the load was stopped
  [130]
  $ pythia datasets list | sed -n 2p
    campaigns           1        500 * (glob)

Ctrl-C while a model is trained: none is there then, and the next training finds everything.

  $ pythia simulate --rows 400000 --seed 3 -o long.csv > /dev/null; pythia clean long.csv --dataset long > /dev/null
  $ timeout --foreground --preserve-status -s INT 0.8 pythia train --dataset long
  pythia: error: training was stopped
  [130]
  $ ls models 2> /dev/null; pythia models list --dataset long
  no model yet: pythia train
  $ pythia train --dataset long --json | grep -c '"dataset"'
  1

A killed process.

  $ bash -c 'pythia clean big.csv --replace & sleep 0.8; kill -KILL $!; wait' > /dev/null 2>&1; pythia datasets list | sed -n 2p
    campaigns           1        500 * (glob)

A disk that is full: the file-size limit of a shell stands for it.

  $ (ulimit -f 4000; pythia clean big.csv --replace > out 2>&1; echo $?); tail -1 out
  8
    Make room on that disk and run the command again; what was stored before is intact.
  $ pythia datasets list | sed -n 2p
    campaigns           1        500 * (glob)
  $ (ulimit -f 1; pythia export campaigns --format csv > out 2>&1; echo $?); ls exports
  8
  $ pythia train --json | grep -c '"dataset"'
  1
