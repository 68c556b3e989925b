# Everything a developer calls. Needs Python 3.11 or newer with venv, git and make; `make test-e2e` needs Node 20 and npm too.
PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
STAMP := .venv/.installed
BROWSER := .venv/.browser
PYTEST := $(BIN)/pytest
PYTEST_ARGS ?=
UPGRADE ?=
DIR ?= ../shared/roadmaps
# Neither addresses nor annotations: what is compiled must be the same everywhere and name no index.
LOCK = --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help .venv demo test check accuracy coverage format test-e2e test-browser nightly lock clean

help: ## this list
	@awk -F ':.*## ' '/^[.a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv: $(STAMP) ## set up .venv with the pinned, hashed requirements (every other target does this by itself)

# Without build isolation: the build backend comes from requirements/dev.txt, nothing unpinned is fetched.
$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "syncd needs Python 3.11 or newer as $(PYTHON); name another one: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo "$(PYTHON) cannot make virtual environments; on Debian: apt install python3-venv" >&2; exit 1; }
	@# Kept if it still runs: another interpreter laid over an old environment makes a mixture of both.
	$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## a sandbox, a sample roadmap, both ways, then a page to play with
	$(BIN)/syncd demo

test: $(STAMP) ## the tests (PYTEST_ARGS="-k name" to choose)
	$(PYTEST) $(PYTEST_ARGS)

check: $(STAMP) ## lint, format, types, import contracts, sizes
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -q -p no:cacheprovider tests/test_architecture.py

accuracy: $(STAMP) ## precision and recall of reading roadmaps that have an outline (DIR=folder)
	@$(BIN)/python tools/accuracy.py $(DIR)

coverage: $(STAMP) ## the tests, and which lines of syncd they did not reach
	$(PYTEST) --cov $(PYTEST_ARGS)

format: $(STAMP) ## let ruff put imports and layout right
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

test-e2e: $(STAMP) ## the contract against the foreign emulator from npm
	@command -v npm >/dev/null || { echo "make test-e2e needs Node 20 or newer with npm" >&2; exit 1; }
	npm ci --prefix tests/e2e --no-audit --no-fund
	$(PYTEST) -m e2e tests/e2e $(PYTEST_ARGS)

$(BROWSER): requirements/browser.txt $(STAMP)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements/browser.txt
	@touch $@

test-browser: $(BROWSER) ## the status page in a real Chromium
	@command -v chromium >/dev/null || { echo "make test-browser needs Chromium; on Debian: apt-get install chromium" >&2; exit 1; }
	$(PYTEST) -m browser tests/browser $(PYTEST_ARGS)

nightly: $(STAMP) ## property tests with many more examples
	# A test of 20,000 examples takes longer than one that hangs may take by day.
	HYPOTHESIS_PROFILE=nightly $(PYTEST) -n auto -o faulthandler_timeout=7200 -m "not e2e and not browser" $(PYTEST_ARGS)

lock: ## compile requirements/*.txt from pyproject.toml (needs uv; UPGRADE=--upgrade for newer versions)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv (pip install uv)" >&2; exit 1; }
	$(UV) pip compile $(LOCK) pyproject.toml -o requirements/runtime.txt
	$(UV) pip compile $(LOCK) pyproject.toml --group pyproject.toml:dev -c requirements/runtime.txt -o requirements/dev.txt
	$(UV) pip compile $(LOCK) --group pyproject.toml:browser -c requirements/dev.txt -o requirements/browser.txt

clean: ## remove .venv, caches and what was built
	rm -rf .venv dist tests/e2e/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov
