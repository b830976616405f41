#!/usr/bin/env bash
# SIGKILL of pythia during loads: no half load is visible, the next one works, nothing is left:
# kill_test.sh PROGRAM TIMES (below scripts/with_mongod)
set -euo pipefail
program=$1
times=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export PYTHIA_STORE=$MONGO_URI/kill
"$program" simulate --rows 40000 --seed 1 -o history.csv >/dev/null
"$program" clean history.csv --json >first.json
rows=$(sed -n 's/.*"rows_kept": \([0-9]*\).*/\1/p' first.json)
for i in $(seq "$times"); do
  sed "s/^C/K$i/" history.csv >"next$i.csv"
  "$program" clean "next$i.csv" --replace >/dev/null 2>&1 &
  loading=$!
  sleep "$(awk -v i="$i" 'BEGIN { print (i * 0.083) % 0.6 }')"
  kill -KILL $loading 2>/dev/null || true
  wait $loading 2>/dev/null || true
  found=$("$program" datasets list --json | sed -n '/^    "rows"/s/.*: \([0-9]*\).*/\1/p')
  if [ "$found" != "$rows" ]; then
    echo "FAILED: $found campaigns after kill $i, not $rows" >&2
    exit 1
  fi
  "$program" store check >/dev/null || { echo "FAILED: kill $i" >&2; exit 1; }
done
"$program" clean "next1.csv" --replace --dataset after >/dev/null
"$program" datasets show after >/dev/null
echo "kill: $times loads were killed, none was seen in part"
