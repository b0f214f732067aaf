# `make run` and `make test` work on a bare machine with Python 3.11 or newer.
PYTHON ?= python3
PORT ?= 8000
# The CPU build is enough; another index or version can be named: make test TORCH="torch --index-url …"
TORCH ?= torch==2.13.0

# How many processes share the tests, each file in one of them: make test WORKERS=1
WORKERS ?= 2
IN_PARALLEL := --numprocesses $(WORKERS) --dist loadfile

# A hundred processes of the tests would each compile the sources anew.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test suite quick lint style types bars bench model clean

run: $(VENV)/.installed
	@$(BIN)/paraglot index seeds
	@$(BIN)/python -m paraglot.api.cli.tour
	@exec $(BIN)/paraglot serve --port $(PORT)

# mypy has one process and half a minute; the tests need not wait for it.
test: style
	@$(MAKE) --no-print-directory --jobs 2 types suite

suite: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(IN_PARALLEL)

quick: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(IN_PARALLEL) -m "not slow" --hypothesis-profile quick

lint: style types

style: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev .links/paraglot
	$(BIN)/mypy
	$(BIN)/mypy benchmarks

# The campaigns at their full size, all that need no data from elsewhere; the suite runs the same code small.
bars: $(VENV)/.installed-dev
	$(BIN)/python -m pytest $(IN_PARALLEL) -m hypothesis --hypothesis-profile hunt
	OUTAGES=1 $(BIN)/python -m pytest tests/test_cluster/test_outages.py
	$(BIN)/python benchmarks/kills.py --kills 500
	$(BIN)/python benchmarks/damage.py
	$(BIN)/python benchmarks/mutations.py
	$(BIN)/python benchmarks/seeds_quality.py
	$(BIN)/python benchmarks/cold_start.py --runs 10
	$(BIN)/python benchmarks/contract.py --cases 20000
	$(BIN)/python benchmarks/wall.py --requests 2000 --corpora 20
	$(BIN)/python benchmarks/wall.py --requests 300 --corpora 3 --encoder builtin --seeds
	$(BIN)/python benchmarks/ranking_cost.py
	$(BIN)/python benchmarks/service_commits.py --commits 200 --kills 6
	$(BIN)/python benchmarks/hostile_load.py
	$(BIN)/python benchmarks/updates.py
	$(BIN)/python benchmarks/dump_index.py --megabytes 100
	$(BIN)/python benchmarks/streaming.py --megabytes 100 1000
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/alignment.py
	$(BIN)/python benchmarks/encoder_start.py

# Ours beside other engines, each in an environment of its own below the temporary folder: make bench N=100000
N ?= 10000
bench: $(VENV)/.installed-dev
	$(BIN)/python benchmarks/compare_peers.py --paragraphs $(N) --write docs/benchmarks.md

# The built-in encoder with its lexicon, from the published base and a folder of translations:
# make model DATA=folder [AGAIN=1]
model: $(VENV)/.installed-dev
	$(BIN)/python -m training.make $(DATA) $(if $(AGAIN),--again)
	$(BIN)/python -m training.word_map $(DATA)
	$(BIN)/python -m training.lexicon $(DATA)

# The folders as the package that they are when installed: mypy reads no other mapping.
.links/paraglot:
	mkdir -p $@
	ln -sfn ../../api/paraglot/__init__.py ../../search ../../indexer ../../api $@/

clean:
	rm -rf $(VENV) .links

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

# What is imported is compiled when it first is: a third of the installation would go into compiling the rest.
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.installed
	$(PIP_INSTALL) $(TORCH)
	$(PIP_INSTALL) --editable '.[dev,eval,telemetry,transformers]'
	@touch $@
