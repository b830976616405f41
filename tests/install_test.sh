#!/usr/bin/env bash
# Installs to a folder, moves it, runs the program there, and builds and runs examples/library
# against it: install_test.sh BUILD_DIR SOURCE_DIR
set -euo pipefail
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/first" >"$work/install.log"
mv "$work/first" "$work/moved"
cd "$work"
moved/bin/pythia --version
# Nothing of the build or source folder is needed any more.
if readelf -d moved/bin/pythia moved/lib/*.so* | grep -E "R(UN)?PATH" | grep -F "$source"; then
  echo "an installed file looks into the source folder" >&2
  exit 1
fi
cmake -S "$source/examples/library" -B example -DCMAKE_PREFIX_PATH="$work/moved" >cmake.log 2>&1 ||
  { cat cmake.log; exit 1; }
cmake --build example >build.log 2>&1 || { cat build.log; exit 1; }
lines=$(grep -cv '^ *\(//.*\)\?$' "$source/examples/library/main.cpp")
[ "$lines" -le 20 ] || { echo "the example has $lines lines of code, more than 20" >&2; exit 1; }
moved/bin/pythia simulate --rows 1000 --seed 1 -o history.csv >/dev/null
./example/pythia_example history.csv
