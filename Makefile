# `make help` says what there is. Everything is installed into .venv and vendor/node_modules, nothing elsewhere.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
RUN := $(VENV)/.installed
DEV := $(VENV)/.installed-dev
NODE := vendor/node_modules/.installed

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-19s %s\n", $$1, $$2 }'

.PHONY: run
run: install ## install, migrate and start on http://127.0.0.1:8080 (PORT, HOST, RUSHES_DATA_DIR)
	@$(PY) -m webapp migrate
	@exec $(PY) -m webapp serve

.PHONY: install
install: $(RUN) ## install what running needs

.PHONY: test
test: check $(NODE) ## install what the tests need, check, and run every test
	@tools/system-packages chromium firefox-esr ffmpeg
	$(PY) -m pytest -n auto --dist loadfile --max-worker-restart=0

.PHONY: check
check: $(DEV) ## format, lint and types; no tests
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

.PHONY: format
format: $(DEV) ## format the code, and mend what the linter can
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

.PHONY: vendor
vendor: $(NODE) ## build static/vendor anew from the pinned npm packages
	cd vendor && npm run --silent build

.PHONY: bench-transcode
bench-transcode: $(DEV) $(NODE) ## this pipeline beside one ffmpeg command: wall, CPU, memory, first segment
	$(PY) -m benchmarks.transcode

.PHONY: bench-quality
bench-quality: $(DEV) $(NODE) ## SSIM of each rung beside ffmpeg's at the same bit rate (ARGS="VIDEO --seconds 12")
	$(PY) -m benchmarks.quality $(ARGS)

.PHONY: bench-first-play
bench-first-play: $(DEV) ## seconds from the last byte to the first play: 1, 10, 60 min, and HEVC (ARGS="--rounds 1")
	$(PY) -m benchmarks.first_play $(ARGS)

.PHONY: bench-streams
bench-streams: $(DEV) ## live streams beside nchan and sse-starlette: CPU, memory, latency (ARGS=--quick)
	@tools/system-packages nginx libnginx-mod-nchan
	$(PY) -m benchmarks.streams $(ARGS)

.PHONY: bench-streams-ends
bench-streams-ends: $(DEV) ## what streams leave behind: stopped servers, killed and stalled clients (ARGS=--quick)
	$(PY) -m benchmarks.stream_ends $(ARGS)

.PHONY: tones
tones: $(DEV) ## make the tables anew by which HDR becomes SDR
	$(PY) -m tools.tones

.PHONY: lock
lock: $(DEV) ## pin what pyproject.toml asks for, with hashes
	$(PY) tools/lock.py

.PHONY: clean
clean: ## remove what was installed; data stays
	rm -rf $(VENV) vendor/node_modules

$(PY):
	@tools/make-venv $(VENV)

$(RUN): requirements.txt pyproject.toml | $(PY)
	@echo "Installing into $(VENV)"
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
	@$(PY) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.txt $(RUN)
	@echo "Installing what development needs"
	@$(PY) -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.txt
	@touch $@

$(NODE): vendor/package-lock.json
	@tools/system-packages npm
	cd vendor && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
