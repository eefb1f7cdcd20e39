# The two that matter: `make run` and `make test`. `make help` lists all.
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
PORT ?= 8000
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test lint strings screenshots transcripts examples benchmarks lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# Two stamps, so that `make run` never installs what only the tests need.
$(VENV)/.run: requirements/run.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run requirements/test.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

setup: $(VENV)/.run ## create .venv with the locked dependencies and the commands

run: setup ## start the demo on 127.0.0.1:8000 (PORT=…, ARGS='--respondents 500')
	$(BIN)/feedback-service demo --port $(PORT) $(ARGS)

test: $(VENV)/.test ## run the whole suite (ARGS='-k name' to choose)
	@sh tests/needs_browser.sh
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.test ## format check, linter, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

strings: $(VENV)/.test ## collect the texts of the interface into locales/ and update every catalog
	$(BIN)/python locales/update.py

screenshots: $(VENV)/.test ## take the pictures in docs/pictures from a running demo
	$(BIN)/python docs/take_pictures.py

transcripts: $(VENV)/.test ## write what a chat with the bot shows into docs/telegram-transcripts.md
	$(BIN)/python docs/write_transcripts.py

examples: $(VENV)/.test ## make the digests and mails in docs/examples from a demo of their own
	$(BIN)/python docs/take_examples.py

benchmarks: $(VENV)/.test ## print speed as ratios to bounds measured in the same run
	$(BIN)/python benchmarks/submit.py
	$(BIN)/python benchmarks/open.py
	$(BIN)/python benchmarks/pages.py
	$(BIN)/python benchmarks/telegram_bot.py
	$(BIN)/python benchmarks/digests.py
	$(BIN)/python benchmarks/exactly_once.py

lock: ## renew requirements/*.txt from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group build pyproject.toml -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group build --group dev --extra xlsform pyproject.toml -o requirements/test.txt

clean: ## remove .venv and caches (never feedback-data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
