"""Any order of comments, decisions, undoing, erasing and purging on two sites, against a model of a few lines."""

import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test
from sqlalchemy import func, select

from app.core.comment import Comment
from app.core.times import shifted
from app.store.database import migrate, open_engine
from app.store.people import Person
from app.store.records import MODERATOR, Decision, Record, is_news
from app.store.schema import comments, decisions
from app.store.sql import SqlStore
from app.store.sql_purging import Limits
from tests.figures import Outcome
from tests.store.conftest import CLASSIFICATION

AIM = (
    "10,000 steps in any order: each decision stands as a model says, each site sees its own alone, nothing hangs loose"
)
EXAMPLES, STEPS, FEW = 250, 40, 4
SITES, MODERATORS = ("blog", "shop"), ("jana", "tom")
LABELS = st.sampled_from(["spam", "ham"])
_done = {"steps": 0}


@dataclass
class Told:
    """What the model knows of a comment."""

    site: str
    author: int
    received_at: str
    stands: Decision | None = None
    version: int = 0
    """Number of the decision that was written last; 0 without one."""
    written: list[int] = field(default_factory=list)

    @property
    def label(self) -> str | None:
        return self.stands.label if self.stands else None


@dataclass
class Act:
    """What a moderator did: comment, its new version, and what stood before."""

    by: str
    rows: list[tuple[str, int, Decision | None]]


