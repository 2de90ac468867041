# The commands of the house. `make help` prints each with its comment.
SHELL := /bin/bash
.DEFAULT_GOAL := help
SETUP := deploy/setup
BIN := .venv/bin

.PHONY: help
help: ## Print this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## Set up what is missing and serve the demo district (FOREGROUND=1 stays and shows the logs)
	@$(SETUP)/run.sh

.PHONY: stop
stop: ## End server, worker and the private PostgreSQL cluster; the data stay
	@if [ -x $(BIN)/python ]; then $(BIN)/python $(SETUP)/services.py stop && $(BIN)/python $(SETUP)/cluster.py stop; fi

.PHONY: status
status: ## Show what runs and where
	@$(BIN)/python $(SETUP)/cluster.py status
	@$(BIN)/python $(SETUP)/services.py status

.PHONY: logs
logs: ## Show the end of the logs of server and worker
	@$(BIN)/python $(SETUP)/services.py logs

.PHONY: test
test: ## Install what the tests need, then run every check and every test
	@$(SETUP)/test.sh

.PHONY: check
check: setup ## Lint, format, types, import rules, of Python, shell and the web application
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	MYPYPATH=$(SETUP) $(BIN)/mypy $(SETUP)/*.py
	$(BIN)/lint-imports
	@if command -v shellcheck >/dev/null; then echo shellcheck; shellcheck -x $(SETUP)/*.sh .ci/run; fi
	@if [ -f webmap/app/package.json ]; then cd webmap/app && PATH=$(CURDIR)/$(BIN):$$PATH npm run --silent check; fi

.PHONY: format
format: setup ## Format the Python files and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: bench
bench: setup ## Measure, with peers beside it (SIZE=small is quick; a PostgreSQL cluster of its own)
	@$(SETUP)/packages.sh bench
	@$(SETUP)/with-cluster.sh safe $(BIN)/python -m tests.benchmarks --size $(or $(SIZE),large)

.PHONY: web
web: setup ## Build the web application into webmap/app/dist
	@$(SETUP)/web.sh

.PHONY: setup
setup: ## Install packages, the virtual environment and npm packages, and start nothing
	@$(SETUP)/packages.sh run
	@$(SETUP)/python.sh
	@$(SETUP)/web.sh packages

.PHONY: demo-data
demo-data: setup ## Make the files of the demo district in data/shapefiles anew
	$(BIN)/python -m data.make_demo

.PHONY: lock
lock: ## Pin every Python package anew in requirements.lock, within the bounds of setup.cfg
	$(BIN)/pip-compile --quiet --upgrade --extra web --extra dev --strip-extras --allow-unsafe \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements.lock setup.cfg

.PHONY: hooks
hooks: setup ## Let git run the checks before each commit
	$(BIN)/pre-commit install

.PHONY: clean-data
clean-data: ## Delete the register and all its files, after asking (CONFIRM=yes for scripts)
	@$(SETUP)/clean-data.sh
