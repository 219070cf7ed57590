# Everything a newcomer needs: `make demo`, `make test`. Everything a contributor needs: `make check`.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
TESTS ?=

.PHONY: portal-tour demo test check lint types imports schema format bench pins clean

demo: .venv/ready  ## set up everything and play the tour: two local portals, three days, no network
	$(BIN)/policywatch demo

test: .venv/ready-dev  ## set up everything and run all tests
	$(BIN)/python -m pytest $(TESTS)

check: lint types imports schema test  ## all that a change must pass

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready-dev
	$(BIN)/mypy

imports: .venv/ready-dev
	$(BIN)/python -m pytest tests/test_imports.py

schema: .venv/ready-dev  ## the migrations give exactly the tables of storage/tables.py
	rm -f .venv/schema.sqlite
	POLICYWATCH_DATABASE_URL=sqlite:///.venv/schema.sqlite $(BIN)/alembic upgrade head
	POLICYWATCH_DATABASE_URL=sqlite:///.venv/schema.sqlite $(BIN)/alembic check

format: .venv/ready-dev  ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

portal-tour: .venv/ready-dev  ## add a portal to a copy of this checkout: written, fixtures captured, tests green
	$(BIN)/python scripts/add_a_portal.py

bench: .venv/ready-bench  ## the figures of benchmarks/, as ratios measured in one run
	$(BIN)/python benchmarks/pipeline.py
	$(BIN)/python benchmarks/new.py
	$(BIN)/python benchmarks/extract.py

pins: .venv/ready-dev  ## renew the pinned versions after a change of pyproject.toml
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/python scripts/pin.py

.venv/ready: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "policywatch needs Python 3.11 or newer" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

.venv/ready-dev: .venv/ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# What our reading is measured against; nothing else needs it.
.venv/ready-bench: .venv/ready-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip  # older ones stumble over an extra of lxml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[bench]'
	touch $@

clean:
	rm -rf .venv demo-output
