# Needs Python 3.11 or newer and make; everything else goes into .venv.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	echo $$p; break; fi; done)

BIN := .venv/bin
# Bytecode makes every start twice as quick, also where Python is told not to write any.
UV := $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python
LOCK := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header
ROOMS := src tests bench tools

.PHONY: help demo test check format lint types imports docs bench soak lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

demo: .venv/demo.stamp ## see it answer through the OpenAI and the DashScope SDK (ONCE=1 ends after that)
	@$(BIN)/studiolo demo $(if $(ONCE),--once)

test: .venv/dev.stamp ## all tests (ARGS="-k words" chooses)
	$(BIN)/pytest $(ARGS)

check: format lint types imports docs test ## the whole gate

format: .venv/dev.stamp
	$(BIN)/ruff format --check $(ROOMS)

lint: .venv/dev.stamp
	$(BIN)/ruff check $(ROOMS)

types: .venv/dev.stamp
	$(BIN)/basedpyright

imports: .venv/dev.stamp ## who may import whom
	$(BIN)/lint-imports

docs: .venv/dev.stamp
	$(BIN)/python tools/settings_table.py --check

bench: .venv/dev.stamp ## the figures we hold ourselves to
	$(BIN)/python -m bench $(ARGS)

soak: .venv/dev.stamp ## requests, kills and vanishing clients, until everything adds up (ARGS="--minutes 10 --seed 3")
	$(BIN)/python -m bench.soak $(ARGS)

lock: .venv/uv.stamp ## resolve the dependencies of pyproject.toml anew
	$(LOCK) --extra demo pyproject.toml -o requirements/demo.txt
	$(LOCK) --extra demo --group dev -c requirements/demo.txt pyproject.toml -o requirements/dev.txt
	echo uv | $(LOCK) - -o requirements/uv.txt

clean: ## forget the environment
	rm -rf .venv

.venv/uv.stamp: requirements/uv.txt
	$(if $(PYTHON),,$(error Studiolo needs Python 3.11 or newer, and none was found; install it, or name it with PYTHON=...))
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/demo.stamp: requirements/demo.txt pyproject.toml .venv/uv.stamp
	@echo "installing what the demo needs (once)"
	@$(UV) --require-hashes -r $<
	@$(UV) --no-deps -e .
	@touch $@

.venv/dev.stamp: requirements/dev.txt pyproject.toml .venv/uv.stamp
	@echo "installing what the tests need (once)"
	@$(UV) --require-hashes -r $<
	@$(UV) --no-deps -e .
	@touch $@
