# Two commands do everything: `make demo` and `make test`. Both set up .venv by themselves.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# The lock files name every package: --no-deps keeps pip from looking for newer ones than they pin.

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage check lint lock bench stalls simulate reference gallery clean

help: ## what can be made here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Guild Insights needs Python 3.11 or newer: set PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the bot needs (once) …"
	$(PIP) --no-deps --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing what the tests need (once) …"
	$(PIP) --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

setup: $(VENV)/.runtime ## install the bot into .venv

demo: $(VENV)/.runtime ## play a community on a local Discord: http://127.0.0.1:8080
	$(BIN)/insights demo

lint: $(VENV)/.dev ## formatting, lint, types, import contract
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PYTHONPATH=tests $(BIN)/lint-imports --no-logo --config tests/reference/import_contract.toml

# A third worker has two cores work while tests wait for a database, a browser or a process. Each file is compiled
# once and not by each worker and program anew, whatever the shell has set.
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
WORKERS ?= 3

test: lint ## everything that must hold: the above and all tests
	$(PYTEST) $(PYTEST_ARGS)

coverage: $(VENV)/.dev ## all tests, and which lines of the bot they run: less than 94 % is an error
	$(PYTEST) --cov --cov-report= $(PYTEST_ARGS)
	$(BIN)/coverage report --fail-under=94

stalls: $(VENV)/.dev ## the tests of what waits for something, on a machine that stands still now and then (SEED=1)
	STALLS=$(STALLS) STALLS_SEED=$(SEED) PYTHONPATH=tests/stalls $(PYTEST) $(WAITING) $(PYTEST_ARGS)

stalls: STALLS ?= 2
stalls: SEED ?= 1
stalls: WAITING ?= tests/bot tests/insights_extension tests/journeys tests/sandbox

check: test ## the same by its other name

bench: $(VENV)/.dev ## speed against limits measured beside it (QUICK=1: only that it runs; ROWS=journal: only these)
	$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(ROWS)

simulate: $(VENV)/.dev ## recording under faults, SEEDS=100000 of them, or the one that is SEED
	@PYTHONPATH=tests $(BIN)/python -m simulation $(if $(SEED),$(SEED) $(shell expr $(SEED) + 1),0 $(SEEDS))

simulate: SEEDS ?= 10000

reference: $(VENV)/.dev ## count every number of simulated years a second time, on both databases: SEEDS=20, or the one that is SEED
	@PYTHONPATH=tests $(BIN)/python -m reference $(if $(SEED),$(SEED) $(shell expr $(SEED) + 1),0 $(SEEDS))

reference: SEEDS ?= 4

gallery: $(VENV)/.dev ## draw docs/gallery anew from the demo's year (needs a Chromium)
	$(BIN)/python -m docs.gallery docs/gallery

lock: $(VENV)/.dev ## write the lock files anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" --extra build --extra dev pyproject.toml -o requirements-dev.lock

clean: ## remove .venv, caches and the demo's data (never data/)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* demo-data
