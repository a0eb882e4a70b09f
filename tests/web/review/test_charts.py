"""Values to pictures: ticks, bars, lines, flags, and what the templates draw of them."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.core.showing import percent
from app.web.review.charts import HEIGHT, WIDTH, Series, histogram, lines, stacked
from app.web.review.pages import TEMPLATES
from app.web.review.pictures import Picture, Table
from app.web.review.ticks import nice_ticks, number, root_ticks

counts = st.integers(0, 10**7)


class TestTicks:
    @pytest.mark.parametrize(
        ("most", "ticks"),
        [
            (0, (0, 1)),
            (1, (0, 1)),
            (2, (0, 1, 2)),
            (4, (0, 1, 2, 3, 4)),
            (5, (0, 2, 4, 6)),
            (10, (0, 5, 10)),
            (99, (0, 50, 100)),
            (1000, (0, 500, 1000)),
        ],
    )
    def test_counts_have_whole_round_ticks(self, most, ticks):
        assert nice_ticks(most) == ticks

    @given(st.floats(1e-6, 1e9))
    def test_there_are_a_few_evenly_apart_and_the_last_is_not_below(self, most):
        ticks = nice_ticks(most, whole=False)

        assert 2 <= len(ticks) <= 6
        assert ticks[-1] >= most * (1 - 1e-9)
        assert len({round(b - a, 9) for a, b in pairwise(ticks)}) == 1 or most < 1e-4

    @given(counts)
    def test_ticks_of_square_roots_rise_from_0_to_the_most(self, most):
        ticks = root_ticks(most)

        assert (ticks[0], ticks[-1]) == (0, max(1, most))
        assert list(ticks) == sorted(set(ticks))

    def test_numbers_are_grouped_by_a_narrow_space(self):
        assert number(1_234_567) == "1\u202f234\u202f567"


def inside(frame, x, y):
    return 0 <= x <= WIDTH and 0 <= y <= HEIGHT and frame.left - 8 <= x <= frame.right + 8


class TestBars:
    @given(st.lists(st.tuples(counts, counts), min_size=1, max_size=60))
    def test_bars_stay_inside_stand_upon_one_another_and_are_as_high_as_what_they_show(self, values):
        series = [Series("hold", "Held", [a for a, _ in values]), Series("reject", "Rejected", [b for _, b in values])]
        chart = stacked([str(place) for place in range(len(values))], series)
        frame = chart.frame

        assert len(chart.bars) == sum(1 for pair in values for value in pair if value)
        assert all(inside(frame, bar.x, bar.y) and inside(frame, bar.x + bar.width, bar.y) for bar in chart.bars)
        assert all(bar.y + bar.height <= frame.bottom + 0.02 for bar in chart.bars)
        if any(map(sum, values)):
            per_unit = (frame.bottom - frame.y[-1].at) / float(frame.y[-1].text.replace("\u202f", ""))
            total = sum(bar.height for bar in chart.bars)
            assert total == pytest.approx(per_unit * sum(map(sum, values)), abs=0.02 * len(chart.bars) + 0.01)

    def test_the_highest_tick_is_the_top_and_zero_the_bottom(self):
        frame = stacked(["a"], [Series("hold", "Held", [7])]).frame

        assert (frame.y[0].at, frame.y[0].text) == (frame.bottom, "0")
        assert (frame.y[-1].at, frame.y[-1].text) == (frame.top, "8")

    @given(st.integers(1, 400), st.integers(1, 12))
    def test_labels_do_not_touch_and_the_last_is_there(self, places, letters):
        labels = ["x" * letters] * places
        ticks = stacked(labels, [Series("hold", "Held", [1] * places)]).frame.x

        assert all(other.at - one.at >= 6 * letters for one, other in pairwise(ticks))
        assert ticks[-1].at > WIDTH - 8 - (WIDTH / places)

    def test_without_values_there_is_an_empty_picture(self):
        chart = stacked([], [Series("hold", "Held", [])])

        assert (chart.bars, chart.frame.x) == ((), ())

    def test_the_words_of_a_bar_tell_its_place_and_value(self):
        (bar,) = stacked(["11-22"], [Series("hold", "Held", [1234])]).bars

        assert bar.text == "11-22: Held 1\u202f234"


class TestHistogram:
    def test_heights_follow_the_root_and_parts_are_true(self):
        ham, spam = Series("ham", "ham", [900, 25]), Series("spam", "spam", [0, 75])
        chart = histogram([ham, spam], [])
        high, low_ham, low_spam = chart.bars

        assert (low_ham.height + low_spam.height) / high.height == pytest.approx((100 / 900) ** 0.5, rel=0.01)
        assert low_spam.height / low_ham.height == pytest.approx(3, rel=0.01)

    def test_thresholds_are_flags_whose_words_do_not_cover_one_another(self):
        chart = histogram([Series("ham", "ham", [1] * 20)], [(0.9, "discard"), (0.25, "hold"), (0.6, "reject")])

        assert [(flag.text, flag.anchor, flag.row) for flag in chart.flags] == [
            ("hold", "start", 0),
            ("reject", "end", 1),
            ("discard", "end", 2),
        ]
        assert [flag.x for flag in chart.flags] == sorted(flag.x for flag in chart.flags)


class TestLines:
    def test_a_line_is_broken_where_there_is_nothing(self):
        chart = lines(["a", "b", "c", "d"], [Series("held", "Held", [0.1, None, 0.2, 0.3])], percent, 0.3)
        (line,) = chart.lines

        assert [len(piece.split()) for piece in line.pieces] == [1, 2]
        assert len(line.marks) == 3

    def test_spreads_of_two_lines_stand_beside_one_another(self):
        one = Series("held", "Held", [0.5, 0.5], [(0.1, 0.9), (0.1, 0.9)])
        first, second = lines(["a", "b"], [one, one._replace(key="missed")], percent, 1.0).lines

        assert first.marks[0].x < second.marks[0].x
        assert first.marks[0].high < first.marks[0].y < first.marks[0].low

    def test_one_point_stands_in_the_middle(self):
        chart = lines(["a"], [Series("held", "Held", [0.5])], percent, 1.0)

        assert chart.lines[0].marks[0].x == pytest.approx((chart.frame.left + chart.frame.right) / 2)


@pytest.fixture
def drawn():
    """drawn(chart): what charts.html makes of it."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    environment.install_null_translations(newstyle=True)
    template = environment.from_string('{% import "charts.html" as charts with context %}{{ charts.picture(picture) }}')

    def draw(chart, title="T", summary="S"):
        table = Table(("Day", "Held"), (("<i>11-22</i>", "3"),))
        return template.render(picture=Picture("one", title, summary, chart, table))

    return draw


