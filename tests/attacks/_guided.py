"""A target under atheris: `python -m tests.attacks._guided NAME [libFuzzer's options]`. See guided_fuzzing."""

import sys

import atheris

with atheris.instrument_imports(include=["app"]):
    from tests.attacks.fuzz_targets import TARGETS

if __name__ == "__main__":
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
    atheris.Fuzz()
