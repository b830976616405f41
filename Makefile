# What a person types. CMakePresets.json has the builds behind it.
PRESET ?= release
JOBS ?= $(shell nproc)

.PHONY: build configure run test check-all bench bench-large study check clean setup

build: configure
	@cmake --build --preset $(PRESET) -j $(JOBS)

configure: setup
	@cmake --preset $(PRESET) >build/$(PRESET).log 2>&1 || { cat build/$(PRESET).log; exit 1; }

setup:
	@scripts/setup
	@mkdir -p build

# The program alone is built; it loads example data, trains, predicts one campaign, exports. With
# STORE=mongodb all of it is kept in a MongoDB server that is started for it.
run: configure
	@cmake --build --preset $(PRESET) -j $(JOBS) --target pythia
ifeq ($(STORE),mongodb)
	@scripts/with_mongod scripts/demo build/$(PRESET)/bin/pythia
else
	@scripts/demo build/$(PRESET)/bin/pythia
endif

test: build
	@scripts/setup test
	@[ "$$PYTHIA_TEST_MONGOD" = none ] || { scripts/mongod && \
	  scripts/venv build/pymongo-venv tests/pymongo.txt; } >/dev/null
	@ctest --preset $(PRESET)

# Everything: attacks in full size, sanitizers, fuzz targets for a minute each, clang-tidy on all files.
check-all: build
	@scripts/check-all

# Times of clean, load, train and predict on simulated histories, of explanations beside the Python
# package shap and numpy (fetched to build/bench-venv), of a MongoDB store beside pandas and pymongo,
# and of the service beside nginx.
bench: build
	@build/$(PRESET)/bin/pythia_bench
	@scripts/bench build/$(PRESET)/bin

# Training on ever larger histories (LARGE_ROWS, by commas); the file of 10^8 rows
# takes 14 GB under TMPDIR while it is loaded.
LARGE_ROWS ?= 100000,1000000,10000000,100000000
bench-large: configure
	@cmake --build --preset $(PRESET) -j $(JOBS) --target pythia
	@python3 bench/train_large.py build/$(PRESET)/bin/pythia --rows $(LARGE_ROWS) \
	  --out bench/results/train_large.json

# Long simulations; writes docs/study.md.
study: build
	@scripts/study build/$(PRESET)/bin/pythia_study

# Format and clang-tidy of what changed against HEAD (or BASE=revision).
check:
	@scripts/setup check
	@scripts/check $(BASE)

clean:
	rm -rf build
