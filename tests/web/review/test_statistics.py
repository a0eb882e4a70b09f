"""The statistics page, through the whole application."""

import re
from datetime import timedelta
from html import unescape

import pytest

from app.core.comment import Comment, Thresholds
from app.core.policy import by_threshold
from app.core.times import shifted
from app.core.verdict import Classification, Reason
from app.store.records import Decision, Record
from app.web.review.windows import WINDOWS, window_of, zone_of
from tests.web.conftest import wired

NOW = "2026-11-30T21:00:00.000Z"
PATH = "/review/statistics"
LIMITS = Thresholds(0.35, 0.8, 0.995)


@pytest.fixture
def at_nine(client):
    """The application at NOW, with the sites blog and shop."""
    wired(client).now = lambda: NOW
    return client


@pytest.fixture
def add(at_nine):
    """add(score, label=None, n=1, ...): n comments with that score, each with that decision."""
    store, numbers = wired(at_nine).store, iter(range(10_000))

    def adding(score, label=None, n=1, *, site="blog", at="2026-11-30T10:00:00.000Z", by="jana", code="text.words"):
        verdict, action = by_threshold(score, LIMITS)
        reason = Reason(code, "Because.", 1.0, "", 0, 0, "", 0.1)
        told = Classification(score, verdict, action, LIMITS, None, "So.", (reason,), (), (), (), "2026-11-30.3")
        made = [Record(f"c_{next(numbers)}", site, at, Comment(text="Hi"), told) for _ in range(n)]
        store.record(made)
        for number, each in enumerate(made if label else []):
            decided_at = f"2026-11-30T11:{number // 60 % 60:02}:{number % 60:02}.000Z"
            store.add_decision(site, each.id, Decision(label, by, decided_at, "moderator"))

    return adding


def text_of(html):
    """What a reader sees of a page, blanks as one."""
    body = html.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split()).replace("\u202f", " ").replace(" ,", ",")


def shown(visitor, query=""):
    answer = visitor.get(f"{PATH}{query}")
    assert answer.status_code == 200
    return text_of(answer.text)


class TestWho:
    def test_nobody_sees_it_without_signing_in(self, client, make_visitor):
        visitor = make_visitor(client)
        visitor.cookies.clear()

        answer = visitor.get(PATH)
        assert (answer.status_code, answer.headers["location"][:15]) == (303, "/review/sign-in")

    def test_a_viewer_sees_it_and_has_no_button_that_sets(self, at_nine, add, make_visitor):
        add(0.4, "ham")
        page = make_visitor(at_nine, role="viewer").get(f"{PATH}?site=blog&hold=0.5").text

        assert "Set these thresholds" not in page
        assert "An admin can set them." in page


class TestEmpty:
    def test_a_new_installation_is_told_what_will_be_here(self, at_nine, make_visitor):
        page = shown(make_visitor(at_nine))

        assert "Nothing came in during this time" in page
        assert "As soon as a CMS sends comments" in page
        assert "Nothing waits for a moderator." in page
        assert "0 comments" not in page

    def test_comments_without_decisions_make_sentences_and_no_empty_pictures(self, at_nine, add, make_visitor):
        add(0.1, n=3)
        answer = make_visitor(at_nine).get(f"{PATH}?site=blog")
        page = text_of(answer.text)

        assert "Nobody has decided on a comment of this time yet." in page
        assert "No moderator has decided anything here during this time." in page
        assert "Once some comments have been decided" in page
        assert 'id="mistakes-title"' not in answer.text

    def test_what_waits_shows_though_nothing_came_in(self, at_nine, add, make_visitor):
        add(0.5, at="2026-01-02T03:04:00.000Z")

        page = shown(make_visitor(at_nine), "?days=7")
        assert "Nothing came in during this time" in page
        assert "1 comment waits. The oldest came in on 2026-01-02 03:04." in page


