"""A moderator at work, in a real browser: with keys, with the mouse, with a thumb, and without JavaScript."""

import re

import pytest

from app.commands import opening
from app.web.review.passwords import HASHER
from tests.e2e.review.conftest import PASSWORD, PHONE, all_lines, playwright

TAB = "/review?tab=spam&order=oldest"
SAVED = re.compile("^Marked as (not )?spam\\.Undo$")


def expect(locator):
    return playwright.expect(locator)


def current(page):
    return page.locator(".line.current")


def id_of(locator):
    return locator.get_attribute("data-id")


def settled(page):
    """Waits until the service has said that the last act is on disk."""
    expect(page.locator("#status")).to_have_text(SAVED)


def decisions(service, id):
    with service.store() as store:
        return [step.decision.label for step in store.item(id, opening.now()).steps]


class TestKeys:
    def test_one_key_decides_and_the_next_comment_is_there(self, service):
        page = service.open(TAB)
        first, second = [id_of(line) for line in page.locator(".queue .line").all()[:2]]
        page.keyboard.press("s")

        assert id_of(current(page)) == second
        expect(page.locator(f"[id='{first}']")).to_have_count(0)
        settled(page)
        assert decisions(service, first) == ["spam"]

    def test_focus_goes_with_the_current_comment(self, service):
        page = service.open(TAB)
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")

        lines = page.locator(".queue .line").all()
        assert id_of(current(page)) == id_of(lines[1])
        assert page.evaluate("document.activeElement.dataset.id") == id_of(lines[1])

    def test_undo_brings_back_one_after_the_other(self, service):
        page = service.open(TAB)
        ids = [id_of(line) for line in page.locator(".queue .line").all()[:3]]
        for key in ("s", "a", "s"):
            page.keyboard.press(key)
            settled(page)
        for _ in ids:
            page.keyboard.press("z")
            expect(page.locator("#status")).to_contain_text("Taken back.")
            page.locator("#status").evaluate("status => status.replaceChildren()")

        assert [id_of(line) for line in page.locator(".queue .line").all()[:3]] == ids
        assert [decisions(service, id) for id in ids] == [["spam", None], ["ham", None], ["spam", None]]

    def test_what_was_brought_back_can_be_decided_again(self, service):
        page = service.open(TAB)
        first = id_of(current(page))
        page.keyboard.press("a")
        settled(page)
        page.keyboard.press("Control+z")
        expect(page.locator("#status")).to_contain_text("Taken back.")
        page.keyboard.press("s")
        settled(page)

        assert decisions(service, first) == ["ham", None, "spam"]

    def test_several_are_chosen_and_decided_at_once(self, service):
        page = service.open(TAB)
        ids = [id_of(line) for line in page.locator(".queue .line").all()[:3]]
        for key in ("x", "j", "x", "j", "x", "A"):
            page.keyboard.press(key)
        settled(page)

        assert [service.labels()[id] for id in ids] == ["ham"] * 3
        page.keyboard.press("z")
        expect(page.locator("#status")).to_contain_text("Taken back.")
        assert [service.labels()[id] for id in ids] == [None] * 3

    def test_all_on_the_page_are_chosen_with_one_key(self, service):
        page = service.open(TAB)
        page.keyboard.press("Shift+X")
        lines = page.locator(".queue .line").count()

        assert page.locator(".tick input:checked").count() == lines
        expect(page.locator("[data-count]")).to_have_text(str(lines))

    def test_unsure_goes_on_and_tells_the_others(self, service):
        page = service.open(TAB)
        first = id_of(current(page))
        page.keyboard.press("u")
        expect(page.locator("#status")).to_contain_text("Left as unsure.")

        assert id_of(current(page)) != first
        assert service.labels()[first] is None
        other = service.open(TAB, name="peter")
        expect(other.locator(f"[id='{first}']")).to_contain_text("jana: unsure")

    def test_letters_in_a_field_are_letters(self, service):
        page = service.open(TAB)
        page.keyboard.press("/")
        page.keyboard.type("sass")

        expect(page.locator("#search")).to_have_value("sass")
        assert set(service.labels().values()) == {None}

    def test_keys_of_the_browser_stay_the_browsers(self, service):
        page = service.open(TAB)
        page.keyboard.press("Alt+s")
        page.keyboard.press("Control+Shift+s")

        assert set(service.labels().values()) == {None}

    def test_details_back_and_the_place_is_kept(self, service):
        page = service.open(TAB)
        page.keyboard.press("j")
        chosen = id_of(current(page))
        page.keyboard.press("o")
        page.wait_for_url(f"**/review/{chosen}**")
        page.go_back()

        assert "tab=spam" in page.url

    def test_deciding_on_the_page_of_one_comment_leads_to_the_next(self, service):
        page = service.open(TAB)
        first, second = [id_of(line) for line in page.locator(".queue .line").all()[:2]]
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/review/{first}**")
        page.keyboard.press("s")
        page.wait_for_url(f"**/review/{second}**")

        assert decisions(service, first) == ["spam"]

    def test_a_note_is_written_without_leaving_the_list(self, service):
        page = service.open(TAB)
        first = id_of(current(page))
        page.keyboard.press("n")
        page.locator("#note-text").fill("Ask Peter about this one.")
        page.locator("#note").get_by_role("button", name="Save").click()
        expect(page.locator("#status")).to_contain_text("The note was saved.")

        with service.store() as store:
            assert [note.text for note in store.item(first, opening.now()).notes] == ["Ask Peter about this one."]

    def test_help_shows_the_keys_and_escape_closes_it(self, service):
        page = service.open(TAB)
        page.keyboard.press("?")
        expect(page.locator("#help")).to_be_visible()
        page.keyboard.press("s")
        page.keyboard.press("Escape")

        expect(page.locator("#help")).to_be_hidden()
        assert set(service.labels().values()) == {None}

    def test_tabs_have_numbers_and_pages_have_names(self, service):
        page = service.open(TAB)
        page.keyboard.press("3")
        page.wait_for_url("**tab=passed**")
        page.keyboard.press("g")
        page.keyboard.press("q")
        page.wait_for_url(re.compile("/review$"))

    def test_one_at_a_time_shows_one(self, service):
        page = service.open(TAB)
        page.keyboard.press("f")
        assert page.locator(".queue .line:visible").count() == 1
        first = id_of(current(page))
        page.keyboard.press("s")
        settled(page)

        assert page.locator(".queue .line:visible").count() == 1
        assert id_of(current(page)) != first
        assert "view=focus" in page.url

    def test_switched_off_no_key_does_anything(self, service):
        page = service.open(TAB)
        with service.store() as store:
            store.set_preferences("jana", opening.now(), language="en", zone="UTC", keys={"on": False})
        page.reload()
        for key in ("s", "a", "x", "?"):
            page.keyboard.press(key)

        assert set(service.labels().values()) == {None}
        assert page.locator("kbd:visible").count() == 0

    def test_the_queue_is_emptied_page_by_page(self, make_service):
        service = make_service(140)
        page = service.open("/review?tab=spam&order=oldest")
        before = page.locator(".queue .line").count()
        page.keyboard.press("Shift+X")
        page.keyboard.press("Shift+S")
        page.wait_for_load_state()
        expect(page.locator(".queue .line").first).to_be_visible()

        assert sum(label == "spam" for label in service.labels().values()) == before == 50


