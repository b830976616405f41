Every verb has help with examples; wrong words say where help is.

  $ pythia --version
  pythia 0.1.0

  $ pythia clean --help | grep -A1 Examples
  Examples:
    pythia clean history.csv

  $ for verb in simulate clean datasets prune options train models evaluate predict export experiments config completion; do pythia $verb --help >/dev/null || echo "no help: $verb"; done

  $ pythia
  pythia: A subcommand is required
    pythia --help, or pythia VERB --help, shows the words.
  [2]

  $ pythia predcit
  pythia: there is no verb 'predcit'
    pythia --help, or pythia VERB --help, shows the words.
  [2]

A verb that is a group names what is in it.

  $ pythia datasets
  pythia: pythia datasets needs one of: list, * (glob)
    pythia --help, or pythia VERB --help, shows the words.
  [2]

  $ pythia clean
  pythia: files is required
    pythia --help, or pythia VERB --help, shows the words.
  [2]

  $ pythia clean x.csv --date-order ymd
  pythia: --date-order: takes dmy|mdy, not 'ymd'
    pythia --help, or pythia VERB --help, shows the words.
  [2]

  $ pythia completion bash | bash -n && pythia completion zsh | head -1
  autoload -U +X bashcompinit && bashcompinit

  $ pythia completion fish | grep -c datasets
  * (glob)

  $ pythia config | grep -E "setting|store  |dataset"
    setting                   value               from
    store                     pythia.duckdb       default
    dataset                   campaigns           default

  $ PYTHIA_STORE=team.duckdb pythia config --json | grep -A3 '"store"'
    "store": {
      "origin": "PYTHIA_STORE",
      "value": "team.duckdb"
    },

  $ echo 'stroe = "x"' > pythia.toml && pythia config
  pythia: error: pythia.toml:1: no such setting: 'stroe'
    Known: store, * (glob)
  [2]