class TestNumbers:
    def test_what_came_in_and_what_became_of_it(self, at_nine, add, make_visitor):
        add(0.1, n=6)
        add(0.1, "spam", n=2)
        add(0.5, "ham", n=3)
        add(0.9, n=4)
        page = shown(make_visitor(at_nine), "?site=blog")

        assert "Comments 15 Held or worse 7 Decided by people 5 Wrongly held back 3 Spam published 2" in page
        assert "Nobody had to look at 10 of 15 comments (67 %). At 1.0 s a decision" in page
        assert "Of 3 decided comments that had been held back, 3 were not spam; of 2 decided to be spam, 2 had" in page
        assert "3 of 3: 100 % (44 % to 100 %)" in page

    def test_sites_apart_and_together(self, at_nine, add, make_visitor):
        add(0.1, n=2)
        add(0.1, n=3, site="shop")
        visitor = make_visitor(at_nine)

        told = [
            re.search(r"Comments (\d+) Held", shown(visitor, query))[1] for query in ("", "?site=blog", "?site=shop")
        ]
        assert told == ["5", "2", "3"]

    @pytest.mark.parametrize(("days", "comments"), [(7, 1), (30, 2), (90, 3), (365, 4)])
    def test_the_window(self, at_nine, add, make_visitor, days, comments):
        for at in ("2026-11-30", "2026-11-10", "2026-09-20", "2026-01-10", "2025-09-01"):
            add(0.1, at=f"{at}T10:00:00.000Z")

        assert f"Comments {comments} Held" in shown(make_visitor(at_nine), f"?days={days}")

    def test_days_are_those_of_the_moderators_zone(self, at_nine, add, make_visitor):
        add(0.1, at="2026-11-30T03:00:00.000Z")
        visitor = make_visitor(at_nine)
        visitor.cookies.set("winnow-zone", "America/Los_Angeles")

        assert "1 comments; the most in a day, 1, on 2026-11-29." in shown(visitor)

    def test_a_reason_is_said_in_words_with_how_often_it_was_right(self, at_nine, add, make_visitor):
        add(0.9, "spam", n=4)
        add(0.9, "ham", n=1)
        add(0.9, "ham", n=4, code="text.spelling")

        page = shown(make_visitor(at_nine), "?site=blog")
        sentence = wired(at_nine).lists.reasons["text.words"][0]
        assert re.search(re.escape(sentence) + r" [^a-z]*4 of 5 80 % \(38 % to 96 %\)", page)
        assert wired(at_nine).lists.reasons["text.spelling"][0] not in page  # spoke in fewer than five

    @pytest.mark.parametrize("query", ["?days=0", "?days=x", "?days=1000000", "?days="])
    def test_other_windows_are_the_usual_one(self, at_nine, make_visitor, query):
        page = make_visitor(at_nine).get(PATH + query).text

        assert re.findall(r'days=(\d+)" aria-current="true"', page) == ["30"]

    def test_a_site_that_is_not_there_is_no_page(self, at_nine, make_visitor):
        assert make_visitor(at_nine).get(f"{PATH}?site=none").status_code == 404

    def test_the_page_needs_nothing_that_its_policy_forbids(self, at_nine, add, make_visitor):
        add(0.5, "ham", n=5)
        answer = make_visitor(at_nine).get(f"{PATH}?site=blog")

        assert re.findall(r"<style|\sstyle=|\son[a-z]+=\"|<script(?! type=\"module\" src=)", answer.text) == []
        assert len(re.findall(r"<h1", answer.text)) == 1
        ids = re.findall(r'\sid="([^"]+)"', answer.text)
        assert len(ids) == len(set(ids))