class Decisions(RuleBasedStateMachine):
    """One store, two sites, two moderators."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        engine = open_engine(f"sqlite:///{Path(self.folder.name) / 'winnow.db'}")
        migrate(engine)
        self.store = SqlStore(engine)
        for site in SITES:
            self.store.add_site(site, f"key{site}00000", self._now())
        self.told: dict[str, Told] = {}
        self.acts: dict[int, Act] = {}
        self.number = 0

    clock = "2026-12-01T00:00:00.000Z"

    def _now(self) -> str:
        self.clock = shifted(self.clock, timedelta(minutes=1))
        _done["steps"] += 1
        return self.clock

    def _written(self, id: str, decision: Decision) -> None:
        """The newest decision of a comment is this; its number is the store's, and rises."""
        with self.store._engine.connect() as connection:
            version = connection.execute(select(func.max(decisions.c.id)).where(decisions.c.comment == id)).scalar_one()
        known = self.told[id]
        assert version > max([0, *known.written])
        known.stands, known.version = decision, version
        known.written.append(version)

    @rule(target=ids, site=st.sampled_from(SITES), author=st.integers(0, 2), number=st.integers(1, 3))
    def comes(self, site: str, author: int, number: int):
        """Comments of one of three people."""
        at, made = self._now(), []
        for _ in range(number):
            self.number += 1
            id = f"c_{self.number:05d}"
            comment = Comment(
                text=f"tea {self.number}", author_email=f"p{author}@x.example", comment_id=f"cms{self.number}"
            )
            self.store.record([Record(id, site, at, comment, CLASSIFICATION)])
            self.told[id] = Told(site, author, at)
            made.append(id)
        return multiple(*made)

    @rule(site=st.sampled_from(SITES), id=ids, label=st.one_of(LABELS, st.none()))
    def a_cms_says(self, site: str, id: str, label: str | None) -> None:
        """Of its own comments and of those of the other site."""
        decision = Decision(label, "cms", self._now())
        answered = self.store.add_decision(site, id, decision)
        known = self.told.get(id)
        if known is None or known.site != site:
            assert answered is None
        elif is_news(known.stands, decision):
            self._written(id, decision)

    @rule(
        by=st.sampled_from(MODERATORS),
        chosen=st.lists(ids, min_size=1, max_size=4, unique=True),
        label=LABELS,
        is_late=st.booleans(),
    )
    def a_moderator_decides(self, by: str, chosen: list[str], label: str, is_late: bool) -> None:
        """What was seen is what stands, or what stood before the last decision."""
        seen, conflicts = {}, set()
        for id in chosen:
            known = self.told.get(id)
            seen[id] = 0 if known is None else known.version
            if known and is_late and known.version:
                seen[id] = 0
                if known.label != label:
                    conflicts.add(id)
        at = self._now()
        outcome = self.store.decide(seen, label, by, at)
        news = [
            id for id in chosen
            if id in self.told and id not in conflicts
            and not (self.told[id].stands and self.told[id].stands.source == MODERATOR and self.told[id].label == label)
        ]  # fmt: skip
        assert {each.id for each in outcome.conflicts} == conflicts
        assert sorted(outcome.decided) == sorted(news)
        rows = []
        for id in news:
            before = self.told[id].stands
            self._written(id, Decision(label, by, at, MODERATOR))
            rows.append((id, self.told[id].version, before))
        if rows:
            self.acts[outcome.act] = Act(by, rows)

    @rule(by=st.sampled_from(MODERATORS))
    def undoes(self, by: str) -> None:
        """The last act of a moderator; what was decided since stands."""
        act = self.store.last_act(by)
        assert act == max([number for number, each in self.acts.items() if each.by == by], default=0)
        at = self._now()
        outcome = self.store.undo(act, by, at) if act else None
        if outcome is None:
            return
        for id, version, before in self.acts.pop(act).rows:
            known = self.told.get(id)
            if known and known.version == version:
                source = before.source if before and before.label else MODERATOR
                self._written(id, Decision(before.label if before else None, by, at, source))

    @rule(author=st.integers(0, 2))
    def is_erased(self, author: int) -> None:
        """Somebody, on all sites."""
        self.store.erase(Person(email=f"P{author}@x.example"), self._now(), "", with_rules=True)
        self._gone([id for id, known in self.told.items() if known.author == author])

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        """And what is older than two days goes; CLASSIFICATION is a rejection, so a word of ham alone makes ham."""
        self.clock = shifted(self.clock, timedelta(days=days))
        at = self._now()
        self.store.purge(Limits(spam_days=2), at)
        before = shifted(at, -timedelta(days=2))
        self._gone([id for id, each in self.told.items() if each.received_at < before and each.label != "ham"])

    def _gone(self, ids: list[str]) -> None:
        for id in ids:
            del self.told[id]

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        """Labels, versions, what each site sees, and nothing that hangs loose."""
        with self.store._engine.connect() as connection:
            rows = connection.execute(
                select(comments.c.id, comments.c.site, comments.c.label, comments.c.decision)
            ).all()
            loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        assert {row.id: (row.site, row.label, row.decision) for row in rows} == {
            id: (known.site, known.label, known.version) for id, known in self.told.items()
        }
        assert loose == []
        for site in SITES:
            told = [(each.id, each.cursor) for each in self.store.decisions_since(site, 0, 10_000)]
            own = [(id, version) for id, known in self.told.items() if known.site == site for version in known.written]
            assert sorted(told, key=lambda each: each[1]) == sorted(own, key=lambda each: each[1])
        for id, known in list(self.told.items())[-3:]:
            other = next(site for site in SITES if site != known.site)
            assert self.store.comment(other, id) is None
            assert self.store.comment(known.site, id) is not None

    def teardown(self) -> None:
        """The file is whole."""
        with self.store._engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
        self.store.close()
        self.folder.cleanup()


def run(long: bool) -> Outcome:
    """Many sequences of steps; the first that breaks the model is printed by hypothesis, made small."""
    _done["steps"] = 0
    examples = EXAMPLES if long else FEW
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    asked = settings(
        max_examples=examples, stateful_step_count=STEPS if long else 15, deadline=None, suppress_health_check=checks,
        derandomize=not long, database=None,
    )  # fmt: skip
    run_state_machine_as_test(Decisions, settings=asked)
    return Outcome(f"{_done['steps']:,} steps in {examples} sequences, 0 differences", is_met=True)
