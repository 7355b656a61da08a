# make app, make test, make lint, make bench: each sets up .venv first if it is not there yet.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: app test lint bench clean
.DEFAULT_GOAL := app

app: .venv/app.stamp
	@$(BIN)/python -m ae app --port $(PORT)

test: .venv/dev.stamp
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: .venv/dev.stamp
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

bench: .venv/dev.stamp
	@$(BIN)/python -m benchmarks $(ARGS)

clean:
	rm -rf .venv

.venv/app.stamp: requirements.txt | .venv/made.stamp
	@echo "Installing what the dashboard needs; PyTorch is large, so this takes minutes ..."
	@$(INSTALL) -r requirements.txt || { echo "The packages could not be installed: is there a network? Then run make again."; exit 1; }
	@touch $@

.venv/dev.stamp: requirements-dev.txt .venv/app.stamp
	@echo "Installing what the tests and the benchmarks need ..."
	@$(INSTALL) -r requirements-dev.txt || { echo "The packages could not be installed: is there a network? Then run make again."; exit 1; }
	@touch $@

.venv/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12, say, names another one."; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "The environment .venv could not be made: this Python lacks its venv module (on Debian: apt install python3-venv)."; rm -rf .venv; exit 1; }
	@touch $@
