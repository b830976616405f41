#!/usr/bin/env bash
# Every verb on MongoDB says the same as on DuckDB, to the last byte of the models, and a driver that
# is not ours reads the collections: pipeline_test.sh PROGRAM SOURCE_DIR (below scripts/with_mongod)
set -euo pipefail
program=$1
source=$2
python=$source/build/pymongo-venv/bin/python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() {
  echo "FAILED: $1" >&2
  exit 1
}
"$program" simulate --rows 3000 --seed 7 --signal strong --dirty 0.02 -o history.csv >/dev/null
"$program" simulate --rows 500 --seed 8 --signal strong -o more.csv >/dev/null
plan=(Channel_Used=Email Duration=30 "Acquisition_Cost=\$12,000" Impressions=150000)
# Times differ from run to run, and the seconds that something took.
timeless() { sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z?/TIME/g; s/in [0-9.]+ m?s/in TIME/g'; }
for store in duckdb mongodb; do
  mkdir "$store"
  cd "$store"
  if [ $store = mongodb ]; then export PYTHIA_STORE=$MONGO_URI/mission; else unset PYTHIA_STORE; fi
  {
    "$program" clean ../history.csv --json
    "$program" clean ../history.csv --json
    "$program" clean ../more.csv || echo "status $?"
    "$program" clean ../more.csv --append --json
    "$program" datasets list --json
    "$program" datasets show campaigns --json
    "$program" options --json
    "$program" train --json
    "$program" models list --json
    "$program" models show --json
    "$program" evaluate --json
    "$program" predict "${plan[@]}" --json
    "$program" predict --csv ../more.csv --json
    "$program" explain "${plan[@]}" --json
    "$program" explain --summary --json
    "$program" recommend --budget 12000 --json
    "$program" experiments list --json
    "$program" experiments log --dataset campaigns --model-type mine --metric auc=0.5 --json
    "$program" report --budget 12000
    for what in predictions recommendations experiments campaigns; do "$program" export $what; done
    "$program" datasets restore campaigns --json
    "$program" prune --json
    "$program" store check
    "$program" clean ../more.csv --replace --dataset other --json
    "$program" datasets delete other --yes
  } 2>&1 | timeless >said
  sha256sum models/* >models.sum
  cd ..
done
diff -u duckdb/said mongodb/said || fail "MongoDB says something else than DuckDB"
# The append that lacked its word, and nothing else.
[ "$(grep -c "pythia: error" mongodb/said)" = 1 ] || fail "$(grep -A2 "pythia: error" mongodb/said)"
cmp duckdb/models.sum mongodb/models.sum || fail "the models differ"
for file in predictions recommendations experiments campaigns; do
  diff <(timeless <duckdb/exports/$file.csv) <(timeless <mongodb/exports/$file.csv) >/dev/null ||
    fail "the export $file differs"
done
"$python" "$source/tests/mongo/read_back.py" "$MONGO_URI" mission
# The whole store into DuckDB, into another database and back; again, and nothing is copied.
unset PYTHIA_STORE
"$program" store copy --from "$MONGO_URI/mission" --to copy.duckdb --json >first.json
"$program" store copy --from "$MONGO_URI/mission" --to copy.duckdb --json >again.json
grep -q '"copied": 0' again.json && ! grep -qE '"copied": [1-9]' again.json ||
  fail "a second copy copied something"
"$program" store copy --from copy.duckdb --to "$MONGO_URI/back" >/dev/null
"$program" store check --store "$MONGO_URI/back" >/dev/null
diff <("$program" datasets list --json --store "$MONGO_URI/mission") \
  <("$program" datasets list --json --store "$MONGO_URI/back") || fail "the copy differs"
PYTHIA_MODELS=mongodb/models "$program" predict "${plan[@]}" --json --store "$MONGO_URI/back" >back.json
PYTHIA_MODELS=duckdb/models "$program" predict "${plan[@]}" --json --store duckdb/pythia.duckdb >duck.json
cmp back.json duck.json || fail "a copy predicts something else"
# A copy goes on where the target holds a part; never over something else.
"$program" clean history.csv --store "$MONGO_URI/taken" >/dev/null
"$program" clean more.csv --replace --store "$MONGO_URI/taken" >/dev/null
"$program" datasets restore campaigns --store "$MONGO_URI/taken" >/dev/null
if "$program" store copy --from "$MONGO_URI/taken" --to copy.duckdb >out 2>&1; then
  fail "a copy went over other content"
fi
grep -q 'holds another\|entries of its own' out || fail "$(cat out)"
echo "pipeline: the same on MongoDB and DuckDB"