class TestConflicts:
    def test_who_is_second_is_told_by_whom_it_was_decided(self, service):
        jana, peter = service.open(TAB), service.open(TAB, name="peter")
        first = id_of(current(jana))
        peter.locator("body").evaluate("body => body.dataset.decision = '9999999'")  # not told of it in time
        jana.keyboard.press("s")
        settled(jana)
        peter.keyboard.press("a")

        expect(peter.locator("#status")).to_contain_text("Already decided by jana.")
        assert decisions(service, first) == ["spam"]
        service.console.remove("Failed to load resource: the server responded with a status of 409 (Conflict)")

    def test_what_another_settles_leaves_the_page_by_itself(self, service):
        jana, peter = service.open(TAB), service.open(TAB, name="peter")
        first = id_of(current(jana))
        jana.keyboard.press("s")
        settled(jana)

        expect(peter.locator(f"[id='{first}']")).to_have_count(0, timeout=10_000)
        expect(peter.locator("#status")).to_contain_text("Settled by jana.")

    def test_a_session_that_ends_in_the_middle_loses_nothing(self, service):
        page = service.open("/review?tab=spam&order=oldest", name="")
        with service.store() as store:
            store.add_moderator("ewa", "moderator", opening.now())
        give_password(service, "ewa")
        sign_in(page, "ewa")
        page.goto(TAB)
        first = id_of(current(page))
        page.context.clear_cookies()
        page.keyboard.press("s")
        dialog = page.locator("#again")
        expect(dialog).to_be_visible()
        dialog.locator("[type=password]").fill("not this one")
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog.locator(".notice")).to_be_visible()
        dialog.locator("[type=password]").fill(PASSWORD)
        dialog.get_by_role("button", name="Sign in").click()
        settled(page)

        assert decisions(service, first) == ["spam"]
        page.keyboard.press("a")  # and the new session goes on
        settled(page)
        service.console.clear()  # the browser names each 401 itself

    def test_a_service_that_is_gone_brings_the_row_back_with_the_reason(self, service):
        page = service.open(TAB)
        first = id_of(current(page))
        page.context.set_offline(True)
        page.keyboard.press("s")

        expect(page.locator(f"[id='{first}']")).to_be_visible()
        expect(page.locator("#status")).to_contain_text("It was not saved, and is back in the list.")
        page.context.set_offline(False)
        page.keyboard.press("s")
        settled(page)
        assert decisions(service, first) == ["spam"]
        service.console.clear()


