"""The inner loops, compiled where a C compiler was there when Winnow was installed, else in numpy: the same bits."""

try:
    from app.core import kernels_compiled as chosen
except ImportError:
    from app.core import kernels_plain as chosen  # type: ignore[no-redef]

IS_COMPILED = chosen.__name__.endswith("compiled")
"""Whether it is the fast one."""

by_unit = chosen.by_unit
damped = chosen.damped
grams = chosen.grams
least_hashes = chosen.least_hashes
name_buckets = chosen.name_buckets
rhythm = chosen.rhythm
wording = chosen.wording
