# For volunteers and developers; `make` alone lists what there is.
# Every target works on a machine that has Python 3.11 to 3.14, make and the package index.

PYTHON     ?= python3
RECORDING  ?=
ARCHIVE    ?=
OUT        ?=
ARGS       ?=
VOICES     ?=
MUSIC      ?=
TURNS      ?=
WORKERS    ?= 2
TRAINING   ?= .training
# Recipes read these as "$$RECORDING": names may hold quotes.
export RECORDING ARCHIVE OUT VOICES MUSIC TURNS

VENV     := .venv
BIN      := $(VENV)/bin
MARATHON := $(BIN)/marathon
RUN      := $(VENV)/.ready-to-run
DEV      := $(VENV)/.ready-to-test
TRAIN    := .venv-train/.ready-to-train
PEERS    := .bench/venv/.ready-to-bench
PIP       = $(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps
BUILT     = --no-build-isolation --use-pep517
WITH_OUT  = $(if $(OUT),--out "$$OUT")

.DEFAULT_GOAL := help
.PHONY: help setup demo subtitles transcribe segment speakers translate emit accept check export status archive models \
        doctor evaluate test test-long lint bench bench-setup bench-memory bench-speakers \
        bench-stages bench-translation bench-layout demo-weights demo-weights-check clean

help: ## List the targets
	@echo "make TARGET [RECORDING=file-or-folder] [ARCHIVE=folder] [OUT=folder] [ARGS='more options']"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-19s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(RUN) ## Install everything into .venv, from the lock file
	@echo "ready: $(MARATHON) --help"

demo: $(RUN) ## Make subtitles of the sample broadcast; needs no network once installed
	@$(MARATHON) run samples/broadcast.opus --demo --out out

subtitles: need-recording $(RUN) ## Make subtitles of RECORDING
	@$(MARATHON) run "$$RECORDING" $(WITH_OUT) $(ARGS)

transcribe segment speakers translate emit: need-recording $(RUN)
	@$(MARATHON) $@ "$$RECORDING" $(WITH_OUT) $(ARGS)
transcribe: ## Only recognise speech in RECORDING
segment: ## Only find voices, turns and items in RECORDING
speakers: ## List the voices in RECORDING; ARGS='--name 3="Juan Perez"' or ARGS='--samples DIR'
translate: ## Only translate RECORDING
emit: ## Only write the SRT files of RECORDING

accept: need-recording $(RUN) ## Take in what reviewers changed; of a file that came back: ARGS='FILE --for'
	@$(MARATHON) accept $(ARGS) "$$RECORDING" $(WITH_OUT)

check: need-recording $(RUN) ## Check the SRT file RECORDING; ARGS='--fix' writes a corrected copy, ARGS=--csv a table
	@$(MARATHON) check "$$RECORDING" $(ARGS)

export: need-recording $(RUN) ## Put subtitles beside RECORDING; ARGS='--into FILE.mkv' puts them into a copy
	@$(MARATHON) export "$$RECORDING" $(WITH_OUT) $(ARGS)

status: need-recording $(RUN) ## Say what is made of RECORDING and what is not
	@$(MARATHON) status "$$RECORDING" $(WITH_OUT) $(ARGS)

archive: need-archive $(RUN) ## Make subtitles of every recording in the folder ARCHIVE
	@$(MARATHON) run "$$ARCHIVE" $(WITH_OUT) $(ARGS)

models: $(RUN) ## List the weights on this machine; ARGS='pull' fetches them
	@$(MARATHON) models $(or $(ARGS),list)

doctor: $(RUN) ## Say what this machine has and lacks
	@$(MARATHON) doctor $(ARGS)

evaluate: $(RUN) $(if $(RECORDING),,demo) ## Compare RECORDING with its reference files (default: the demo)
ifeq ($(RECORDING),)
	@$(MARATHON) evaluate samples/broadcast.opus --demo --from-reference --out out $(ARGS)
else
	@$(MARATHON) evaluate "$$RECORDING" $(WITH_OUT) $(ARGS)
endif

test: $(DEV) ## Run the tests; what needs another system or a large library is skipped and says so
	@$(BIN)/python -m pytest -n $(WORKERS) -m "not long" $(ARGS)

test-long: $(DEV) ## Run the tests that take long, and the others with many more examples
	@HYPOTHESIS_PROFILE=release $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

lint: $(DEV) ## Check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: $(DEV) $(PEERS) ## Compare speed and memory with other systems; ARGS='--weights tiny'
	@$(BIN)/python -m tests.bench $(ARGS)

bench-setup: $(PEERS) ## Install the systems that bench compares with into .bench

bench-memory: $(DEV) ## Measure the memory that hours of sound take; ARGS='--hours 12'
	@$(BIN)/python -m tests.bench.long $(ARGS)

bench-speakers: need-voices $(DEV) ## Measure who speaks when; VOICES=, MUSIC=, TURNS= folders of your own
	@$(BIN)/python -m tests.bench.speakers --voices "$$VOICES" --music "$$MUSIC" --turns "$$TURNS" $(ARGS)

bench-translation: $(DEV) $(PEERS) ## Compare translation with Argos Translate's; ARGS=texts takes texts/*.ru
	@$(BIN)/python -m tests.bench.translation $(ARGS)

bench-stages: $(DEV) ## Measure every stage by itself, and quality
	@$(BIN)/python -m tests.bench.stages $(ARGS)

bench-layout: $(DEV) ## Compare how cues are cut with others and with a person; fetches pysrt's sources
	@$(BIN)/python -m tests.bench.layout $(ARGS)

demo-weights: $(TRAIN) ## Train the demo weights anew (hours; continues after an interruption)
	@.venv-train/bin/python -m samples.training.build $(TRAINING) $(ARGS)

demo-weights-check: $(RUN) ## Measure the demo weights on the held-out set
	@$(BIN)/python -m samples.training.check samples/weights/asr $(ARGS)

clean: ## Remove .venv and caches; never a folder with subtitles, so `out` stays too
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .coverage.* *.egg-info

.PHONY: need-recording need-archive need-voices
need-recording:
	@if [ -z "$$RECORDING" ]; then \
	  echo 'which recording? for example: make $(firstword $(MAKECMDGOALS)) RECORDING=marathon.mp4' >&2; exit 2; fi
need-archive:
	@if [ -z "$$ARCHIVE" ]; then \
	  echo 'which folder? for example: make archive ARCHIVE=recordings' >&2; exit 2; fi

need-voices:
	@if [ -z "$$VOICES" ] || [ -z "$$MUSIC" ] || [ -z "$$TURNS" ]; then \
	  echo 'which folders? for example: make bench-speakers VOICES=voices MUSIC=music TURNS=turns' >&2; \
	  exit 2; fi

# The stamps of what is installed. A changed lock file makes .venv anew.
$(RUN): constraints/build.txt constraints/lock.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || { \
	  echo 'Python 3.11 to 3.14 is needed, and $(PYTHON) is '"$$($(PYTHON) -V 2>&1)"'.' >&2; \
	  echo 'Where there is another one: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 4; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo 'This Python has no venv module. On Debian and Ubuntu, this line installs it:' >&2; \
	  echo "  sudo apt install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >&2; \
	  exit 4; }
	@echo "installing into $(VENV), once; about 500 MB, some minutes" >&2
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) -r constraints/build.txt
	@$(PIP) $(BUILT) -r constraints/lock.txt
	@$(PIP) $(BUILT) -e .
	@touch $@

$(DEV): $(RUN) constraints/dev.txt
	@$(PIP) -r constraints/dev.txt
	@touch $@

# Other systems, beside the same releases of what they and marathon run on. torchaudio comes with a
# library for CUDA that nothing here calls and that fails to load where there is none.
$(PEERS): $(RUN) tests/bench/requirements.txt
	@echo "installing the systems to compare with into .bench/venv, once; about 1 GB" >&2
	@$(PYTHON) -m venv --clear .bench/venv
	@.bench/venv/bin/python -m pip install --quiet --no-deps -r constraints/build.txt
	@.bench/venv/bin/python -m pip install --quiet --no-deps $(BUILT) -r constraints/lock.txt
	@.bench/venv/bin/python -m pip install --quiet --no-deps $(BUILT) -r tests/bench/requirements.txt \
	  $$(command -v nvidia-smi >/dev/null || echo --extra-index-url https://download.pytorch.org/whl/cpu)
	@rm -rf .bench/venv/lib/python*/site-packages/torchaudio/lib
	@touch $@

# Training needs torch: without a GPU, the one without CUDA.
$(TRAIN): $(RUN) samples/training/requirements.txt
	@echo "installing what training needs into .venv-train, once" >&2
	@$(PYTHON) -m venv --clear .venv-train
	@.venv-train/bin/python -m pip install --quiet --no-deps -r constraints/build.txt
	@.venv-train/bin/python -m pip install --quiet --no-deps $(BUILT) -r constraints/lock.txt
	@.venv-train/bin/python -m pip install --quiet -r samples/training/requirements.txt \
	  -c constraints/lock.txt \
	  $$(command -v nvidia-smi >/dev/null || echo --extra-index-url https://download.pytorch.org/whl/cpu)
	@touch $@
