# The school's commands. `make` alone lists them; docs/running.md tells more.
PYTHON ?= python3
VENV := .venv/bin
ARGS ?=
ONLY ?=

.DEFAULT_GOAL := help
.PHONY: help run test check bench lock

help:
	@echo 'make run     install what is missing and start the school: HOST (127.0.0.1) and PORT (8000)'
	@echo 'make test    all tests; ARGS="-k certificate" for some of them; DATABASE_URL and REDIS_URL choose the services'
	@echo 'make check   format, lint, types, floors, migrations, messages, scripts'
	@echo 'make bench   every figure as one JSON line; ONLY=name for one'
	@echo 'make lock    compile requirements*.txt and package-lock.json anew'

run:
	@$(PYTHON) -m tools.prepare
	@exec $(VENV)/python -m tools.run

test:
	@$(PYTHON) -m tools.prepare --dev
	$(VENV)/python -m pytest -n 2 --dist loadfile $(ARGS)

check:
	@$(PYTHON) -m tools.prepare --dev
	@$(VENV)/python -m tools.check

bench:
	@$(PYTHON) -m tools.prepare --dev --bench >&2
	@$(VENV)/python -m bench $(ONLY)

lock:
	@$(PYTHON) -m tools.prepare --dev
	$(VENV)/python -m tools.lock
