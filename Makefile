# `make run` and `make test` do all of their own set-up, in .venv. `make help` lists the rest.

PYTHON ?=
ARGS ?=
TESTS ?= tests

# The rules engine as released does not import on Python 3.13 without this; elsewhere it changes nothing.
export CPPFLAGS := -DPyEval_CallObject=PyObject_CallObject $(CPPFLAGS)
# What is installed, and what builds it, in the versions that .constraints.txt states.
export PIP_CONSTRAINT := .constraints.txt
export PIP_BUILD_CONSTRAINT := .constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet
INPUTS := pyproject.toml .constraints.txt Makefile $(wildcard protos/*.py protos/*/*/*.proto)
ENGINE := $(BIN)/python -c 'import durable_rules_engine' 2>/dev/null

# Another Python than .venv's is asked for by name: .venv is made anew.
ifneq ($(PYTHON),)
ifneq ($(shell $(PYTHON) --version),$(shell test -x $(BIN)/python && $(BIN)/python --version))
.PHONY: .venv/bin/python
.venv/.installed .venv/.installed-dev: .venv/bin/python
endif
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: run test bench check lint types imports contract format protos clean help

run: .venv/.installed ## Start the service on 127.0.0.1:50051; flags of `serve` with ARGS="--port 6000"
	@exec $(BIN)/linked-accounts serve --welcome $(ARGS)

test: .venv/.installed-dev ## Run the tests; some of them with TESTS=tests/domain
	$(BIN)/python -m pytest -n auto --maxprocesses 4 $(TESTS)

bench: .venv/.installed-dev ## Measure the service, and write docs/benchmarks.md; ARGS=--quick is for a look
	$(BIN)/python docs/benchmarks/bench.py $(ARGS)

check: lint types imports contract ## Lint, formatting, types, the import contracts, and the lint of the contract

lint: .venv/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.installed-dev
	$(BIN)/mypy

imports: .venv/.installed-dev
	$(BIN)/lint-imports

contract: .venv/.installed-dev
	$(BIN)/python protos/generate.py --descriptors .venv/contract.binpb
	$(BIN)/buf lint .venv/contract.binpb --config protos/buf.yaml

format: .venv/.installed-dev ## Format the code, and mend what ruff can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

protos: .venv/.installed-dev ## Generate the contract's code again
	$(BIN)/python protos/generate.py

clean: ## Remove .venv, what was generated, and caches
	rm -rf .venv build dist service/linkedaccounts/v1 .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find service protos tests -name __pycache__ -prune -exec rm -rf {} +

help: ## Say what there is
	@awk -F ' ## ' '/^[a-z]+:.* ## / {split($$1, name, ":"); printf "make %-8s %s\n", name[1], $$2}' Makefile

.venv/bin/python:
	@python=$$(.ci/find-python $(PYTHON)) && echo "making .venv with $$($$python --version)" && $$python -m venv --clear .venv

.venv/.installed: $(INPUTS) | .venv/bin/python
	@echo "installing the service into .venv; this takes a minute the first time"
	@$(PIP) --editable '.[buf,loadtest,reports,telemetry]'
	@$(ENGINE) || $(PIP) --no-cache-dir --no-deps --force-reinstall durable-rules # a wheel built elsewhere, without CPPFLAGS
	@touch $@

.venv/.installed-dev: $(INPUTS) | .venv/bin/python
	@echo "installing the service and its development tools into .venv; this takes a minute the first time"
	@$(PIP) --editable '.[dev]'
	@$(ENGINE) || $(PIP) --no-cache-dir --no-deps --force-reinstall durable-rules # likewise
	@touch .venv/.installed $@
