# The platform on cooperation: every command does its own set-up on a machine with Python 3.11, pip
# and make. `make help` lists them.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP_FLAGS := --quiet --disable-pip-version-check --require-hashes --only-binary :all:
RUN_READY := $(VENV)/run.ready
DEV_READY := $(VENV)/dev.ready
SCANNER := .venv-scanner
SCANNER_LOCK := tests/attack/scanner/requirements.lock
MUTATOR := .venv-mutation
MUTATOR_LOCK := tests/mutation/requirements.lock
CLOCK := .venv-clock
CLOCK_LOCK := tests/clock/requirements.lock
# On another day: with ON="2038-01-20 12:00", or under Debian's faketime.
MOVED := $(if $(ON)$(findstring faketime,$(LD_PRELOAD)),yes)
ON_THAT_DAY := $(if $(MOVED),$(BIN)/python .ci/move-clock $(CLOCK)/libfaketime/vendor/libfaketime/src/libfaketime.so.1 "$(ON)")
# Each of these tests works on an instance of its own: what passed is deleted at once, or 20 GB stay.
TIDY := -o tmp_path_retention_policy=failed -o tmp_path_retention_count=1
WORKERS := $(shell $(PYTHON) -c "import os; print(min(4, (os.cpu_count() or 1) + 1))")

export PYTHONPATH := platform
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo run test check bench crash attack mutate lock browser clean

help: ## list these commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements.lock | $(VENV)/bin/python
	@echo "Installing what the platform needs (about a minute, once)"
	@$(BIN)/python -m pip install $(PIP_FLAGS) -r requirements.lock
	@touch $@

$(DEV_READY): requirements-dev.lock | $(VENV)/bin/python
	@echo "Installing what the tests need (about a minute, once)"
	@$(BIN)/python -m pip install $(PIP_FLAGS) -r requirements-dev.lock
	@touch $@ $(RUN_READY)

demo: $(RUN_READY) ## a demonstration with fictional States on http://localhost:8000 (PORT=, INSTANCE=)
	@COOPERATION_INSTANCE_PATH=$(or $(INSTANCE),instance-demo) COOPERATION_PORT=$(PORT) $(BIN)/flask --app app demo

run: $(RUN_READY) ## the real thing in instance/ (settings: docs/operations.md)
	@COOPERATION_INSTANCE_PATH=$(or $(INSTANCE),instance) COOPERATION_PORT=$(PORT) $(BIN)/flask --app app serve

age: $(RUN_READY) requirements-age.lock ## what encrypts backups to off-line recipients (docs/operations.md)
	@$(BIN)/python -m pip install $(PIP_FLAGS) --no-deps -r requirements-age.lock

test: $(DEV_READY) browser $(if $(MOVED),$(CLOCK)/ready) ## all tests (about nine minutes on two cores); on another day with ON="2038-01-20 12:00"
	@$(ON_THAT_DAY) $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not slow" -q $(TESTS)

check: $(DEV_READY) ## format, lint, types, templates, texts, migrations; no tests
	@$(BIN)/ruff format --check --quiet . && echo "format    ok"
	@$(BIN)/ruff check --quiet . && echo "lint      ok"
	@$(BIN)/bandit -q -c pyproject.toml -ll -r app.py platform && echo "security  ok"
	@$(BIN)/mypy --no-error-summary && echo "types     ok"
	@$(BIN)/djlint --quiet --lint platform && echo "templates ok"
	@$(BIN)/python -m pip check >/dev/null && echo "packages  ok"
	@$(BIN)/flask --app app check-migrations && echo "migrations ok"

bench: $(DEV_READY) ## measure against the machine's own limits (benchmarks/README.md)
	@$(BIN)/python -m benchmarks

crash: $(DEV_READY) ## kill it at every step, on both engines; every form sent again; the smallest bench (under 15 minutes)
	@CRASH_ROUNDS=25 $(BIN)/python -m pytest $(TIDY) -n $(WORKERS) --dist loadgroup tests/crash tests/bench tests/journeys/test_once.py -q

$(SCANNER)/ready: $(SCANNER_LOCK)
	@echo "Installing the web scanner in a place of its own (half a minute, once)"
	@$(PYTHON) -m venv $(SCANNER)
	@$(SCANNER)/bin/python -m pip install $(PIP_FLAGS) --no-deps --no-binary yaswfp,urwid-mitmproxy -r $(SCANNER_LOCK)
	@touch $@

attack: $(DEV_READY) $(SCANNER)/ready browser ## attack it: all walks, 5,000 malformed requests a role group, a scanner (under 15 minutes)
	@ATTACK_REQUESTS=5000 SCANNER=$(SCANNER)/bin/wapiti $(BIN)/python -m pytest $(TIDY) -n $(WORKERS) --dist loadgroup tests/attack tests/walk tests/journeys/test_pages.py -q -rP --show-capture=no

$(CLOCK)/ready: $(CLOCK_LOCK) | $(VENV)/bin/python
	@echo "Installing what moves the clock in a place of its own (once)"
	@env -u LD_PRELOAD $(BIN)/python -m pip install $(PIP_FLAGS) --no-deps --upgrade --target $(CLOCK) -r $(CLOCK_LOCK)
	@touch $@

$(MUTATOR)/ready: $(MUTATOR_LOCK)
	@echo "Installing the mutation tool in a place of its own (half a minute, once)"
	@$(PYTHON) -m venv $(MUTATOR)
	@$(MUTATOR)/bin/python -m pip install $(PIP_FLAGS) -r $(MUTATOR_LOCK)
	@touch $@

mutate: $(DEV_READY) $(MUTATOR)/ready ## change the code that decides, one thing at a time: a test must fail (an hour)
	@$(BIN)/python -m tests.mutation $(CURDIR)/$(MUTATOR)/bin/cosmic-ray $(MODULES)

lock: $(DEV_READY) ## resolve the dependencies anew into the two hash-pinned locks
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --upgrade --quiet -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --upgrade --quiet -o requirements-dev.lock
	@awk '/^pyrage==/{on=1} on{print} on && !/\\$$/{exit}' requirements-dev.lock > requirements-age.lock

browser:
	@.ci/install-browser

clean: ## remove the environment and the demonstration
	@rm -rf $(VENV) $(SCANNER) $(MUTATOR) $(CLOCK) instance-demo
