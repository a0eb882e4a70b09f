"""Moderators, their sessions and links, failed sign-ins, and the audit of all of it."""

import threading
from datetime import timedelta

import pytest

from app.core.times import shifted
from app.errors import LastAdmin, ModeratorExists, ModeratorUnknown
from app.store.accounts import (
    FREE_PER_NAME,
    FREE_PER_NETWORK,
    LONGEST_WAIT_S,
    Moderator,
    Seen,
    Session,
    token_hash,
)
from app.store.audit import ACTS, Entry
from app.store.sql import SqlStore
from app.store.sql_audit import write_audit

AT = "2026-11-30T10:00:00.000Z"
LATER = "2026-11-30T11:00:00.000Z"
HASH = "$argon2id$v=19$m=19456,t=2,p=1$a$b"
NETWORK = "203.0.113.0/24"


@pytest.fixture
def store(sql_store: SqlStore) -> SqlStore:
    """With an admin, root, who made two others."""
    sql_store.add_moderator("root", "admin", AT)
    sql_store.add_moderator("jana", "moderator", AT, "root")
    sql_store.add_moderator("Žofia", "viewer", AT, "root")
    return sql_store


def session_of(name: str, token: str, created_at: str = AT) -> Session:
    return Session(token_hash(token), name, created_at, created_at, "Firefox")


def acts(store: SqlStore, **wanted) -> list[tuple[str, str, str]]:
    return [(entry.by, entry.act, entry.subject) for entry in store.audit_log(**wanted)]


