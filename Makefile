# Needs: make, and Python 3.11 or newer with its venv module. Everything else is set up here.
# Nothing is activated or installed outside the checkout.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
ifeq ($(PYTHON),)
$(error python3 is not on PATH: install Python 3.11 or newer)
endif

UV_VERSION := 0.13.9
UV := $(shell command -v uv || echo .venv-tool/bin/uv)
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -q -n auto --maxprocesses=4 --dist worksteal
GENERATORS := $(patsubst %/__main__.py,%,$(wildcard exporters/__main__.py grafana/__main__.py alerting/__main__.py))

# uv brings its own certificates; behind a company proxy only the system's are right.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS := true
endif

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench compiled bench-compiled clean
.PHONY: lock format lint spelling dependencies imports generated types coverage

help: ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile

setup: .venv/.synced ## make the environment from the lock file

demo: setup ## run the whole loop offline: market, paper, extractor, calibration, report
	$(BIN)/python -m bot demo

test: setup ## run every test, slow ones and real servers too
	$(PYTEST)

check: lock format lint spelling dependencies imports generated types coverage ## the gate: all of these, fastest first; -k goes on after a failure

lock: setup
	$(UV) lock --check --offline --python "$(PYTHON)"

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

spelling: setup
	$(BIN)/codespell

dependencies: setup
	$(BIN)/deptry .

imports: setup
	$(BIN)/python -m pytest -q tests/test_architecture.py

generated: setup
	for package in $(GENERATORS); do $(BIN)/python -m $$package --check || exit 1; done

types: setup
	$(BIN)/mypy

coverage: setup
	$(PYTEST) -m "not slow" --cov --cov-report=json:.coverage.json
	$(BIN)/python tools/coverage_gate.py .coverage.json

bench: setup ## measure what the documents claim about speed
	$(BIN)/python -m benchmarks

compiled: .compiled/.done ## copy the program to .compiled with a compiled core: replays in half the time (needs cc)

bench-compiled: compiled ## measure the same on the compiled core
	PYTHONSAFEPATH=1 PYTHONPATH=.compiled $(BIN)/python -m benchmarks

clean: ## remove the environment and every cache
	rm -rf .venv .venv-tool .compiled .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.compiled/.done: tools/compile_core.py pyproject.toml uv.lock $(shell find bot exporters extractor benchmarks -name '*.py') | setup
	$(BIN)/python tools/compile_core.py .compiled
	touch $@

.venv/.synced: pyproject.toml uv.lock $(filter .venv-tool/%,$(UV))
	$(UV) sync --frozen --python "$(PYTHON)"
	touch $@

.venv-tool/bin/uv:
	"$(PYTHON)" -m venv .venv-tool
	.venv-tool/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
