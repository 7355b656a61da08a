# make app, make test, make test-slow, make test-cluster, make lint, make bench, make torture: each sets up .venv first
# if it does not exist yet.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
# Python compiles what it imports; to compile everything now would take a quarter of the time.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile

.PHONY: app test test-slow test-cluster lint bench torture clean
.DEFAULT_GOAL := app

app: .venv/app.stamp
	@$(BIN)/python -m ae app --port $(PORT) $(if $(findstring command,$(origin HOST)),--host $(HOST))

test: .venv/dev.stamp
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: .venv/dev.stamp
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: .venv/dev.stamp
	@$(BIN)/python -m benchmarks $(ARGS)

test-slow: .venv/dev.stamp
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m slow $(ARGS)

test-cluster: .venv/cluster.stamp
	@$(BIN)/python -m pytest -m "slow or not slow" tests/runs/cluster $(ARGS)

torture: .venv/dev.stamp
	@$(BIN)/python -m torture $(ARGS)

clean:
	rm -rf .venv

.venv/app.stamp: requirements.txt | .venv/made.stamp
	@echo "Installing the requirements; PyTorch is large, so this takes a few minutes ..."
	@$(INSTALL) -r requirements.txt || { echo "The packages could not be installed. Check the network, then run make again."; exit 1; }
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements-export.txt .venv/app.stamp
	@echo "Installing the requirements of the tests and benchmarks ..."
	@$(INSTALL) -r requirements-dev.txt || { echo "The packages could not be installed. Check the network, then run make again."; exit 1; }
	@touch $@

.venv/cluster.stamp: requirements-cluster.txt .venv/dev.stamp
	@echo "Installing Ray ..."
	@$(INSTALL) -r requirements-cluster.txt || { echo "The packages could not be installed. Check the network, then run make again."; exit 1; }
	@touch $@

.venv/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: choose one, as in make PYTHON=python3.12."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "The environment .venv could not be created: this Python lacks its venv module (on Debian: apt install python3-venv)."; rm -rf .venv; exit 1; }
	@touch $@
