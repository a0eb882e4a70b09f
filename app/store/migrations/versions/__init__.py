"""One file per step, never edited after its release."""
