"""What an audit finds: who is a finding, campaigns, and what is counted."""

from dataclasses import replace

import pytest

from app.audit import report
from app.core.comment import Comment, Rule, Thresholds
from app.core.verdict import Override
from app.store.records import Decision, Record
from app.store.sql import temporary_store
from tests.audit.conftest import CASINO, HONEST, NOW
from tests.store.conftest import CLASSIFICATION

OFFER = "Earn {} dollars a week from home with our proven system, ask {} for details: https://cash.example/go"


def ids(findings):
    return [finding["id"] for _, finding in findings.all()]


def test_the_casino_link_is_found_and_the_honest_comment_is_not(audited):
    found = audited([{"id": "1", "comment_id": "1", "text": HONEST}, {"id": "2", "comment_id": "2", "text": CASINO}])

    ((_, finding),) = found.findings.all()
    assert found.findings.comments == 2
    assert (finding["id"], finding["text"], finding["author"], finding["verdict"]) == ("2", CASINO, "", "spam")
    assert finding["reasons"][0]["code"] == "link.path.gambling"


def test_only_what_visitors_see_is_looked_at(audited):
    rows = [
        {"id": each, "text": CASINO, "status": each} for each in ("approved", "published", "pending", "spam", "trash")
    ]

    assert audited(rows).findings.comments == 2
    assert audited(rows, everything=True).findings.comments == 5


def test_at_least_replaces_the_threshold(audited):
    rows = [{"text": HONEST}, {"text": CASINO}]

    assert len(audited(rows, at_least=0.0).findings) == 2
    assert len(audited(rows, at_least=1.0).findings) == 0


def test_who_runs_the_site_is_no_finding_whatever_the_score(audited):
    rows = [{"text": CASINO, "author_role": "administrator"}, {"text": CASINO, "author_role": "subscriber"}]

    assert len(audited(rows, at_least=0.1).findings) == 1


def test_worst_first_and_of_equals_the_earlier_one(audited):
    rows = [{"id": str(number), "comment_id": str(number), "text": CASINO} for number in range(3)]
    found = audited([{"id": "h", "comment_id": "h", "text": HONEST}, *rows], at_least=0.0)

    assert ids(found.findings) == ["0", "1", "2", "h"]


def test_a_wave_is_one_card_and_names_its_others(audited):
    wave = [{"comment_id": str(each), "text": OFFER.format(each, each)} for each in range(30)]
    found = audited([*wave, {"comment_id": "h", "text": HONEST}, {"comment_id": "c", "text": CASINO}]).findings

    heads = list(found.heads())
    assert (len(found), found.head_count(), len(heads), found.campaigns) == (31, 2, 2, 1)
    number = next(number for number, finding in heads if finding["text"] != CASINO)
    campaign = found.campaign_of(number)
    assert (campaign.findings, campaign.let_through) == (30, 0)
    assert len(found.others_of(number, 20)) == 20
    assert len({each["id"] for each in found.others_of(number, 100)}) == 29


def test_copies_that_were_all_let_through_are_told(audited):
    found = audited([{"comment_id": str(each), "text": HONEST} for each in range(4)]).findings

    ((count, first),) = found.unflagged_copies(3, 10)
    assert (len(found), count, first["id"]) == (0, 4, "0")


def test_totals(audited):
    rows = [
        {"text": CASINO, "author": "Max", "page_url": "https://a.example/1", "posted_at": "2021-01-01"},
        {"text": CASINO, "author": "Max", "page_url": "https://a.example/2", "posted_at": "2022-01-01"},
        {"text": HONEST, "posted_at": "2022-06-01"},
        {"text": HONEST},
    ]
    found = audited(rows)
    summary = report.summary_of(found.findings, report.tally_of(found.findings), 0, found.setting.about)

    assert summary["years"] == [
        {"year": 2021, "findings": 1, "comments": 1},
        {"year": 2022, "findings": 1, "comments": 2},
        {"year": 0, "findings": 0, "comments": 1},
    ]
    assert summary["domains"] == [{"name": "myget.org", "findings": 2}]
    assert summary["authors"] == [{"name": "Max", "findings": 2}]
    assert (summary["verdicts"], summary["campaigns"]) == ({"spam": 2, "unsure": 0, "ham": 0}, 1)


def test_names_that_are_counted_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("app.audit.findings.MAX_COUNTED", 10)
    tally = report.Tally()
    for number in range(100):
        tally.add({"author": f"n{number}", "verdict": "spam"})
        tally.add({"author": "often", "verdict": "spam"})

    assert tally.authors["often"] == 100
    assert len(tally.authors) <= 11


def test_a_line_that_cannot_be_read_is_reported_with_its_place(audited, tmp_path):
    (tmp_path / "bad.jsonl").write_text(f'{{"text": "{CASINO}"}}\nnot json\n{{"text": "{HONEST}"}}\n')
    found = audited(None, path=tmp_path / "bad.jsonl")

    assert [each["where"] for each in found.findings.skipped()] == ["line 2"]
    assert (found.spool.skipped, found.findings.comments, len(found.findings)) == (1, 2, 1)


@pytest.fixture
def store():
    """Five comments with the same casino link, and what has become of each; an honest one."""
    let_through = replace(CLASSIFICATION, action="publish", verdict="ham", override=Override("allow", "host", "x"))
    with temporary_store() as store:
        store.add_site("blog", "k7f2m9q4x1z8", NOW)
        store.add_site("shop", "k7f2m9q4x1z9", NOW)
        for id, answer, site in [
            ("c_let", let_through, "blog"), ("c_called_spam", let_through, "blog"), ("c_called_ham", CLASSIFICATION, "blog"),
            ("c_held", replace(CLASSIFICATION, action="hold"), "blog"), ("c_shop", let_through, "shop"),
        ]:  # fmt: skip
            store.record([Record(id, site, NOW, Comment(text=CASINO, comment_id=id[2:]), answer)])
        store.record([Record("c_honest", "blog", NOW, Comment(text=HONEST), let_through)])
        store.add_decision("blog", "c_called_spam", Decision("spam", "jana", NOW, "moderator"))
        store.add_decision("blog", "c_called_ham", Decision("ham", "jana", NOW, "moderator"))
        yield store


def test_of_a_store_what_is_public_is_found_and_a_moderator_is_believed(audited, store):
    found = audited(None, store=store).findings

    assert sorted(ids(found)) == ["c_let", "c_shop"]
    assert (found.comments, found.disagreements) == (4, 1)


def test_all_of_a_store(audited, store):
    found = audited(None, store=store, everything=True).findings

    assert sorted(ids(found)) == ["c_called_ham", "c_called_spam", "c_held", "c_let", "c_shop"]
    assert found.disagreements == 0


def test_one_site_of_a_store_with_its_thresholds(audited, store):
    assert ids(audited(None, store=store, site="shop").findings) == ["c_shop"]

    store.set_thresholds("shop", Thresholds(0.9999999, 0.99999999, 1.0))
    assert ids(audited(None, store=store, site="shop").findings) == []


def test_the_rules_of_a_site_hold_for_its_store_and_not_for_an_export(audited, store):
    store.add_rule("shop", Rule("allow", "registrable_domain", "myget.org"), NOW)

    assert ids(audited(None, store=store, site="shop").findings) == []
    assert len(audited([{"text": CASINO}], store=store, site="shop").findings) == 1
