# Two commands do everything on a fresh machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test install check rule-book bench ui lock clean

demo: $(READY)
	$(BIN)/billing demo

# A module's tests stay on one core: they may share a server.
test: $(READY)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

# The programs alone, as on a server (docs/operations.md).
install: $(READY)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.rule_book --check
	$(BIN)/python -m pytest -q tests/rules tests/rule_book tests/test_tidy.py

# Each clause with its rules and cases; what documents cite it is the demo's word: cp demo/out/clauses_on_documents.csv docs/clauses-on-documents.csv
rule-book: $(READY)
	$(BIN)/python -m tests.rule_book

bench: $(READY)
	$(BIN)/python -m benchmarks

ui: $(READY)
	$(BIN)/billing ui

# The lock has every package with its hash, so nothing is resolved here; bytecode is compiled once, which halves each start.
$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --compile -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

# After a change of pyproject.toml; needs uv.
lock:
	uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header --extra dev pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) .state demo out