class TestPhone:
    def test_a_swipe_to_the_left_is_spam_and_to_the_right_is_not(self, service):
        page = service.open(TAB, **PHONE)
        ids = [id_of(line) for line in page.locator(".queue .line").all()[:2]]
        swipe(page, page.locator(f"[id='{ids[0]}']"), -200)
        settled(page)
        swipe(page, page.locator(f"[id='{ids[1]}']"), 200)
        expect(page.locator("#status")).to_have_text("Marked as not spam.Undo")

        assert [service.labels()[id] for id in ids] == ["spam", "ham"]

    def test_a_small_movement_decides_nothing(self, service):
        page = service.open(TAB, **PHONE)
        swipe(page, current(page), -40)

        assert set(service.labels().values()) == {None}

    def test_nothing_is_wider_than_the_screen(self, service):
        page = service.open(TAB, **PHONE)

        assert page.evaluate("document.documentElement.scrollWidth") <= 390

    def test_every_button_is_large_enough_for_a_thumb(self, service):
        page = service.open(TAB, **PHONE)
        boxes = [button.bounding_box() for button in page.locator(".line.current button:visible").all()]

        assert boxes
        assert [box for box in boxes if box["height"] < 44 or box["width"] < 44] == []


def swipe(page, line, by):
    box = line.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 60
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + by * step / 5, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


class TestWithoutJavaScript:
    def test_a_button_decides_and_the_notice_takes_it_back(self, service):
        page = service.open(TAB, java_script_enabled=False)
        first = id_of(page.locator(".queue .line").first)
        page.locator(f"[id='{first}']").get_by_role("button", name="Not spam").click()

        expect(page.locator("main .notice")).to_contain_text("1 comment was marked as not spam.")
        assert decisions(service, first) == ["ham"]
        assert "tab=spam" in page.url
        page.locator("main .notice").get_by_role("button", name="Undo").click()
        expect(page.locator(f"[id='{first}']")).to_be_visible()
        assert decisions(service, first) == ["ham", None]

    def test_ticked_ones_are_decided_together(self, service):
        page = service.open(TAB, java_script_enabled=False)
        ids = [id_of(line) for line in page.locator(".queue .line").all()[:3]]
        for id in ids:
            page.locator(f"[id='{id}'] [type=checkbox]").check()
        page.locator("#ticked").get_by_role("button", name=re.compile("^✕ Spam")).click()

        expect(page.locator("main .notice")).to_contain_text("3 comments were marked as spam.")
        assert [service.labels()[id] for id in ids] == ["spam"] * 3

    def test_who_is_second_is_told(self, service):
        page = service.open(TAB, java_script_enabled=False)
        first = id_of(page.locator(".queue .line").first)
        with service.store() as store:
            store.decide({first: 0}, "ham", "peter", opening.now())
        page.locator(f"[id='{first}']").get_by_role("button", name="Spam", exact=False).first.click()

        expect(page.locator("h1")).to_have_text("Somebody else was quicker")
        expect(page.locator("main")).to_contain_text("peter")
        service.console.clear()

    def test_a_session_that_has_ended_asks_to_sign_in_and_then_does_it(self, service):
        with service.store() as store:
            store.add_moderator("ewa", "moderator", opening.now())
        give_password(service, "ewa")
        page = service.open("/review", name="", java_script_enabled=False)
        sign_in(page, "ewa")
        page.goto(TAB)
        first = id_of(page.locator(".queue .line").first)
        page.context.clear_cookies()
        page.locator(f"[id='{first}']").get_by_role("button", name="Not spam").click()
        sign_in(page, "ewa")
        page.locator("main").get_by_role("button").first.click()

        assert decisions(service, first) == ["ham"]
        service.console.clear()


def give_password(service, name):
    with service.store() as store:
        store.set_password(name, HASHER.hash(PASSWORD), opening.now())


def sign_in(page, name):
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()


class TestAllOfAFilter:
    @pytest.mark.parametrize("with_javascript", [True, False], ids=["with", "without"])
    def test_above_a_hundred_it_asks_first_and_then_does_all_that_was_shown(
        self, make_service, with_javascript, judged
    ):
        service = make_service(400)
        page = service.open("/review?tab=spam", java_script_enabled=with_javascript)
        with service.store() as store:
            shown = [line.id for line in all_lines(store) if line.tab == "spam"]
            later = judged(30, seed=9)
            newer = [record for record in later if record.classification.action in ("reject", "discard")]
            store.record([type(record)(**{**vars_of(record), "id": "d" + record.id}) for record in newer])
        bulk = page.locator("form[action='/review/bulk']")
        bulk.get_by_role("button", name=re.compile("Spam", re.I)).first.click()
        expect(page.locator("h1")).to_have_text(f"Decide on {len(shown)} comments?")
        page.get_by_role("button", name="Mark all as spam").click()
        for _ in range(50):
            if page.locator("main .notice", has_text="Finished.").count():
                break
            page.wait_for_timeout(200)
            page.reload()
        labels = service.labels()

        assert len(shown) > 100
        assert {labels[id] for id in shown} == {"spam"}
        assert {label for id, label in labels.items() if id not in shown} == {None}
        page.get_by_role("button", name="Undo all of it").click()
        for _ in range(50):
            if page.locator("main .notice", has_text="All of it was taken back.").count():
                break
            page.wait_for_timeout(200)
            page.reload()
        assert set(service.labels().values()) == {None}


def vars_of(record):
    return {name: getattr(record, name) for name in record.__dataclass_fields__}
