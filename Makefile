# The short road. Every target first makes .venv and installs what is needed, once.

.DEFAULT_GOAL := help
.PHONY: help bench bench-quick bench-ci test check compare validate machine report lint format clean

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
PEERS ?=
READY := .venv/.ready$(if $(PEERS),-peers)
RUN ?= reports/latest
BUDGET ?= 300
BASE ?= git:main
HEAD ?= .
THRESHOLD ?= 5%
comma := ,
only = $(if $(PEERS),--peers) $(if $(IMPLEMENTATION),--implementation $(IMPLEMENTATION)) $(if $(ADD),--add $(ADD))

$(READY): pyproject.toml
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer found; name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 2; }
	@echo "Installing into .venv (once) ..."
	@$(PYTHON) -m venv .venv || { echo "error: $(PYTHON) could not make .venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	@$(PY) -m pip install --quiet --disable-pip-version-check '.[test,lint$(if $(PEERS),$(comma)peers)]' || { echo "error: the installation failed; see above" >&2; exit 2; }
	@rm -rf build *.egg-info
	@touch $@

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

bench: $(READY) ## race everything over all workloads, about 5 minutes; writes a report
	$(PY) -m benchmarks run --budget $(BUDGET) $(only)

bench-quick: $(READY) ## the headline in half a minute
	$(PY) -m benchmarks run --workload quick --budget 18 $(only)

bench-ci: $(READY) ## the pytest-benchmark suite: saves its result and compares it with the one before
	$(PY) -m pytest benchmarks/test_speed.py -p pytest_benchmark.plugin --benchmark-only \
		--benchmark-storage=reports/pytest-benchmark --benchmark-autosave --benchmark-compare \
		--benchmark-columns=min,median,iqr,rounds --benchmark-group-by=param:size

test: $(READY) ## all the tests
	$(PY) -m pytest -q

check: $(READY) ## are all answers right? IMPLEMENTATION=name or ADD=file.py for one
	$(PY) -m benchmarks check $(only)

compare: $(READY) ## is HEAD (.) slower than BASE (git:main)? both raced side by side; or two run folders
	$(PY) -m benchmarks compare $(BASE) $(HEAD) --threshold $(THRESHOLD) \
		$(if $(PEERS),--peers) $(if $(IMPLEMENTATION),--implementation $(IMPLEMENTATION)) $(if $(OUT),--out $(OUT))

validate: $(READY) ## do the verdicts hold on this machine? more than an hour; goes on where it was
	$(PY) -m benchmarks validate $(if $(TRIALS),--trials $(TRIALS))

machine: $(READY) ## what this computer is, and what it can do at best
	$(PY) -m benchmarks machine

report: $(READY) ## build the report of RUN (reports/latest) anew from its CSV files; of several, one page
	$(PY) -m benchmarks report $(RUN)

lint: $(READY) ## style and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: $(READY) ## put the style right
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

clean: ## remove .venv and caches; runs are kept
	rm -rf .venv build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
