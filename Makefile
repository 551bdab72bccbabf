# Comanda: make demo, make test. Nothing else is needed but Python 3.11 or newer and the package index that pip uses.
# Only relative paths, so that the folder may have any name; the shell's own words are quoted.

PYTHON ?= python3
VENV ?= .venv
VENV_313 ?= .venv-3.13
RUN = $(VENV)/bin/python
# The environment is as the locks say if this file is newer than they are.
READY = $(VENV)/ready
LOCKS = requirements/boot.txt requirements/dev.txt
JOBS ?= 2
TESTS ?=
ARGS ?=

.DEFAULT_GOAL = help
.PHONY: help demo demo-reset test test-313 check lock soak clean

help:
	@echo 'make demo        a whole Comanda on http://127.0.0.1:8000, with a database and a gateway of its own;'
	@echo "                 ARGS='--port 8080' passes options on, ARGS=--help lists them"
	@echo 'make demo-reset  forget what the demo has seen'
	@echo 'make test        the whole suite; TESTS=tests/e2e a part of it, JOBS=4 more at once'
	@echo 'make test-313    the same on Python 3.13'
	@echo 'make check       ruff, mypy, import-linter: what every change has to pass'
	@echo 'make soak        the long tests: hypothesis for minutes, then the API killed at every step, 20 times each'
	@echo 'make lock        resolve the dependencies of pyproject.toml anew, into requirements/'
	@echo 'make clean       forget the environments'
	@echo
	@echo '$(VENV)/bin/comanda --help tells what else there is; it is there after the first make demo or make test.'

demo: $(READY)
	@exec $(RUN) -m cli.main demo --with-parent $(ARGS)

demo-reset: $(READY)
	@exec $(RUN) -m cli.main demo-reset

test: $(READY)
	HYPOTHESIS_PROFILE=ci $(RUN) -m pytest -n $(JOBS) $(TESTS)

test-313:
	$(MAKE) test PYTHON=python3.13 VENV=$(VENV_313)

check: $(READY)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports --no-cache

soak: $(READY)
	HYPOTHESIS_PROFILE=soak $(RUN) -m pytest -n $(JOBS) --timeout=0 tests/property
	$(RUN) -m tests.faults --runs 20

# The old environment is thrown away, so that what a lock no longer names is not there either.
# uv installs in seconds what takes pip a minute; where it cannot reach pip's index in its own way, pip does the work.
$(READY): $(LOCKS)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Comanda needs Python 3.11 or newer; name one: make $(MAKECMDGOALS) PYTHON=python3.13' >&2; exit 1; }
	@echo 'Making the environment $(VENV); this happens once.'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/boot.txt
	@$(RUN) requirements/uv.py pip install --quiet --link-mode copy --require-hashes -r requirements/dev.txt || \
		$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(RUN) -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation -e .
	@touch $(READY)

# Serves every Python from 3.11 on and every platform. No address ends up in the files: they are the same for everyone.
LOCK = UV_CUSTOM_COMPILE_COMMAND='make lock' $(RUN) requirements/uv.py pip compile --quiet --upgrade --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links
lock: $(READY)
	@$(LOCK) --group boot -o requirements/boot.txt > /dev/null
	@$(LOCK) pyproject.toml -o requirements/run.txt > /dev/null
	@$(LOCK) pyproject.toml --group dev --constraint requirements/run.txt -o requirements/dev.txt > /dev/null
	@! grep -n '://' requirements/*.txt

clean:
	rm -rf $(VENV) $(VENV_313)
