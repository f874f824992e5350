# Every path is relative: the checkout may lie below folders with spaces or Chinese characters in their names.
# What is set up leaves a stamp in .venv, written last, so that a set-up cut short is done again.

.DEFAULT_GOAL := help
.PHONY: help run packages admin test check audit bench lock FORCE

python := .venv/bin/python
# The files name every package. Without --no-deps pip also weighs newer releases, and stops at one that has no hash there.
install := $(python) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement
# Two may be started at once in a fresh checkout: the second waits until the first has set it up. macOS has no flock.
locked := $(if $(shell command -v flock),flock .make.lock)
offline := { echo 'The packages could not be installed: the reason stands above. Check the network and start again.' >&2; exit 1; }

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

run: packages ## set everything up and serve the site (HOST, PORT, FUTIAN_DATA, DATABASE_URL, PYTHON)
	@exec $(python) manage.py serve

packages: ## install the packages of the site, as after git pull
	@$(locked) $(MAKE) --no-print-directory .venv/runtime

admin: packages ## create a staff account that may do everything
	@$(python) manage.py serve --prepare-only >.venv/prepare.log || { cat .venv/prepare.log; exit 1; }
	@exec $(python) manage.py createsuperuser

# Coverage has a floor, which only all tests together can reach. Three at once keep two cores busy: many tests wait for a server.
test: .venv/development ## set everything up and run the tests (PYTEST_ARGS, DATABASE_URL)
	@exec $(python) -m pytest -n 3 --dist worksteal $(or $(PYTEST_ARGS),--cov --cov-report=)

check: .venv/development ## lint, spelling, imports, types, templates, migrations, catalogues, settings of a deployment
	$(python) -m ruff check
	$(python) -m ruff format --check
	$(python) -m codespell_lib
	.venv/bin/lint-imports --no-logo
	$(python) -m tests.type_errors
	find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 --check {} +
	$(python) manage.py makemigrations --check --dry-run
	$(python) -m tests.translations
	SITE_ORIGIN=https://example.org $(python) manage.py check --deploy --fail-level WARNING

audit: .venv/audit ## the slow judges: accessibility, Lighthouse, HTML validity, every word searched for, fuzzing
	@exec $(python) -m pytest tests/audit $(PYTEST_ARGS)

bench: .venv/development ## measure how fast pages are
	@exec $(python) -m benchmarks $(BENCH_ARGS)

lock: .venv/development ## write requirements*.txt anew from pyproject.toml
	$(python) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header pyproject.toml --output-file requirements.txt
	$(python) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --constraint requirements.txt --extra dev pyproject.toml \
		--output-file requirements-dev.txt
	$(python) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --constraint requirements-dev.txt --extra dev --extra audit pyproject.toml \
		--output-file requirements-audit.txt

.venv/audit: requirements-audit.txt .venv/created
	@echo 'Installing the packages of the judges (about two minutes).'
	@$(install) requirements-audit.txt || $(offline)
	@touch .venv/audit .venv/development .venv/runtime

.venv/development: requirements-dev.txt .venv/created
	@echo 'Installing the packages for development (about a minute).'
	@$(install) requirements-dev.txt || $(offline)
	@touch .venv/development .venv/runtime

.venv/runtime: requirements.txt .venv/created
	@echo 'Installing the packages of the site (about half a minute).'
	@$(install) requirements.txt || $(offline)
	@touch .venv/runtime

# The interpreter that an environment was made with may have been removed since, or PYTHON may name another.
identity := -c 'import sys; print(sys.version, sys.base_prefix)'
is_usable := $(shell made=$$($(python) $(identity) 2>/dev/null) && \
	{ [ -z "$(PYTHON)" ] || [ "$$made" = "$$("$(PYTHON)" $(identity) 2>/dev/null)" ]; } && echo yes)
.venv/created: $(if $(is_usable),,FORCE)
	@found=; for python in $(if $(PYTHON),"$(PYTHON)",python3.14 python3.13 python3.12 python3.11 python3 python); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo '$(or $(PYTHON),What this machine has) is not Python 3.11 or newer. Install one (Debian, Ubuntu: apt install' \
			'python3 python3-venv), or name yours: make run PYTHON=/path/to/python3.12' >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "$$found cannot make virtual environments. Install what it lacks (Debian, Ubuntu: apt install" \
			"python3-venv), or name another: make run PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	echo "Making a virtual environment in .venv with $$found."; \
	"$$found" -m venv --clear .venv || exit 1
	@touch .venv/created
