# Everything runs from .venv, which each target makes and fills by itself.
# CLOUD=memory or CLOUD=emulator chooses the local cloud; without it Google's emulators are used where they are found.

PYTHON ?= python3
CLOUD  ?=
BIN    := .venv/bin
INSTALLED := .venv/.installed
ON_CLOUD := $(if $(CLOUD),--cloud $(CLOUD))

.DEFAULT_GOAL := help
.PHONY: help demo run test test-long simulate simulate-mutants mutants check pages texts bench study bundle deploy-plan can-deploy

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{ printf "make %-12s %s\n", $$1, $$2 }'

$(INSTALLED): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "expected Python 3.11 or newer, found " + sys.version.split()[0] + ": make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

demo: $(INSTALLED) ## one cancelled booking becomes one sold slot, told step by step
	$(BIN)/python -m local demo $(ON_CLOUD)

run: $(INSTALLED) ## the whole suite on this machine, until Ctrl-C
	$(BIN)/python -m local up $(ON_CLOUD)

ORDER ?=

# Three processes for two cores, because some wait for an emulator or for other processes. The tests of a module stay in one of
# them, so what they share (a local cloud, emulators) is started once. Modules, and the tests of each, come in random order.
PYTEST = $(BIN)/python -m pytest --numprocesses 3 --dist loadscope --no-loadscope-reorder $(if $(ORDER),--randomly-seed=$(ORDER))

test: $(INSTALLED) ## every test but the long ones; ORDER=seed: in the order that a run before has named
	$(PYTEST) -m 'not long' --durations 8 --durations-min 10

test-long: $(INSTALLED) ## the tests that take more than ten seconds by their nature
	$(PYTEST) -m long --durations 8 --durations-min 10

RUNS ?= 200

simulate: $(INSTALLED) ## the whole suite under faults, RUNS times (200), each from its seed
	$(BIN)/python -m tests.e2e.simulation --runs $(RUNS)

simulate-mutants: $(INSTALLED) ## whether the simulation notices promises that are broken on purpose
	$(BIN)/python -m tests.e2e.simulation.mutants

mutants: $(INSTALLED) ## which small mistakes no test notices: of changed files, or ALL=1 a sample of 3,000 (docs/mutants.md)
	$(BIN)/python .ci/mutants.py

check: $(INSTALLED) ## the whole gate: lint, format, types, import rules, all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(MAKE) --no-print-directory test-long
	$(MAKE) --no-print-directory test

pages: $(INSTALLED) ## writes what is made of the functions' folders and of the models: modules, rules, indexes, tables, the map of events
	PYTHONPATH=. $(BIN)/python .ci/pages.py

texts: $(INSTALLED) ## writes docs/texts.html: every message in every language, filled with an example, for native readers
	PYTHONPATH=. $(BIN)/python .ci/texts_page.py

bundle: $(INSTALLED) ## stages every function for deployment, and boots each one alone
	$(BIN)/python .ci/bundle.py
	$(BIN)/python .ci/bundle_boot.py
	PYTHONPATH=. $(BIN)/python .ci/expected_cloud.py

# State lies in a bucket of the project: see docs/deploy.md.
TERRAFORM ?= terraform
STATE     ?= $(PROJECT)-terraform

deploy-plan: can-deploy bundle ## what Terraform would change: PROJECT=id VARS=my.tfvars [STATE=bucket]
	$(TERRAFORM) -chdir=terraform init -input=false -backend-config=bucket=$(STATE)
	$(TERRAFORM) -chdir=terraform plan -input=false -var project_id=$(PROJECT) -var-file=$(abspath $(VARS)) -out=$(abspath build)/deploy.tfplan
	@echo "to carry it out: $(TERRAFORM) -chdir=terraform apply $(abspath build)/deploy.tfplan"

can-deploy:
	@test -n "$(PROJECT)" || { echo "deploy-plan: expected PROJECT=<id of the project>, found none: make deploy-plan PROJECT=my-salons VARS=my.tfvars" >&2; exit 1; }
	@test -f "$(VARS)" || { echo "deploy-plan: expected VARS=<file of variables>, found '$(VARS)': copy terraform/examples/small.tfvars" >&2; exit 1; }
	@command -v $(TERRAFORM) >/dev/null || { echo "deploy-plan: expected terraform 1.9 or newer on PATH, found none: developer.hashicorp.com/terraform/install" >&2; exit 1; }
	@$(PYTHON) .ci/credentials.py

bench: $(INSTALLED) ## every measurement, each beside its floor or its peer
	$(BIN)/python -m bench

QUICK ?=

study: $(INSTALLED) ## the policy study of docs/policy.md, 160 made-up salon months; QUICK=1: four
	$(BIN)/python -m bench.policy_study $(if $(QUICK),--quick)
