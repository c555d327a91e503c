# make demo: learn the person of the clip that ships with the project
# make test: run all tests
# make check: look for faults without running anything (ruff, mypy)
# make reliability: the long form of tests/reliability, hours; prints the table of docs/reliability.md
# make lowest: run the tests that touch dependencies, with the oldest versions of them
# make wheel: build a wheel, and run the demo from it in an environment of its own
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

# what touches the packages that others make
TOUCHING = tests/propagation $(addprefix tests/personalize/, storage imaging media network evidence \
	evaluation datasets stages output report) tests/personalize/commands/test_run_settings.py

.PHONY: demo test check reliability lowest wheel clean

$(VENV)/.installed: setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[test]"
	touch $@

demo: $(VENV)/.installed
	$(BIN)/personalize run data/demo/clip.mp4 --out out/demo
	$(BIN)/personalize evaluate rendered data/demo --out out/demo

test: $(VENV)/.installed
	$(BIN)/python -m pytest

check: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

MUTANTS ?= 10000
FAULTS ?= 0
KILLS ?= 100
VIDEOS ?= 200
reliability: $(VENV)/.installed
	$(BIN)/python -m pytest tests/reliability --mutants $(MUTANTS) --faults $(FAULTS) \
		--kills $(KILLS) --videos $(VIDEOS) --table

lowest:
	rm -rf out/lowest
	$(PYTHON) -m venv out/lowest
	out/lowest/bin/pip install --quiet --constraint constraints-lowest.txt --editable . \
		pytest pandas matplotlib
	out/lowest/bin/python -m pytest $(TOUCHING)

wheel: $(VENV)/.installed
	rm -rf out/wheel build  # what lies in build/ from before would be packed, too
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir out/wheel .
	$(PYTHON) -m venv out/wheel/venv
	out/wheel/venv/bin/pip install --quiet --constraint constraints.txt out/wheel/*.whl
	cd out/wheel && venv/bin/personalize run $(CURDIR)/data/demo/clip.mp4 --out demo
	cd out/wheel && venv/bin/personalize evaluate rendered $(CURDIR)/data/demo --out demo

clean:
	rm -rf $(VENV) out
