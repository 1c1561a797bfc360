# The doors of the repository. Everything below needs Python 3.11+ and make, nothing else.

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && exit; \
	done; echo python3)
# How many tests run at once.
WORKERS ?= 2
# More arguments for pytest, for instance PYTEST="-k tenancy".
PYTEST ?=
# Which benchmarks to run, all unless some are named; WRITE=1 puts the figures into docs/benchmarks.md.
BENCH ?=
WRITE ?=
# Which pins `make lock` may move: a package, or "all".
UPGRADE ?=

BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test check bench lock clean setup setup-test

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## Start Weft with everything it needs, at http://localhost:8000
	@exec $(BIN)/weft up

test: check ## Check the code, then run every test
	@browser="$$($(PYTHON) -m infra.setup.browser)" && set -x && WEFT_BROWSER="$$browser" \
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST)

check: setup-test ## Lint, format, types, and who imports whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup-test ## Measure, each figure beside its baseline (BENCH="parties jobs", WRITE=1 for docs/benchmarks.md)
	@WRITE=$(WRITE) $(BIN)/python -m tests.bench $(BENCH)

lock: ## Regenerate both locks (UPGRADE=package, or UPGRADE=all, to move pins)
	@$(PYTHON) -m infra.setup.lock $(foreach package,$(UPGRADE),--upgrade $(package))

clean: ## Remove what can be made again; data under .weft stays
	rm -rf .venv web/node_modules dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -not -path './.weft/*' -prune -exec rm -rf {} +

setup: ## Install what running needs
	@$(PYTHON) -m infra.setup.environment run

setup-test: ## Install what testing needs
	@$(PYTHON) -m infra.setup.environment test
