"""A target under atheris: `python -m tests.attacks._guided NAME [libFuzzer's options]`. See guided_fuzzing."""

import sys


def main() -> None:
    """Feed it until the options say that it is enough."""
    import atheris

    with atheris.instrument_imports(include=["app"]):
        from tests.attacks.fuzz_targets import TARGETS
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
