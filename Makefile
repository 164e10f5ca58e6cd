# Two commands for a fresh machine with Python 3.11+ (with venv) and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check-style bench bench-completion docs clean

demo: $(READY)
	@sh examples/demo.sh $(BIN)/schemabot

test: $(READY) check-style
	$(BIN)/pytest -n auto

check-style: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pyright

bench: $(READY)
	$(BIN)/python tests/bench/run.py

bench-completion: $(READY)
	$(BIN)/python tests/bench/completion.py $(or $(PROJECT),$(error PROJECT=path of a project with migrations))

docs: $(READY)
	$(BIN)/python docs/generate.py

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev --editable .
	@touch $(READY)

clean:
	rm -rf $(VENV) .cache