class TestThresholds:
    @pytest.fixture
    def history(self, add):
        add(0.1, n=50)
        add(0.4, "ham", n=2)
        add(0.7, "ham", n=1)
        add(0.72, "spam", n=2)
        add(0.85, n=5)

    def test_what_others_would_have_changed(self, at_nine, history, make_visitor):
        page = shown(make_visitor(at_nine), "?site=blog&hold=0.71&reject=0,82")

        assert "Held back from 0.71 on: " in page
        stands = wired(at_nine).model.thresholds
        fewer = 3 if stands.hold <= 0.4 else 1
        assert f"{fewer} fewer ({fewer} not spam)." in page
        assert re.search(r"Rejected from 0\.82 on: \d+ fewer \(|Rejected from 0\.82 on: no change", page)

    def test_of_all_sites_there_are_no_thresholds_to_try(self, at_nine, history, make_visitor):
        assert "Choose a site above to see what others would change." in shown(make_visitor(at_nine))

    @pytest.mark.parametrize(
        ("hold", "reject", "said"),
        [
            ("1.5", "", "A threshold is a number from 0 to 1"),
            ("nan", "", "A threshold is a number from 0 to 1"),
            ("-0.1", "0.5", "A threshold is a number from 0 to 1"),
            ("a lot", "", "A threshold is a number from 0 to 1"),
            ("0.9", "0.5", "the first may not be above the second"),
        ],
    )
    def test_what_cannot_be_is_refused_with_a_sentence(self, at_nine, history, make_visitor, hold, reject, said):
        visitor = make_visitor(at_nine, role="admin")
        page = visitor.get(PATH, params={"site": "blog", "hold": hold, "reject": reject}).text
        assert said in page
        assert "Set these thresholds" not in page

        visitor.post(f"{PATH}/thresholds", data={"site": "blog", "hold": hold, "reject": reject})
        assert wired(at_nine).store.thresholds("blog") is None

    def test_an_admin_sets_them_and_it_is_written_down(self, at_nine, history, make_visitor):
        visitor, store = make_visitor(at_nine, role="admin"), wired(at_nine).store
        answer = visitor.post(f"{PATH}/thresholds", data={"site": "blog", "days": "90", "hold": "0.5", "reject": "0.9"})

        assert (answer.status_code, answer.headers["location"]) == (303, f"{PATH}?site=blog&days=90&done=thresholds")
        discard = max(0.9, wired(at_nine).model.thresholds.discard)
        assert store.thresholds("blog") == Thresholds(0.5, 0.9, discard)
        (entry,) = store.audit_log(act="site-thresholds")
        assert (entry.by, entry.site, entry.at) == ("jana", "blog", NOW)
        assert (entry.detail["from"]["hold"], entry.detail["to"]["hold"]) == (None, 0.5)
        page = shown(visitor, "?site=blog&done=thresholds")
        assert "The thresholds were set." in page
        assert "The site has its own thresholds: held from 0.5, rejected from 0.9" in page

    @pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("moderator", 403), ("admin", 303)])
    def test_only_an_admin_may(self, at_nine, make_visitor, role, status):
        answer = make_visitor(at_nine, role=role).post(f"{PATH}/thresholds", data={"site": "blog", "hold": "0.5"})

        assert answer.status_code == status
        assert (wired(at_nine).store.thresholds("blog") is None) is (status == 403)

    def test_a_form_from_elsewhere_changes_nothing(self, at_nine, make_visitor):
        visitor = make_visitor(at_nine, role="admin")
        visitor.headers["Origin"] = "https://evil.example"

        assert visitor.post(f"{PATH}/thresholds", data={"site": "blog", "hold": "0.5"}).status_code == 403
        assert wired(at_nine).store.thresholds("blog") is None

    def test_without_a_site_there_is_nothing_to_set(self, at_nine, make_visitor):
        visitor = make_visitor(at_nine, role="admin")

        assert visitor.post(f"{PATH}/thresholds", data={"hold": "0.5"}).status_code == 404

    def test_too_few_good_comments_leave_the_models_and_say_so(self, at_nine, history, make_visitor):
        page = shown(make_visitor(at_nine), "?site=blog")

        assert "1 in 100 can be told from 300 comments that are not spam, and there are 53." in page
        assert page.count("the model's") >= 4

    def test_enough_give_the_sites_own_and_say_how_they_were_counted(self, at_nine, add, make_visitor):
        add(0.1, n=297)
        add(0.5, "ham", n=2)
        add(0.6, "ham", n=1)
        add(0.7, "spam", n=4)
        add(0.55, n=1)
        page = shown(make_visitor(at_nine), "?site=blog")

        assert "1 in 100 0.5001 your comments 1 of 300: 0.4 % (0.07 % to 2 %) 0 of 5: 0 % Try it" in page
        assert "and 297 that were published and on which nobody decided." in page
        assert "Left out: 1 held comments on which nobody decided yet. Each decided one stands for 1.14" in page


class TestWindows:
    @pytest.mark.parametrize("days", WINDOWS)
    @pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York", "Europe/Bratislava", "Nowhere/None"])
    def test_spans_touch_and_reach_from_the_first_day_over_now(self, days, zone):
        window = window_of(NOW, days, zone_of(zone))

        assert all(one.until == other.since for one, other in zip(window.spans, window.spans[1:], strict=False))
        assert window.spans[-1].since <= NOW < window.spans[-1].until
        covered = (window.first_days[-1] - window.first_days[0]).days + (7 if window.is_by_week else 1)
        assert days <= covered < days + 14
        assert not window.is_by_week or {day.weekday() for day in window.first_days} == {0}

    def test_a_day_on_which_clocks_change_is_as_long_as_it_is(self):
        window = window_of("2026-10-26T12:00:00.000Z", 7, zone_of("Europe/Bratislava"))

        assert (window.spans[-2].since, window.spans[-2].until) == (
            "2026-10-24T22:00:00.000Z",
            "2026-10-25T23:00:00.000Z",
        )


class TestDrift:
    def test_the_page_says_whether_scores_are_spread_as_before(self, client, make_visitor):
        wiring = wired(client)
        for day in range(63):
            at = shifted(wiring.now(), timedelta(days=-day, hours=-1))
            scores = [0.02] * 36 if day >= 7 else [0.95] * 36
            wiring.store.record([_scored(f"c_{day}-{n}", at, score) for n, score in enumerate(scores)])

        page = make_visitor(client).get("/review/statistics?days=7").text
        drift = page.partition('id="drift"')[2].partition("</section>")[0]

        assert "are spread quite otherwise than in the eight weeks before" in drift
        assert "Decided comments are no random sample" in drift
        assert '<bdi>0.9–0.97</bdi></th><td class="number">252 (100 %)</td><td class="number">0 (0 %)</td>' in drift

    def test_of_few_scores_it_says_so(self, client, make_visitor):
        client.post("/classify", json={"text": "Hello"})

        assert "Too few scores to tell" in make_visitor(client).get("/review/statistics").text


def _scored(id, at, score):
    told = Classification(score, "ham", "publish", LIMITS, None, "So.", (), (), (), (), "m")
    return Record(id, "blog", at, Comment(text=id), told)
