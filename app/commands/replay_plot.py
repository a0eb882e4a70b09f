"""The curves of the replay as an SVG that stands alone, in light and dark."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.retraining.replay import Step

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM, _GAP = 320, 220, 46, 34, 40, 24
_LINES = (
    ("no learning", "#7a7f87", "5 4"),
    ("Winnow learns", "#0a7d4f", ""),
    ("these decisions alone", "#b3541e", "2 3"),
)
_GRID = (0.0, 0.04, 0.08, 0.12)
_STYLE = """<style>
text { font: 11px system-ui, sans-serif; fill: #333 }
.title { font-size: 13px; font-weight: 600 }
.axis { stroke: #999; stroke-width: 1 }
.grid { stroke: #ddd; stroke-width: 1 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .grid { stroke: #444 } .axis { stroke: #888 } }
</style>"""
_TITLES = {"dates": "In the order of dates", "chance": "In orders of chance"}


def drawn(steps: "Sequence[Step]") -> str:
    """One panel for each order: spam missed at 1 % of the site's own honest comments, against decisions.

    Each point is the mean over the sites that have enough comments later; from point to point there are fewer of them.

    >>> drawn([]).startswith("<svg")
    True
    """
    orders = list(dict.fromkeys(step.order for step in steps))
    width = max(1, len(orders)) * (_WIDTH + _GAP)
    panels = [_panel(steps, order, number * (_WIDTH + _GAP)) for number, order in enumerate(orders)]
    legend = "".join(_legend(number, *line) for number, line in enumerate(_LINES))
    size = f'viewBox="0 0 {width} {_HEIGHT + 24}" width="{width}" height="{_HEIGHT + 24}"'
    label = "Spam missed at 1 % false positives, by the number of decisions"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{label}">'
    body = "".join(f'<g transform="translate(0 24)">{panel}</g>' for panel in panels)
    return f"{head}{_STYLE}{legend}{body}</svg>\n"


def _legend(number: int, name: str, colour: str, dash: str) -> str:
    x = _LEFT + 150 * number
    line = f'<line x1="{x}" x2="{x + 26}" y1="14" y2="14" {_stroke(colour, dash)}/>'
    return f'{line}<text x="{x + 32}" y="18">{name}</text>'


def _stroke(colour: str, dash: str) -> str:
    return f'fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"'


def _panel(steps: "Sequence[Step]", order: str, left: int) -> str:
    own = [step for step in steps if step.order == order]
    counts = sorted({step.decisions for step in own})
    step_x = (_WIDTH - _LEFT - 16) / max(1, len(counts) - 1)
    begin, end = left + _LEFT, left + _WIDTH - 8

    def y(share: float) -> float:
        return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - min(share, _GRID[-1]) / _GRID[-1])

    parts = [f'<text class="title" x="{begin}" y="20">{_TITLES.get(order, order)}</text>']
    for share in _GRID:
        parts.append(f'<line class="grid" x1="{begin}" x2="{end}" y1="{y(share):.1f}" y2="{y(share):.1f}"/>')
        parts.append(f'<text text-anchor="end" x="{begin - 8}" y="{y(share) + 4:.1f}">{100 * share:.0f} %</text>')
    for number, count in enumerate(counts):
        place = begin + step_x * number
        parts.append(f'<text text-anchor="middle" x="{place:.1f}" y="{_HEIGHT - 22}">{count}</text>')
    parts.append(f'<text text-anchor="middle" x="{(begin + end) / 2:.1f}" y="{_HEIGHT - 4}">decisions</text>')
    for which, (_, colour, dash) in enumerate(_LINES):
        missed = [_mean([1 - step.recall[which] for step in own if step.decisions == count]) for count in counts]
        points = " ".join(f"{begin + step_x * number:.1f},{y(share):.1f}" for number, share in enumerate(missed))
        parts.append(f'<polyline {_stroke(colour, dash)} points="{points}"/>')
    return "".join(parts)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