class TestModerators:
    def test_somebody_new_has_no_password_and_was_never_here(self, store):
        assert store.moderators()[0] == Seen(Moderator("jana", "moderator", created_at=AT), "")

    def test_they_come_by_name_in_the_order_of_code_points(self, store):
        assert [seen.moderator.name for seen in store.moderators()] == ["jana", "root", "Žofia"]

    @pytest.mark.parametrize("name", ["jana", "JANA", "žOFIA"])
    def test_a_name_is_taken_once_in_whatever_capitals(self, store, name):
        with pytest.raises(ModeratorExists, match="There is a moderator of that name already"):
            store.add_moderator(name, "admin", LATER)

        assert len(store.moderators()) == 3

    @pytest.mark.parametrize(("typed", "written"), [("Jana", "jana"), ("ŽOFIA", "Žofia")])
    def test_capitals_do_not_matter_to_who_signs_in(self, store, typed, written):
        store.set_password(written, HASH, AT)

        assert store.moderator(typed).name == written
        assert store.password_hash(typed) == (written, HASH)

    @pytest.mark.parametrize("name", ["nobody", "", "jan%", "jana\x00", "root"])
    def test_nobody_else_can_sign_in(self, store, name):
        store.set_password("jana", HASH, AT)

        assert store.password_hash(name) == ("", "")

    def test_another_role_counts_at_once(self, store):
        store.add_session(session_of("jana", "t"))

        assert store.set_role("jana", "admin", LATER, "root") is True
        assert store.set_role("jana", "admin", LATER, "root") is False
        assert store.session("t")[1].role == "admin"
        assert store.audit_log(by="root", limit=1)[0].detail == {"from": "moderator", "to": "admin"}

    def test_who_is_disabled_is_signed_out_and_has_no_link(self, store):
        store.set_password("jana", HASH, AT)
        store.add_session(session_of("jana", "t"))
        store.make_invitation("jana", "link", LATER, AT)

        assert store.disable("jana", AT, "root") is True
        assert store.disable("jana", LATER, "root") is False
        assert store.session("t") is None
        assert store.invited("link", AT) is None
        assert store.password_hash("jana") == ("", "")
        assert store.moderator("jana").disabled_at == AT

    def test_who_is_enabled_again_has_the_old_password_and_no_session(self, store):
        store.set_password("jana", HASH, AT)
        store.add_session(session_of("jana", "t"))
        store.disable("jana", AT)

        assert store.enable("jana", LATER) is True
        assert store.enable("jana", LATER) is False
        assert store.password_hash("jana") == ("jana", HASH)
        assert store.session("t") is None

    @pytest.mark.parametrize(
        "leave",
        [
            pytest.param(lambda store: store.disable("root", LATER), id="disabled"),
            pytest.param(lambda store: store.set_role("root", "moderator", LATER), id="another-role"),
        ],
    )
    def test_the_last_admin_stays(self, store, leave):
        with pytest.raises(LastAdmin, match=r"root: .* Make somebody else an admin first\."):
            leave(store)

        assert store.moderator("root").role == "admin"
        assert store.moderator("root").disabled_at is None

    def test_an_admin_who_is_disabled_does_not_count_as_another(self, store):
        store.set_role("jana", "admin", AT)
        store.disable("jana", AT)

        with pytest.raises(LastAdmin):
            store.disable("root", LATER)
        assert store.set_role("jana", "viewer", LATER) is True

    def test_one_of_two_admins_may_go(self, store):
        store.set_role("jana", "admin", AT)

        assert store.disable("root", LATER, "jana") is True

    def test_two_admins_who_disable_each_other_at_once_leave_one(self, store):
        store.set_role("jana", "admin", AT)
        outcomes: list[str] = []
        ready = threading.Barrier(2)

        def disable(name: str) -> None:
            ready.wait()
            try:
                store.disable(name, LATER)
                outcomes.append("done")
            except LastAdmin:
                outcomes.append("refused")

        threads = [threading.Thread(target=disable, args=(name,)) for name in ("root", "jana")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(outcomes) == ["done", "refused"]

    @pytest.mark.parametrize(
        "act",
        [
            pytest.param(lambda store: store.set_role("nobody", "admin", AT), id="role"),
            pytest.param(lambda store: store.disable("nobody", AT), id="disable"),
            pytest.param(lambda store: store.enable("nobody", AT), id="enable"),
            pytest.param(lambda store: store.set_password("nobody", HASH, AT), id="password"),
            pytest.param(lambda store: store.make_invitation("nobody", "t", LATER, AT), id="link"),
            pytest.param(
                lambda store: store.set_preferences("nobody", AT, language="", zone="", keys=None), id="preferences"
            ),
        ],
    )
    def test_nothing_is_done_to_who_is_not_there(self, store, act):
        before = acts(store)

        with pytest.raises(ModeratorUnknown, match="nobody: There is no moderator of that name"):
            act(store)
        assert acts(store) == before

    def test_preferences_are_kept_and_can_be_as_shipped_again(self, store):
        keys = {"on": False, "keys": {"spam": "d"}}
        store.set_preferences("jana", AT, language="sk", zone="Europe/Bratislava", keys=keys)
        jana = store.moderator("jana")
        assert (jana.language, jana.zone, jana.keys) == ("sk", "Europe/Bratislava", keys)

        store.set_preferences("jana", AT, language="", zone="", keys=None)
        jana = store.moderator("jana")
        assert (jana.language, jana.zone, jana.keys) == ("", "", None)

    def test_a_new_password_ends_every_session_and_link_of_that_name_alone(self, store):
        store.add_session(session_of("jana", "one"))
        store.add_session(session_of("jana", "two"))
        store.add_session(session_of("root", "three"))
        store.make_invitation("jana", "link", LATER, AT)

        store.set_password("jana", HASH, LATER)

        assert (store.session("one"), store.session("two")) == (None, None)
        assert store.session("three")[1].name == "root"
        assert store.invited("link", AT) is None

    def test_the_same_password_hashed_anew_ends_nothing(self, store):
        store.set_password("jana", HASH, AT)
        store.add_session(session_of("jana", "t"))

        store.renew_hash("jana", "another", "lost")
        store.renew_hash("jana", HASH, "new")

        assert store.password_hash("jana") == ("jana", "new")
        assert store.session("t") is not None


class TestInvitations:
    def test_a_link_sets_the_password_once(self, store):
        store.make_invitation("jana", "link", LATER, AT, "root")
        assert store.invited("link", AT).name == "jana"

        assert store.use_invitation("link", HASH, "sk", "Europe/Bratislava", AT).name == "jana"
        assert store.use_invitation("link", "other", "", "", AT) is None

        jana = store.moderator("jana")
        assert (jana.has_password, jana.language, jana.zone) == (True, "sk", "Europe/Bratislava")
        assert store.password_hash("jana") == ("jana", HASH)

    def test_of_many_who_use_a_link_at_once_one_does(self, store):
        store.make_invitation("jana", "link", LATER, AT)
        used: list[str] = []
        ready = threading.Barrier(4)

        def use(password: str) -> None:
            ready.wait()
            if store.use_invitation("link", password, "", "", AT):
                used.append(password)

        threads = [threading.Thread(target=use, args=(f"hash {number}",)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [store.password_hash("jana")[1]] == used

    @pytest.mark.parametrize(
        ("token", "now"),
        [
            pytest.param("link", LATER, id="at-its-end"),
            pytest.param("link", "2026-12-30T10:00:00.000Z", id="long-after"),
            pytest.param("other", AT, id="another-token"),
            pytest.param("", AT, id="empty"),
            pytest.param(token_hash("link"), AT, id="the-hash"),
        ],
    )
    def test_nothing_else_is_a_link(self, store, token, now):
        store.make_invitation("jana", "link", LATER, AT)

        assert store.invited(token, now) is None
        assert store.use_invitation(token, HASH, "", "", now) is None
        assert store.password_hash("jana") == ("", "")

    def test_a_new_link_ends_the_earlier_one(self, store):
        store.make_invitation("jana", "one", LATER, AT)
        store.make_invitation("jana", "two", LATER, AT)

        assert store.invited("one", AT) is None
        assert store.invited("two", AT).name == "jana"

    def test_an_earlier_link_can_be_kept_until_either_is_used(self, store):
        store.make_invitation("jana", "one", LATER, AT)
        store.make_invitation("jana", "two", LATER, AT, keep_earlier=True)
        assert store.invited("one", AT).name == "jana"

        store.use_invitation("two", HASH, "", "", AT)

        assert store.invited("one", AT) is None

    def test_who_is_disabled_gets_no_link(self, store):
        store.disable("jana", AT)

        with pytest.raises(ModeratorUnknown, match="disabled"):
            store.make_invitation("jana", "link", LATER, AT)


class TestSessions:
    def test_a_session_is_found_by_its_token_with_its_moderator(self, store):
        session = session_of("jana", "t")
        store.add_session(session)

        assert store.session("t") == (session, Moderator("jana", "moderator", created_at=AT))

    @pytest.mark.parametrize("token", ["", "T", "t ", token_hash("t"), "\ud800", "t\x00"])
    def test_no_other_text_is_a_token(self, store, token):
        store.add_session(session_of("jana", "t"))

        assert store.session(token) is None

    def test_a_use_is_noted(self, store):
        session = session_of("jana", "t")
        store.add_session(session)

        store.touch_session(session, LATER)

        assert store.session("t")[0].last_at == LATER
        assert {seen.moderator.name: seen.last_at for seen in store.moderators()}["jana"] == LATER

    def test_when_somebody_was_last_here_outlives_their_sessions(self, store):
        session = session_of("jana", "t")
        store.add_session(session)
        store.end_session(session, LATER)

        assert {seen.moderator.name: seen.last_at for seen in store.moderators()}["jana"] == LATER

    def test_one_session_ends_once(self, store):
        one, two = session_of("jana", "one"), session_of("jana", "two")
        store.add_session(one)
        store.add_session(two)

        store.end_session(one, LATER)
        store.end_session(one, LATER)

        assert store.sessions_of("jana") == [two]
        assert acts(store, by="jana", act="sign-out") == [("jana", "sign-out", "jana")]

    def test_all_sessions_of_one_end(self, store):
        for token in ("one", "two"):
            store.add_session(session_of("jana", token))
        store.add_session(session_of("root", "three"))

        assert store.end_sessions("jana", LATER, "jana") == 2
        assert store.sessions_of("jana") == []
        assert len(store.sessions_of("root")) == 1

    def test_a_new_session_takes_the_place_of_the_browsers_old_one_and_of_what_is_long_over(self, store):
        store.add_session(session_of("jana", "old", "2026-10-01T10:00:00.000Z"))
        store.add_session(session_of("jana", "before"))
        store.add_session(session_of("jana", "elsewhere"))

        store.add_session(session_of("jana", "new"), forget_before="2026-11-01T00:00:00.000Z", instead_of="before")

        assert {each.token_hash for each in store.sessions_of("jana")} == {token_hash("elsewhere"), token_hash("new")}


class TestFailedSignIns:
    def fail(self, store: SqlStore, times: int, name: str = "jana", network: str = NETWORK, now: str = AT) -> list[int]:
        return [store.try_sign_in(name, network, now) for _ in range(times)]

    def test_five_attempts_are_free_and_then_the_wait_doubles(self, store):
        assert self.fail(store, FREE_PER_NAME + 1) == [0] * FREE_PER_NAME + [5]
        now, waits = AT, []
        for _ in range(9):
            wait = store.try_sign_in("jana", NETWORK, now)
            waits.append(wait)
            now = shifted(now, timedelta(seconds=wait))
            assert store.try_sign_in("jana", NETWORK, now) == 0

        assert waits == [5, 10, 20, 40, 80, 160, 320, 640, LONGEST_WAIT_S]

    def test_who_asks_again_too_early_waits_no_longer_for_it(self, store):
        self.fail(store, FREE_PER_NAME)
        early = shifted(AT, timedelta(seconds=3.2))

        assert [store.try_sign_in("jana", NETWORK, early) for _ in range(20)] == [2] * 20

    def test_capitals_make_no_other_name(self, store):
        self.fail(store, FREE_PER_NAME)

        assert store.try_sign_in("JANA", "198.51.100.0/24", AT) == 5
        assert store.try_sign_in("root", "198.51.100.0/24", AT) == 0

    def test_twenty_attempts_are_free_to_one_network_whatever_the_names(self, store):
        waits = [store.try_sign_in(f"name {number}", NETWORK, AT) for number in range(FREE_PER_NETWORK + 1)]

        assert waits == [0] * FREE_PER_NETWORK + [5]
        assert store.try_sign_in("somebody", "198.51.100.0/24", AT) == 0

    def test_an_unknown_network_is_not_counted(self, store):
        waits = [store.try_sign_in(f"name {number}", "", AT) for number in range(FREE_PER_NETWORK + 9)]

        assert set(waits) == {0}

    def test_a_success_forgets_the_names_failures(self, store):
        self.fail(store, FREE_PER_NAME)
        store.sign_in_worked("jana", NETWORK)

        assert self.fail(store, FREE_PER_NAME) == [0] * FREE_PER_NAME

    def test_a_success_takes_back_no_more_than_itself_from_its_network(self, store):
        for number in range(FREE_PER_NETWORK - 1):
            store.try_sign_in(f"name {number}", NETWORK, AT)
        for _ in range(30):
            assert store.try_sign_in("jana", NETWORK, AT) == 0
            store.sign_in_worked("jana", NETWORK)

        assert store.try_sign_in("other", NETWORK, AT) == 0
        assert store.try_sign_in("another", NETWORK, AT) == 5

    def test_a_browser_that_is_known_has_attempts_of_its_own(self, store):
        self.fail(store, FREE_PER_NAME)
        assert store.try_sign_in("jana", NETWORK, AT) == 5

        assert [store.try_sign_in("jana", NETWORK, AT, "known") for _ in range(6)] == [0] * 5 + [5]
        store.sign_in_worked("jana", NETWORK, "known")

        assert store.try_sign_in("jana", NETWORK, AT) == 5
        assert store.try_sign_in("jana", NETWORK, AT, "known") == 0

    def test_a_day_without_failures_forgets_them(self, store):
        self.fail(store, FREE_PER_NAME)
        next_day = shifted(AT, timedelta(hours=24, seconds=1))

        assert self.fail(store, FREE_PER_NAME, now=next_day) == [0] * FREE_PER_NAME

    def test_a_clock_that_is_set_back_makes_nobody_wait_for_ever(self, store):
        self.fail(store, FREE_PER_NAME)

        assert store.try_sign_in("jana", NETWORK, "2026-11-29T10:00:00.000Z") == 5

    def test_a_thousand_at_once_are_not_let_through(self, store):
        waits: list[int] = []
        ready = threading.Barrier(8)

        def attempt() -> None:
            ready.wait()
            waits.extend(store.try_sign_in("jana", NETWORK, AT) for _ in range(4))

        threads = [threading.Thread(target=attempt) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert waits.count(0) == FREE_PER_NAME


class TestAudit:
    def test_every_act_is_written_down_newest_first(self, store):
        assert store.audit_log() == [
            Entry(3, AT, "root", "moderator-add", "", "Žofia", {"role": "viewer"}, None),
            Entry(2, AT, "root", "moderator-add", "", "jana", {"role": "moderator"}, None),
            Entry(1, AT, "", "moderator-add", "", "root", {"role": "admin"}, None),
        ]

    @pytest.mark.parametrize(
        ("wanted", "ids"),
        [
            pytest.param({"by": "root"}, [4, 3, 2], id="who"),
            pytest.param({"act": "moderator-role"}, [4], id="act"),
            pytest.param({"subject": "jana"}, [4, 2], id="subject"),
            pytest.param({"site": "blog"}, [5], id="site"),
            pytest.param({"by": "root", "subject": "jana", "act": "moderator-add"}, [2], id="all-together"),
            pytest.param({"before": 3}, [2, 1], id="before"),
            pytest.param({"limit": 2}, [5, 4], id="limit"),
            pytest.param({"by": "nobody"}, [], id="nothing"),
        ],
    )
    def test_filters_narrow_it(self, store, wanted, ids):
        store.set_role("jana", "viewer", LATER, "root")
        with store._transaction() as connection:
            write_audit(connection, LATER, "Žofia", "profile", "blog", "x")

        assert [entry.id for entry in store.audit_log(**wanted)] == ids

    def test_what_fails_leaves_no_entry(self, store):
        before = acts(store)

        with pytest.raises(LastAdmin):
            store.disable("root", LATER)
        assert acts(store) == before

    def test_an_act_nobody_has_heard_of_is_refused(self, store):
        with pytest.raises(ValueError, match=r"none of audit\.ACTS"), store._transaction() as connection:
            write_audit(connection, AT, "jana", "dance")

    def test_no_act_stands_twice_among_them(self):
        assert len(set(ACTS)) == len(ACTS)

    def test_neither_passwords_nor_tokens_get_into_it(self, store):
        store.make_invitation("jana", "link-token", LATER, AT, "root")
        store.use_invitation("link-token", HASH, "", "", AT)
        store.add_session(session_of("jana", "session-token"))

        written = repr(store.audit_log())

        for secret in ("link-token", "session-token", HASH, token_hash("link-token"), token_hash("session-token")):
            assert secret not in written
