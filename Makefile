# Winnow's commands. `make` alone lists them.
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
PYTHON ?= python3
# Compiled at installation, where there is a C compiler.
COMPILED := hatch_build.py app/core/_kernels.c

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev serve test test-postgres clients check bench rivals faults sbom translations lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## .venv with the winnow command, from the locked requirements

setup-dev: $(VENV)/.installed-dev ## the same plus what the tests need

serve: setup ## serve on 127.0.0.1:8000 (make serve PORT=...); first start makes a database, a site and its key
	@exec $(BIN)/winnow serve --port $(PORT)

test: setup-dev clients ## the whole suite
	@$(BIN)/python -m pytest -n auto

test-postgres: setup-dev ## what opens a database, on PostgreSQL: TEST_DATABASE_URL, or a server that is started for it
	@TEST_DATABASE=postgresql $(BIN)/python -m pytest -n auto tests/store tests/web tests/hooks

clients: setup-dev ## the clients that tests/e2e/clients drives; Debian's only as root (part of make test)
	@$(BIN)/python -m tests.e2e.clients.install

check: setup-dev ## lint, types, import rules
	@$(BIN)/ruff check app tests integrations && $(BIN)/ruff format --check app tests integrations && $(BIN)/mypy app
	@$(BIN)/python -m pytest tests/test_layers.py tests/test_house.py

bench: setup-dev ## the benchmarks of docs/performance.md, as tables
	@$(BIN)/python -m tests.bench
	@echo; $(BIN)/python -m tests.bench_http
	@echo; $(BIN)/python -m tests.bench_paced

faults: setup-dev ## faults and attacks at length, as a table (make faults ONLY="names")
	@$(BIN)/python -m tests.figures $(ONLY)

sbom: ## what Winnow is made of, as CycloneDX: winnow.cdx.json (needs cyclonedx-bom: pip install cyclonedx-bom)
	@tool=$$(command -v $(BIN)/cyclonedx-py || command -v cyclonedx-py) || { echo "Install it first: pip install cyclonedx-bom"; exit 2; }; \
	  $$tool requirements requirements.txt --pyproject pyproject.toml --output-format JSON --output-reproducible -o winnow.cdx.json
	@echo "winnow.cdx.json lists the locked packages with their hashes."

rivals: setup ## other filters on your corpora (make rivals DATA=folder; needs bogofilter, spamassassin, rspamd and redis-server)
	@test -n "$(DATA)" || { echo "Name a folder of labelled corpora: make rivals DATA=corpora"; exit 2; }
	@$(BIN)/python -m tests.rivals $(DATA)

translations: setup-dev ## collect the sentences of the pages into app/web/locale, and compile what is translated
	@$(BIN)/python -m tests.translations
	@$(BIN)/python -m tests.translations --compile

lock: ## renew requirements.txt, requirements-dev.txt and the test clients' requirements (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build --extra postgres pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build --extra postgres --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	@for client in tests/e2e/clients/requirements/*.in; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate $$client -o $${client%.in}.txt; \
	done

clean: ## remove the virtual environment (the database in var/ stays)
	rm -rf $(VENV)

# uv if it is there (seconds), else the venv and pip that come with Python (about a minute).
ifneq ($(UV),)
define install
	@test -x $(BIN)/python || uv venv -q --python ">=3.11" $(VENV)
	@echo "Installing $(1) with uv ..."
	@uv pip install -q --python $(BIN)/python --require-hashes -r $(1)
	@uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
endef
else
define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Winnow needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "python3 has no venv module; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing $(1) with pip, about a minute ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
endef
endif

$(VENV)/.installed: requirements.txt pyproject.toml $(COMPILED)
	$(call install,requirements.txt)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt pyproject.toml $(COMPILED)
	$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/.installed
