#!/usr/bin/env bash
# SIGKILL of pythia during loads: no half load is visible, no acknowledged one is lost, the next one
# works, nothing is left: kill_test.sh PROGRAM TIMES (below scripts/with_mongod)
set -euo pipefail
program=$1
times=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
  echo "FAILED: $1" >&2
  exit 1
}
export PYTHIA_STORE=$MONGO_URI/kill
"$program" simulate --rows 40000 --seed 1 -o history.csv >/dev/null
"$program" clean history.csv --json >first.json
rows=$(sed -n 's/.*"rows_kept": \([0-9]*\).*/\1/p' first.json)
kept=$(sha256sum <history.csv | cut -d' ' -f1)
interrupted=0
for i in $(seq "$times"); do
  sed "s/^C/K$i/" history.csv >next.csv
  "$program" clean next.csv --replace >/dev/null 2>&1 &
  loading=$!
  sleep "$(awk -v i="$i" 'BEGIN { print (i * 0.083) % 0.6 }')"
  kill -KILL $loading 2>/dev/null || true
  status=0
  wait $loading 2>/dev/null || status=$?
  next=$(sha256sum <next.csv | cut -d' ' -f1)
  "$program" datasets list --json >now.json
  found=$(sed -n '/^    "rows"/s/.*: \([0-9]*\).*/\1/p' now.json)
  [ "$found" = "$rows" ] || fail "$found campaigns after kill $i, not $rows"
  if [ $status = 0 ]; then
    grep -q "$next" now.json || fail "load $i was acknowledged and is not there"
  else
    interrupted=$((interrupted + 1))
    grep -q "$kept\|$next" now.json || fail "kill $i: another load than the two"
  fi
  if grep -q "$next" now.json; then kept=$next; fi
  "$program" store check >/dev/null || fail "kill $i"
done
[ $interrupted -gt 0 ] || fail "no load was interrupted"
"$program" clean next.csv --replace --dataset after >/dev/null
"$program" datasets show after >/dev/null
echo "kill: $interrupted of $times loads were interrupted, none was seen in part"
