# Two commands on a fresh machine:  make run  |  make test
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

.DEFAULT_GOAL := help
.PHONY: help run test check fix lock openapi bench screens

help: ## list what can be done here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

$(VENV)/bin/uv:
	$(PY) -m venv $(VENV)
	$(BIN)/python -m pip install -q "uv>=0.5"

$(RUNTIME): $(VENV)/bin/uv pyproject.toml requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@

$(DEV): $(VENV)/bin/uv pyproject.toml requirements-dev.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $(RUNTIME) $@

run: $(RUNTIME) ## start the service with the demonstration institution
	$(BIN)/clr serve --demo

test: $(DEV) ## run every test: SQLite, PostgreSQL, browser, contract
	sh scripts/ensure-chromium.sh
	$(BIN)/pytest -n logical --maxprocesses 4 --dist loadfile

check: $(DEV) ## format, lint, layers, types, dependencies, sizes: seconds
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/deptry --no-ansi .
	$(BIN)/pytest -q -p no:cacheprovider tests/house

fix: $(DEV) ## format and mend what can be mended by itself
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --fix --quiet .

lock: $(VENV)/bin/uv ## renew both locks (hashed, without addresses)
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url -c requirements.lock --group pyproject.toml:dev pyproject.toml -o requirements-dev.lock
	! grep -n '://' requirements.lock requirements-dev.lock

openapi: $(RUNTIME) ## write openapi/clr.json from the code
	$(BIN)/clr openapi > openapi/clr.json

bench: $(DEV) ## measure against the baselines, side by side
	$(BIN)/python -m benchmarks

screens: $(DEV) ## renew the pictures of the pages in docs/screens, by the browser test
	sh scripts/ensure-chromium.sh
	mkdir -p docs/screens
	CLR_SCREENS=docs/screens $(BIN)/pytest tests/e2e/test_looks.py
