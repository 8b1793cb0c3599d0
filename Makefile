PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
T ?= tests

.DEFAULT_GOAL := help
.PHONY: help setup run test check lint types fmt docs matrix packaging bench chaos clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | expand -t 12

setup: $(VENV)/.installed  ## make .venv with everything in it

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

run: setup  ## run proxy and sandbox in one process, with a sample trace; no account needed
	$(BIN)/collector-proxy dev --demo

test: setup  ## run the tests; one part of them with T=tests/collector/exporter
	$(BIN)/python -m pytest -m 'not packaging' $(T)

check: lint types test  ## what CI runs: lint, types, tests

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

fmt: setup docs  ## format, and write anew what is made from the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup  ## write config.example.yaml and docs/mapping.md anew
	$(BIN)/python -c 'from collector.config import example_yaml; print(example_yaml(), end="")' > config.example.yaml
	$(BIN)/python -c 'from translators.mapping import mapping_markdown; print(mapping_markdown(), end="")' > docs/mapping.md

matrix: setup  ## run the tests that prove docs/matrix.md, and write it anew
	$(BIN)/python -m tests.matrix

packaging: setup  ## build the wheel and install it as the Dockerfile does
	$(BIN)/python -m pytest -m packaging tests/test_packaging.py

bench: setup  ## one JSON line per profile: what a span costs
	$(BIN)/python -m benchmarks $(ARGS)

chaos: setup  ## break it for half an hour, and print what was lost; one test with ARGS='--only kill9'
	$(BIN)/python -m tests.chaos $(ARGS)

clean:  ## remove everything that can be made again
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage dist build
