# What a person or a machine does with this checkout; `make help` lists it.

PYTHON ?= python3
PORT ?= 5006
JOBS ?= 2
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
NBVAL := --nbval-lax --nbval-current-env --nbval-cell-timeout=120 --nbval-kernel-startup-timeout=90
# one thread a process: two training processes on two cores, and the same numbers everywhere
ONE_THREAD := OMP_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help serve test test-slow lint text notebooks instructor results site pictures bench screenshots clean chromium

help:  ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

serve: .venv/serve  ## install what is needed and serve http://127.0.0.1:5006 (PORT=...)
	$(BIN)/workbench serve --port $(PORT)

test: .venv/test chromium lint text  ## everything CI runs (JOBS=2 at a time)
	$(ONE_THREAD) WORKBENCH_LEDGER=off $(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not slow" -q --durations=10 \
	  -p no:cacheprovider $(NBVAL) tests $(NOTEBOOKS)

test-slow: .venv/test chromium  ## what takes long: claims over seeds, deaths, a siege, a whole lesson
	$(ONE_THREAD) $(BIN)/python -m pytest -m slow -q -s --durations=20 -o faulthandler_timeout=3600 -p no:cacheprovider tests

lint: .venv/test  ## style, formatting, layers and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

text: .venv/test  ## are the notebooks equal to their text sources?
	@$(BIN)/python notebooks/build.py --text

notebooks: .venv/test chromium  ## make the notebooks anew from their text sources, and run them
	$(BIN)/python notebooks/build.py
	$(BIN)/python notebooks/instructor.py

instructor: .venv/test  ## the instructor's notebooks, with answers, into build/instructor
	$(BIN)/python notebooks/instructor.py

results: .venv/test  ## make docs/results and docs/plans.md anew from what has been kept
	$(BIN)/python docs/build_results.py
	$(BIN)/python docs/build_plans.py
	$(BIN)/python docs/build_figures.py

site: .venv/site  ## the lessons as a site without a server, into build/site (SITE="--server https://...")
	$(BIN)/python docs/build_site.py $(SITE)

pictures: .venv/test  ## make the pictures of the home page anew, from finished runs
	$(ONE_THREAD) WORKBENCH_STORE=off $(BIN)/python docs/build_pictures.py

bench: .venv/test  ## speed against a textbook loop
	$(ONE_THREAD) $(BIN)/python benchmarks/training/speed.py

screenshots: .venv/test chromium  ## the pictures of the documents
	$(BIN)/python benchmarks/page/screenshots.py

clean:  ## remove what make built
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis .import_linter_cache .mypy_cache

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "Python 3.10 or newer is needed: make PYTHON=python3.11 names another."; exit 1; }
	@$(PYTHON) -m venv .venv || \
	  { echo "Python's venv is needed: as root, apt-get install python3-venv."; exit 1; }
	$(PIP) install --quiet --upgrade pip
	@touch $@

.venv/serve: .venv/made pyproject.toml constraints.txt
	@echo "Installing workbench into .venv; PyTorch alone takes minutes and gigabytes."
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/test: .venv/made pyproject.toml constraints.txt
	@echo "Installing workbench with its notebook and test tools into .venv."
	$(PIP) install --quiet --constraint constraints.txt --editable ".[cluster,notebooks,test]"
	@touch .venv/serve $@

.venv/site: .venv/serve
	$(PIP) install --quiet --constraint constraints.txt --editable ".[site]"
	@touch $@

# The browser tests need Debian's Chromium, the only thing that takes root.
SUDO := $(shell test "$$(id -u)" = 0 || command -v sudo)
chromium:
	@command -v chromium >/dev/null || { \
	  echo "The browser tests need Chromium; apt-get install chromium needs root."; \
	  if [ "$$(id -u)" != 0 ] && [ -z "$(SUDO)" ] || ! command -v apt-get >/dev/null; then \
	    echo "Install Chromium as root, then run make test again."; exit 1; \
	  fi; \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends chromium; }
