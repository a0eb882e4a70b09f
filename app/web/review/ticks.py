"""Round numbers for the axes of charts, and how numbers are written."""

from math import ceil, floor, log10, sqrt

_TICKS_APART = 0.125
"""Of an axis' length: nearer to one another two ticks could not be read."""


def number(value: float) -> str:
    """A whole number in groups of three, which a narrow space parts in every language.

    >>> number(1234567), number(0)
    ('1\\u202f234\\u202f567', '0')
    """
    return f"{value:,.0f}".replace(",", "\u202f")


def nice_ticks(most: float, about: int = 4, *, whole: bool = True) -> tuple[float, ...]:
    """Round numbers from 0 to the first that is not below `most`, about so many steps of 1, 2 or 5 times a power of 10.

    >>> nice_ticks(87), nice_ticks(3), nice_ticks(0), nice_ticks(0.0312, whole=False)
    ((0.0, 50.0, 100.0), (0.0, 1.0, 2.0, 3.0), (0.0, 1.0), (0.0, 0.01, 0.02, 0.03, 0.04))
    """
    if most <= 0:
        return (0.0, 1.0)
    power = 10.0 ** floor(log10(most / about))
    step = next(power * nice for nice in (1, 2, 5, 10) if most / (power * nice) <= about + 1e-9)
    if whole:
        step = max(1.0, step)
    return tuple(round(index * step, 10) for index in range(ceil(most / step - 1e-9) + 1))


def root_ticks(most: float) -> tuple[float, ...]:
    """Ticks for heights that follow the square root: 0, then 1, 2 and 5 times powers of 10, none too near another.

    >>> root_ticks(900)
    (0.0, 20.0, 100.0, 200.0, 500.0, 900.0)
    """
    chosen = [float(most)] if most > 0 else [1.0]
    power = 10.0 ** floor(log10(chosen[0]))
    while power >= 1:
        for value in (5 * power, 2 * power, power):
            height, above = sqrt(value / chosen[0]), sqrt(chosen[-1] / chosen[0])
            if value < chosen[-1] and above - height >= _TICKS_APART <= height:
                chosen.append(value)
        power /= 10
    return (0.0, *reversed(chosen))
