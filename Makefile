# Everything a person does from a clone. `make help` lists it.

# The first Python that is new enough; the pinned versions are tested with 3.11.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.set-up

# Its own daemon, catalogue and spool, so that the demo changes nothing of yours.
DEMO_HOME := $(CURDIR)/out/demo/home

.DEFAULT_GOAL := help
.PHONY: help setup system-packages demo run test test-again check bench constraints map clean

help: ## list what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1	/' | expand -t 20

setup: $(SETUP) ## make the virtual environment in .venv

$(SETUP): pyproject.toml packaging/constraints.txt
	@test -n "$(PYTHON)" || \
		{ echo "Scumble needs Python 3.11 or newer; try: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV); the first time this downloads torch and takes some minutes."
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --editable '.[all]' --group dev \
		--constraint packaging/constraints.txt
	@touch $@

system-packages: ## install the system packages that the editor and its tests need
	@sh packaging/linux/system-packages.sh

demo: $(SETUP) ## paint into the sample photograph; results in out/demo
	@SCUMBLE_HOME="$(DEMO_HOME)" $(BIN)/python packaging/demo.py out/demo

run: $(SETUP) system-packages ## open the editor, with FILES="…" if you like
	@$(BIN)/scumble edit $(FILES)

test: $(SETUP) ## set up, check, and run every test
	@sh packaging/linux/system-packages.sh || echo "Going on; tests of the editor may need them."
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest || { test $$? -eq 1 && $(MAKE) --no-print-directory test-again; }

# A busy machine may fail a test that is right: whatever failed has one more try, by itself.
test-again: $(SETUP)
	@echo "Some tests failed. They are run once more by themselves, and must pass then."
	@$(BIN)/python -m pytest --last-failed --last-failed-no-failures none
	@echo "They passed only the second time: CONTRIBUTING.md says what to do about such a test."

check: $(SETUP) ## ruff, mypy and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/lint-imports

bench: $(SETUP) ## run the benchmarks; tests/benchmarks/README.md says what they measure
	@cd tests && ../$(BIN)/python -m benchmarks.run

constraints: $(SETUP) ## pin the versions installed now
	@{ sed -n '/^#/p' packaging/constraints.txt; \
		$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//'; } > $(VENV)/constraints
	@mv $(VENV)/constraints packaging/constraints.txt

map: $(SETUP) ## bring the map of modules in CONTRIBUTING.md up to date
	@$(BIN)/python packaging/module_map.py

clean: ## remove what was made, the virtual environment too
	@rm -rf $(VENV) out build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

-include packaging/miniature/miniature.mk
-include packaging/hosts/hosts.mk
