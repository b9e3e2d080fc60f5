# Every target works from a fresh clone: it makes .venv first. Needs Python 3.11 or newer, nothing else.
#
#   make demo              the tour: reads the starter articles, answers four questions, refuses one
#   make demo SEEDS=DIR    the same over a folder of your own
#   make chat              a conversation over the starter articles; over your own: isnad chat
#   make bot               the Telegram bot over the starter articles, or over ISNAD_HOME where that is set; needs a token
#   make test ARGS="-k x"  the tests; ARGS goes to pytest
#   make crash             kills, full disks, damage and edits by the hundred, with a summary; up to an hour
#   make eval              asks the questions on the starter articles, prints the table; ARGS goes to isnad eval
#   make bench             speed, memory and disk on a generated corpus, about two minutes; ARGS="--jsonl FILE" on yours

PYTHON ?= python3
SEEDS ?=
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# -qq: warnings are about the machine's own pip configuration, errors are still shown
INSTALL := $(BIN)/python -m pip --disable-pip-version-check --no-input -qq install -c constraints.txt
BASE := $(VENV)/.base
FULL := $(VENV)/.full

.PHONY: install demo test crash lint chat bot eval bench clean
.DEFAULT_GOAL := install

install: $(BASE)

$(BASE): pyproject.toml constraints.txt
	@echo "Installing Isnad into $(VENV): the base, no torch. About a minute..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(INSTALL) -e .
	@$(BIN)/python -m compileall -q rag bot evals
	@touch $@

$(FULL): $(BASE)
	@echo "Adding what tests, lint and measuring need, torch among it. A few minutes..."
	@$(INSTALL) -e '.[models,postgres,dev]'
	@touch $@

demo: $(BASE)
	@$(BIN)/python -m bot.demo $(if $(SEEDS),"$(SEEDS)")

chat: $(BASE)
	@$(BIN)/python -m bot.demo --chat --home .demo/starter

bot: $(BASE)
	@if [ -n "$$ISNAD_HOME$$ISNAD_DATABASE_URL$$ISNAD_CHROMA_URL" ] || grep -Eqs '^ISNAD_(HOME|DATABASE_URL|CHROMA_URL)=.' .env; then exec $(BIN)/isnad bot; fi; \
	$(BIN)/isnad ingest seeds --home .demo/starter && exec $(BIN)/isnad bot --home .demo/starter

test: $(FULL)
	@$(BIN)/python -m pytest $(ARGS)

crash: $(FULL)
	@$(BIN)/python -m pytest tests/crash tests/test_properties.py --kills 100 $(ARGS)

lint: $(FULL)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

eval: $(BASE)
	@$(BIN)/isnad eval evals/questions/seeds.jsonl --corpus seeds --home .demo/eval $(ARGS)

bench: $(BASE)
	@$(BIN)/python -m benchmarks.run $(ARGS)

clean:
	rm -rf $(VENV) .demo build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
