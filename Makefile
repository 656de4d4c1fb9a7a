# Two commands set everything up: `make dataset` runs the main job, `make test` the tests.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
# `make quick` runs the tests of these wings without the slow files, and the examples of rule files that differ from SINCE.
QUICK := $(addprefix tests/,html matching metadata rules text)
SLOW  := $(addprefix tests/,rules/test_cache.py text/test_language.py text/test_normalise.py)
SINCE ?= main

.PHONY: help dataset quick test coverage check golden mutation quality encodings bench profile cluster kills docs work clean

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*##/\1\t/p' $(MAKEFILE_LIST) | expand -t 12

dataset: $(VENV)/core  ## raw/ → dist/, a dataset that datasets.load_dataset("dist") reads
	@$(BIN)/cleaner build raw dist

test: $(VENV)/dev  ## all tests, the examples of every rule among them
	@$(BIN)/python -m pytest -n auto

quick: $(VENV)/dev  ## what a small change needs: tests of the fast wings, examples of rule files changed since SINCE=main
	@$(BIN)/python -m pytest -q -n 2 $(QUICK) $(addprefix --ignore=,$(SLOW)) \
	  $$(git diff --name-only --diff-filter=d $(SINCE) -- 'rules/*.yaml'; git ls-files -o --exclude-standard 'rules/*.yaml')
	@echo 'left out (`make test` runs it):' \
	  $(filter-out $(QUICK) tests/golden tests/support,$(patsubst %/,%,$(wildcard tests/*/)) $(wildcard tests/test_*.py)) \
	  $(SLOW) 'and the examples of unchanged rule files'

coverage: $(VENV)/dev  ## branch coverage of matching, cleaning, rules and text by their own tests; below 95% it fails
	@$(BIN)/python -m pytest -q -n 2 $(addprefix tests/,cleaning html matching rules text) --cov-branch \
	  --cov=cleaner/cleaning --cov=cleaner/matching --cov=cleaner/rules --cov=cleaner/text \
	  --cov-report=term:skip-covered --cov-fail-under=95

check: $(VENV)/dev  ## types, style, import contract, rule files
	@$(BIN)/ruff check cleaner tests bench docs
	@$(BIN)/ruff format --check cleaner tests bench docs
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/cleaner rules check --strict

golden: $(VENV)/dev  ## rewrite the golden files of tests/golden; nothing else does
	@$(BIN)/python -m pytest tests/review/test_golden.py --update-golden -q

mutation: $(VENV)/dev  ## mutate every rule, and list the mutants that nobody would notice (half an hour)
	@PYTHONPATH=tests $(BIN)/python -m bench.mutation

quality: $(VENV)/dev $(VENV)/peers  ## score the rules, and others, on the real pages of ../shared, where they are
	@$(BIN)/python -m bench.quality $(QUALITY)
	@$(BIN)/python -m bench.residue $(RESIDUE)

encodings: $(VENV)/dev $(VENV)/peers  ## measure how encodings are read, on the texts of ../shared, beside other detectors (half an hour)
	@$(BIN)/python -m bench.encodings $(ENCODINGS)

bench: $(VENV)/dev $(VENV)/peers  ## measure against the floor, other tools, and itself, on generated articles (half an hour)
	@$(BIN)/python -m bench.ratios $(BENCH)

cluster: $(VENV)/dev  ## test on a Ray cluster of two nodes, one of which is killed, and in a pipeline of datatrove's
	@$(BIN)/python -m pip install -q --group cluster
	@$(BIN)/python -m pytest -q -s tests/pipeline/test_ray.py tests/integrations/test_datatrove.py

kills: $(VENV)/dev  ## kill a build at 100 random moments, and see that it goes on to the same bytes
	@$(BIN)/python -m bench.kills

fuzz: $(VENV)/dev  ## try to break it with random and damaged inputs (an hour)
	@$(BIN)/python -m bench.fuzz $(FUZZ)

profile: $(VENV)/dev  ## where the time of a build goes: its stages, and the dearest functions
	@$(BIN)/python -m bench.profile

work: $(VENV)/dev  ## clean awkward texts and pages of two sizes, and see that twice the text takes twice the time
	@$(BIN)/python -m bench.work

docs: $(VENV)/dev  ## rewrite the pages that are made from the code
	@$(BIN)/python docs/make.py

clean:  ## remove what was built
	rm -rf dist .dist.* .bench .cleaner build $(VENV)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "cleaner needs Python 3.11 or newer: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --upgrade "pip>=25.1"

$(VENV)/core: pyproject.toml | $(VENV)/bin/python
	@echo "setting up $(VENV) …"
	@$(BIN)/python -m pip install -q -e .
	@touch $@

$(VENV)/dev: $(VENV)/core
	@$(BIN)/python -m pip install -q --group dev
	@touch $@

$(VENV)/peers: $(VENV)/dev
	@$(BIN)/python -m pip install -q --group peers
	@touch $@
