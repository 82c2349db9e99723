.DEFAULT_GOAL := help
.PHONY: help serve test bench train speech lint doctor clean ready

SETUP := sh setup/python.sh -m setup
PYTHON := .venv/bin/python

help: ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

serve: ## Prepare what is missing and run everything; needs nothing else
	@exec $(SETUP) serve

test: ## Prepare what is missing, lint, and run all tests
	@$(SETUP) tests
	@$(MAKE) --no-print-directory lint
	$(PYTHON) -m pytest -n 2 --dist loadgroup

bench: ready ## Run all benchmarks, or one with S=name
	$(PYTHON) -m benchmarks $(S)

train: ready ## Build the encoder and train Rasa where their inputs changed

speech: ## Fetch the optional model for recognition of speech (145 MB)
	@$(SETUP) speech

lint: ## Check style, types, imports and the data in YAML
	@$(SETUP) environments
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports
	$(PYTHON) -m knowledge lint --seed
	$(PYTHON) -m bot.data_lint tests/unit/rasa/held_out.yml tests/questions/*.tsv
	$(PYTHON) -m tests.conversations.script

doctor: ## Say in plain words what is wrong, and what to do
	@$(SETUP) doctor

clean: ## Remove what was built in this folder; keeps var/ (data) and the shared cache
	rm -rf .venv .venv-rasa models .rasa .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis var/cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready:
	@$(SETUP) models
