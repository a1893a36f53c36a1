# make run     set up what is missing and run the product until Ctrl-C
# make test    set up what is missing and run every check and test
# make help    all targets
.DEFAULT_GOAL := help
.PHONY: help setup run stop status test lint clean
PY := .venv/bin/python
LANES := 3
# Dozens of processes are started: each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

setup:  ## make .venv, install the packages, compile the engine
	@scripts/bootstrap

run: setup  ## run the product with two demo tenants; Ctrl-C stops it
	@$(PY) manage.py up --demo

stop:  ## stop the running product
	@$(PY) manage.py stop

status:  ## show its processes
	@$(PY) manage.py status

lint: setup  ## ruff, mypy, import contracts
	@scripts/lint

test: setup  ## lint, then all tests in three lanes, each on servers of its own
	@scripts/lint
	@$(PY) -m pytest --dist loadscope --tx '$(LANES)*popen//python=$(PY) -m runtime.sandbox $(PY)' $(PYTEST)

clean:  ## remove .venv and what was built; keeps the data in var/
	rm -rf .venv build *.egg-info trading/engine/.compiled .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