CHARTS = {
    "bars": stacked(["a", "b"], [Series(key, key, [1, 2]) for key in ("publish", "hold", "reject", "discard")]),
    "queue": stacked(["a"], [Series("hold", "Held", [1]), Series("reported", "Reported", [2])]),
    "hours": stacked(["a"], [Series("decisions", "Decisions", [1])]),
    "histogram": histogram([Series(key, key, [1, 2]) for key in ("ham", "spam", "undecided")], [(0.5, "hold 0.5")]),
    "mistakes": lines(
        ["a", "b"], [Series(key, key, [0.1, None], [(0.0, 0.5), None]) for key in ("held", "missed")], percent, 1.0
    ),
    "recall": lines(["a", "b"], [Series(key, key, [0.9, 0.8]) for key in ("mean", "unseen", "worst")], percent, 1.0),
}


class TestDrawing:
    @pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
    def test_it_is_svg_with_a_title_a_description_and_a_table(self, drawn, chart):
        html = drawn(chart, "Comments <b>", "3 came & went.")
        svg = ElementTree.fromstring(re.search(r"<svg.*?</svg>", html, re.S)[0])

        assert svg.attrib["role"] == "img"
        names = svg.attrib["aria-labelledby"].split()
        told = {each.attrib["id"]: each.text for each in svg if each.tag in ("title", "desc")}
        assert [told[name] for name in names] == ["Comments <b>", "3 came & went."]
        assert "&lt;i&gt;11-22&lt;/i&gt;</bdi></th>" in html

    @pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
    def test_nothing_in_it_needs_what_the_policy_forbids(self, drawn, chart):
        assert re.findall(r"<style|<script|\sstyle=|\son[a-z]+=|href=|data:|javascript:", drawn(chart)) == []

    @pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
    def test_every_series_has_a_pattern_or_shape_of_its_own(self, drawn, chart):
        html = drawn(chart)
        patterns = re.findall(r'<pattern id="one-(\w+)" class="(\w+)"[^>]*>(.*?)</pattern>', html, re.S)
        shapes = set(re.findall(r'<g class="line \w+ (\w+)">', html))

        if chart.bars:
            assert {key for key, _, _ in patterns} == {key for key, _ in chart.legend}
            assert len({content for _, _, content in patterns}) == len(patterns)
            used = set(re.findall(r'fill="url\(#one-(\w+)\)"', html))
            assert used == {key for key, _ in chart.legend}
        else:
            assert len(shapes) == len(chart.legend)

    @pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
    def test_it_runs_from_left_to_right_in_every_language_and_fits_any_width(self, drawn, chart):
        head = re.search(r"<svg[^>]*>", drawn(chart))[0]

        assert 'direction="ltr"' in head
        assert 'viewBox="0 0 360.0 190.0"' in head
        assert "width=" not in head
