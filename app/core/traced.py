"""Text that remembers where each of its characters came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Edit = tuple[int, int, str]
"""Replace text[begin:end] by the string."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A rewritten text and, for every character of it, the span of the source it stands for.

    >>> seen = Traced.of("buy &#99;ialis").edited([(4, 9, "c")])
    >>> seen.text, seen.source_span(4, 10)
    ('buy cialis', (4, 14))
    """

    text: str
    begins: Sequence[int]
    """begins[i] is the first code point of the source behind text[i]."""
    ends: Sequence[int]
    """ends[i] is one past the last."""

    @staticmethod
    def of(source: str) -> "Traced":
        """The source itself, every character standing for itself."""
        return Traced(source, range(len(source)), range(1, len(source) + 1))

    def source_span(self, begin: int, end: int) -> tuple[int, int]:
        """Where text[begin:end] stands in the source; (0, 0) for an empty piece."""
        if begin >= end:
            return (0, 0)
        return self.begins[begin], self.ends[end - 1]

    def edited(self, edits: Iterable[Edit]) -> "Traced":
        """The text with the edits made. They must be in order; one that overlaps the one before is left out."""
        pieces: list[str] = []
        begins: list[int] = []
        ends: list[int] = []
        at = 0
        for begin, end, replacement in edits:
            if begin < at or begin >= end:
                continue
            pieces.append(self.text[at:begin])
            begins.extend(self.begins[at:begin])
            ends.extend(self.ends[at:begin])
            pieces.append(replacement)
            begins.extend([self.begins[begin]] * len(replacement))
            ends.extend([self.ends[end - 1]] * len(replacement))
            at = end
        if not pieces:
            return self
        pieces.append(self.text[at:])
        begins.extend(self.begins[at:])
        ends.extend(self.ends[at:])
        return Traced("".join(pieces), begins, ends)
