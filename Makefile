# Two commands matter: `make demo` runs the main job, `make test` passes the tests. Each does its own set-up.
PYTHON ?= $(firstword $(foreach v,3.11 3.12 3.13,$(if $(shell command -v python$(v) 2>/dev/null),python$(v))) python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=
export PYTHONDONTWRITEBYTECODE := 1
export HF_HUB_DISABLE_TELEMETRY := 1

.PHONY: help demo test unit lint format stack lock clean
.DEFAULT_GOAL := help

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock requirements-bootstrap.lock
	@echo "==> Making $(VENV) with $$($(PYTHON) --version) (once; torch is large, expect a few minutes)"
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed; say which with PYTHON=python3.11")'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	@echo "==> Installing the locked packages"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## Run a scripted trading day end to end (options: ARGS="--exit-after 240")
	@$(BIN)/tidewatch demo $(ARGS)

test: $(READY) ## Lint, check types and run every test (options: ARGS="-k index")
	@tests/stack/fetch.sh
	@tests/smollm2.sh
	@tests/browser.sh
	@$(MAKE) --no-print-directory lint
	@echo "==> Running the tests"
	@$(BIN)/python -m pytest $(ARGS)

unit: $(READY) ## Run the tests that need no server and no browser
	@$(BIN)/python -m pytest -m "not stack and not browser" $(ARGS)

lint: $(READY) ## Check style, types and the direction of imports
	@echo "==> Checking style, types and imports"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(READY) ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

stack: ## Fetch the real Kafka and Elasticsearch that the tests start
	@tests/stack/fetch.sh

lock: $(READY) ## Resolve the dependencies again
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-emit-index-url --quiet --output-file requirements.lock $(ARGS)
	@$(BIN)/uv pip compile pyproject.toml --constraint requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --no-emit-index-url --quiet --output-file requirements-runtime.lock

clean: ## Remove the environment, the fetched servers and the caches
	@rm -rf $(VENV) .stack .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
