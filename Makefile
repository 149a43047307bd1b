# Two commands: `make demo` starts Tandem on a demo workspace, `make test` runs every test.
# Both keep what they build in the user's cache (or in $CARGO_TARGET_DIR), so that they share one build.
.PHONY: demo test lint format

demo:
	@scripts/demo

test:
	@scripts/test

lint:
	@scripts/lint

format:
	@cargo fmt --all
