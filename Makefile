# Two commands do everything: `make run` and `make test`.

PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder --durations=10
CHECKED := access analysis charts disclosure etl indicators pages ui warehouse tests bench dashboard.py

.PHONY: run test check soak bench calibration docs lock browser clean

run: .venv/run-ready data/warehouse.duckdb
	@PORT=$(PORT) exec $(BIN)/python -m ui serve

test: .venv/test-ready browser check
	$(PYTEST)

check: .venv/test-ready
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# All tests whole: a thousand kills, every fault at every call, 210 invented counties, every page on every screen, every foreign file. Hours, all cores.
soak: .venv/test-ready browser check
	@begun=$$(date +%s); SOAK=1 $(PYTEST) -rP --show-capture=stdout; ended=$$?; \
		echo "make soak took $$((($$(date +%s) - begun) / 60)) minutes on $$(nproc) processors"; exit $$ended

bench: .venv/test-ready browser
	$(BIN)/python -m bench

# How often the judgements err and what they find, on counties drawn by lot; writes docs/calibration.md. Minutes, all cores.
calibration: .venv/test-ready
	$(BIN)/python -m bench.calibration

# Write the pages of docs/ that are made from the code.
docs: .venv/run-ready
	$(BIN)/python -m indicators > docs/catalogue.md
	$(BIN)/python -m etl.extracts > docs/extracts.md

# Compile the locked lists from the short ones.
lock: .venv/test-ready
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --python-version 3.11 --no-header --no-annotate --no-emit-index-url requirements.in -o requirements.txt
	$(BIN)/uv pip compile --python-version 3.11 --no-header --no-annotate --no-emit-index-url requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/run-ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed / 需要 Python 3.11 或更新版本")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo '正在安装运行环境 Installing the environment…'
	@$(BIN)/pip install -qq --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/test-ready: .venv/run-ready requirements-dev.txt
	@$(BIN)/pip install -qq --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# What was accepted is built; an empty folder gets the sample county; a refusal leaves a page that says what to do.
data/warehouse.duckdb: | .venv/run-ready
	@if test -s data/raw/ledger.jsonl; then $(BIN)/python -m etl build; else $(BIN)/python -m etl demo; fi || test $$? -eq 2

# A browser and a Chinese font for the tests, where the machine has none.
browser:
	@command -v chromium >/dev/null && fc-list :lang=zh | grep -q . || \
		{ sudo=$$(test $$(id -u) -eq 0 || echo sudo); $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium fonts-noto-cjk fontconfig >/dev/null; }
