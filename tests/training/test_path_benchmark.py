"""The benchmark "path against host": what trains for what is tested, and what is counted."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from app import lists as loading
from app.core.comment import Comment
from app.errors import ExamplesUnusable
from app.training import path_benchmark, unseen
from app.training.dataset import Dataset, assemble
from app.training.examples import Example, one_in_five, read_examples
from app.training.path_benchmark import SOURCE, STEPS, Judged, Report, kind_of

HOSTS = ["github.com", "pub.dev", "me{n}.github.io", "medium.com", "notes{n}.wordpress.com", "x.com"]
TRADES = {"gambling": "casino-bonus", "loans": "payday-loan", "pharma": "viagra", "seo": "buy-backlinks"}
HONEST = ["parser", "bee-keeping", "tram-times", "choir"]


def examples_of(count=96):
    """Half sell, on each host as many; two in three are bare."""
    made = []
    for n in range(count):
        sells, host = n % 2 == 0, HOSTS[n // 2 % len(HOSTS)].format(n=n)
        trade, slug = list(TRADES.items())[n // 12 % 4]
        link = f"https://{host}/{slug if sells else HONEST[n % 4]}-{n}"
        comment = Comment(text=link if n % 3 else f"see this {link}")
        site = f"site{n % 5}"
        made.append(Example(f"p{n}", comment, sells, SOURCE, f"{trade}-{n}" * sells, site, "en", trade * sells))
    return made


def others_of(count=60):
    texts = ("Play at our casino today", "I liked what you wrote about bees", "A payday loan for everyone", "Thanks!")
    return [Example(f"o{n}", Comment(text=f"{texts[n % 4]} {n}"), n % 2 == 0, "authors", "", "") for n in range(count)]


@pytest.fixture(scope="module")
def lists():
    return loading.load()


@pytest.fixture(scope="module")
def data():
    return assemble(examples_of() + others_of(), {})


def test_a_service_is_known_without_its_customers(lists):
    comment = Comment(text="https://me.github.io/a https://shop.blogspot.co.uk/b", author_url="https://ex.co.uk/")
    assert unseen.services_of(comment, lists) == ("github.io", "blogspot.co.uk", "ex.co.uk")


@pytest.mark.parametrize(
    ("fields", "trades"),
    [
        ({"trade": "pets", "campaign": "casino-1"}, {"pets"}),
        ({"trade": "", "campaign": "flights-2"}, {"gambling", "flights"}),
        ({"trade": "", "campaign": ""}, {"gambling"}),
        ({"is_spam": False}, set()),
    ],
    ids=["told", "by-words-and-campaign", "by-words", "ham"],
)
def test_what_spam_sells(lists, fields, trades):
    example = Example("a", Comment(text="https://x.com/%63asino"), True, "links", "", "")
    assert unseen.trades_of(replace(example, **fields), lists) == trades


def test_groups_are_of_about_the_same_size():
    sizes = {f"n{n}": n for n in range(1, 40)}
    filled = Counter()
    for name, group in unseen.dealt(sizes).items():
        filled[group] += sizes[name]
    assert len(filled) == unseen.GROUPS
    assert max(filled.values()) - min(filled.values()) < 5


def test_no_row_is_judged_by_a_model_that_has_seen_its_host_or_its_trade(data, lists, monkeypatch):
    fitted, judged = [], []
    original = Dataset.fitted_on

    def fitted_on(self, rows):
        fitted.append({self.examples[row].id for row in rows})
        return original(self, rows)

    def worst_links(data, model, rows):
        judged.append({data.examples[row].id for row in rows})
        return np.full(len(rows), np.nan)

    monkeypatch.setattr(Dataset, "fitted_on", fitted_on)
    monkeypatch.setattr(path_benchmark, "worst_links", worst_links)
    report = path_benchmark.run(data, len(data.examples), lists)

    known = {example.id: example for example in data.examples}
    for trained, tested in zip(fitted[-len(judged) :], judged, strict=True):
        hosts = {unseen.services_of(known[i].comment, lists)[0] for i in tested}
        trades = {known[i].trade for i in tested} - {""}
        for example in (known[i] for i in trained):
            assert not hosts & set(unseen.services_of(example.comment, lists))
            assert not trades & unseen.trades_of(example, lists)
    assert sorted(i for each in judged for i in each) == sorted(row.id for row in report.rows)
    assert len(report.rows) == 96


def test_others_are_left_out_by_trade_only_where_that_is_wanted(data, lists, monkeypatch):
    original, least = Dataset.fitted_on, {}
    for everywhere in (False, True):

        def fitted_on(self, rows, everywhere=everywhere):
            least[everywhere] = min(least.get(everywhere, len(rows)), len(rows))
            return original(self, rows)

        monkeypatch.setattr(Dataset, "fitted_on", fitted_on)
        path_benchmark.run(data, 96, lists, everywhere)
    assert least[True] < least[False]


def test_a_run_tells_each_step(data, lists):
    steps = []
    path_benchmark.run(data, 96, lists, step=lambda: steps.append(1))
    assert len(steps) == STEPS


def judged(identity, is_spam, score, trade="", language="en", kind="bare"):
    return Judged(identity, is_spam, score, trade, language, kind, "x.com", f"https://x.com/{identity}")


REPORT = Report(
    (
        judged("a", True, 0.9, "loans"),
        judged("b", True, 0.5, "loans", "sk"),
        judged("c", True, 0.2, "pets", kind="with words"),
        judged("d", True, 0.1, "pets"),
        judged("e", False, 0.5),
        judged("f", False, 0.1),
    ),
    hold=0.5,
    reject=0.9,
)


def test_figures_stand_beside_their_goals():
    told = {goal.name: (goal.value, goal.is_met) for goal in REPORT.goals}
    assert told == {
        "AUC": (5 / 8, False),
        "honest held": (0.5, False),
        "selling held": (0.5, False),
        "selling rejected": (0.25, False),
    }
    assert replace(REPORT, hold=0.05, reject=0.05).goals[2].is_met


def test_figures_are_told_by_trade_language_and_kind():
    assert {name: (c.spam, c.spam_held, c.ham) for name, c in REPORT.by("trade").items()} == {
        "loans": (2, 2, 0),
        "pets": (2, 0, 0),
    }
    assert list(REPORT.by("language")) == ["en", "sk"]
    assert REPORT.by("kind")["with words"].spam == 1


def test_what_went_wrong_is_told_worst_first():
    assert [row.id for row in REPORT.misses] == ["d", "c"]
    assert [row.id for row in REPORT.false_alarms] == ["e"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("https://x.com/casino", "bare"),
        ("  [url]https://x.com/casino[/url] !", "bare"),
        ("[url=https://x.com/casino]more[/url]", "with words"),
        ("链接：https://x.com/casino", "with words"),
    ],
)
def test_a_bare_link_has_no_words_beside_it(lists, text, kind):
    assert kind_of(Comment(text=text), lists) == kind


def test_the_same_part_of_other_corpora_trains_every_time():
    many = [Example(f"x{n}", Comment(text="a"), False, "s", "", "") for n in range(1000)]
    part = one_in_five(many)
    assert abs(len(part) - 1000 / 5) < 60
    assert one_in_five(list(reversed(many))) == list(reversed(part))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"trade": ""}, "Its trade is not told"),
        ({"comment": Comment(text="no link")}, "It has no link"),
        ({"source": "links"}, "It needs spam and ham"),
    ],
)
def test_rows_that_cannot_be_tested_are_a_sentence(lists, change, said):
    rows = [replace(each, **change) if each.is_spam else each for each in examples_of(8)]
    with pytest.raises(ExamplesUnusable, match=said):
        path_benchmark.run(assemble(rows, {}), 8, lists)


def test_the_fields_of_a_record_are_read(tmp_path):
    (tmp_path / "a.jsonl").write_text(
        '{"text": "x", "label": "spam", "language": "sk", "trade": "loans"}\n{"text": "y", "label": "ham"}'
    )
    first, second = read_examples([tmp_path])
    assert (first.language, first.trade, second.language, second.trade) == ("sk", "loans", "", "")
