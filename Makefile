# The short road. Every target first makes .venv and installs what it needs, once.

.DEFAULT_GOAL := help
.PHONY: help scale bench bench-quick bench-ci test test-fast test-optional faults fuzz check compare validate machine report lesson readme lint format clean
.NOTPARALLEL:

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
PEERS ?=
RUN ?= reports/latest
BUDGET ?= 300
BASE ?= git:main
HEAD ?= .
THRESHOLD ?= 5%
ready = $(if $(PEERS),.venv/.ready-peers) .venv/.ready-$(1)
# Two processes or more; a file's tests stay together, since they share what is expensive.
pytest = $(PY) -m pytest -q -n logical --maxprocesses 8 --dist loadfile --no-loadscope-reorder
# The storage of pytest-benchmark, a folder for each comparison: base is 0001 in it, head 0002.
CI := $(or $(OUT),reports/bench-ci-$(shell date -u +%Y%m%dT%H%M%SZ))
suite = $(PY) -m pytest benchmarks/test_speed.py -q --benchmark-only --benchmark-columns=median --benchmark-storage=file://$(CI) \
	$(if $(IMPLEMENTATION),-k $(IMPLEMENTATION)) --benchmark-save
only = $(if $(PEERS),--peers) $(if $(IMPLEMENTATION),--implementation $(IMPLEMENTATION)) $(if $(ADD),--add $(ADD))

$(PY):
	@test -n "$(PYTHON)" || { echo "error: no Python 3.11 or newer found; name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -f $@; echo "error: $(PYTHON) could not make .venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }

# The dependencies in pyproject.toml, or those and the optional ones of that name.
.venv/.ready-%: pyproject.toml | $(PY)
	@echo "Installing into .venv, once: $* ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check '.$(if $(filter-out base,$*),[$*])' || { echo "error: the installation failed; see above" >&2; exit 2; }
	@rm -rf build *.egg-info
	@touch $@ .venv/.ready-base

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

scale: $(call ready,scale) ## install what data larger than memory and clusters need: Dask and Zarr

bench: $(call ready,base) ## race everything over all workloads, about 5 minutes; writes a report
	$(PY) -m benchmarks run --budget $(BUDGET) $(only)

bench-quick: $(call ready,base) ## the headline in half a minute
	$(PY) -m benchmarks run --workload quick --budget 18 $(only)

bench-ci: $(call ready,bench-ci) ## the pytest-benchmark suite on BASE and on HEAD, and its comparison table
	@mkdir -p $(CI)
	-PEERS=$(PEERS) REVISION=$(BASE) $(suite)=base
	PEERS=$(PEERS) REVISION=$(HEAD) $(suite)=head; status=$$?; cd $(CI) && \
		$(CURDIR)/$(PY) -m pytest_benchmark --storage=file://. compare --group-by=fullname --name=short \
		--columns=min,median,iqr,rounds > comparison.txt; cat comparison.txt; exit $$status
	@echo "Two runs at different times: a table, and no verdict. For one: make compare BASE=$(BASE) HEAD=$(HEAD)"

test: $(call ready,test) ## all the tests
	$(pytest)

test-fast: $(call ready,test) ## the tests that take less than a second or two, for the inner loop
	$(pytest) -m "not slow"

test-optional: $(call ready,test) ## only the tests that were skipped, once what they need is installed
	$(pytest) --skipped

faults: $(call ready,test) ## kills, full disks, random cells, a million samples: what takes long, 10 to 15 minutes
	$(pytest) --dist worksteal --long

check: $(call ready,base) ## are all answers right? IMPLEMENTATION=name or ADD=file.py for one
	$(PY) -m benchmarks check $(only)

compare: $(call ready,base) ## is HEAD (.) slower than BASE (git:main)? both measured in the same rounds; or two run folders
	$(PY) -m benchmarks compare $(BASE) $(HEAD) --threshold $(THRESHOLD) \
		$(if $(PEERS),--peers) $(if $(IMPLEMENTATION),--implementation $(IMPLEMENTATION)) $(if $(OUT),--out $(OUT))

validate: .venv/.ready-validate ## do the verdicts hold on this machine? more than an hour; resumes where it stopped
	$(PY) -m benchmarks validate $(if $(TRIALS),--trials $(TRIALS))

machine: .venv/.ready-base ## what this computer is, and what it can do at best
	$(PY) -m benchmarks machine

report: .venv/.ready-base ## build the report of RUN (reports/latest) anew from its CSV files; of several, one page
	$(PY) -m benchmarks report $(RUN)

lesson: .venv/.ready-base ## write docs/lesson.md anew: its code run, its figures those of reports/example
	$(PY) -m benchmarks lesson reports/example --out docs/lesson.md

readme: .venv/.ready-base ## let the README show how RUN ended (RUN=reports/example), and build its report anew
	$(PY) -m benchmarks readme $(RUN)

lint: .venv/.ready-lint ## style and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

format: .venv/.ready-lint ## put the style right
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

fuzz: .venv/.ready-fuzz ## search for files that break their readers, SECONDS=60; by coverage, with atheris
	@folder=$$(mktemp -d) && { TMPDIR=$$folder $(PY) tests/fuzz_readers.py $(or $(SECONDS),60); status=$$?; rm -rf $$folder; exit $$status; }

clean: ## remove .venv and caches; runs are kept
	rm -rf .venv .fuzz build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
