.PHONY: demo test lint clean

PYTHON ?= python3

.venv/demo: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

# The main job: light install, annotate the sample articles, show one, write JSON Lines and HTML.
demo: .venv/demo
	mkdir -p out
	.venv/bin/ausblick annotate data/samples -o out/samples.jsonl
	.venv/bin/ausblick annotate data/samples -o out/samples.html
	.venv/bin/ausblick show data/samples/01-*.txt
	@echo "Written: out/samples.jsonl (one article a line) and out/samples.html (open it in a browser)"

.venv-test/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-test
	.venv-test/bin/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

# Everything that tests, training and linting need, then the tests.
test: .venv-test/ready
	.venv-test/bin/python -m pytest

lint: .venv-test/ready
	.venv-test/bin/ruff check .
	.venv-test/bin/mypy

clean:
	rm -rf .venv .venv-test out dist build
