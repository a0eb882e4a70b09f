"""Comments for the pages' tests: written by us, varied by a seed, judged by the shipped model."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ulid import ULID

from app.core.campaign import kept, signature
from app.core.classify import classify
from app.core.comment import Comment, History
from app.core.features import look
from app.core.lists import Lists
from app.core.model import Model
from app.store.records import Record

SITES = ("blog", "news", "shop")
NAMES = ("Jana", "Peter", "María José", "Дмитрий", "Özlem", "小林", "أحمد", "Ann-Kathrin", "bob_1987", "")
PAGES = (
    ("Repairing an old bicycle wheel", "https://blog.example/wheel"),
    ("Council votes on the new tram line", "https://news.example/tram"),
    ("Nudeln mit Salbei und Butter", "https://blog.example/salbei"),
)
HONEST = (
    "Thanks, the part about the spokes helped me. I used a {n} mm key instead and it worked just as well.",
    "I do not think the tram will come before 20{n}. They promised it twice already.",
    "Bei mir wurde es nach {n} Minuten schon braun, also besser die Hitze kleiner stellen.",
    "Ako dlho to treba nechať odstáť? Ja som čakal {n} hodín a stále to nebolo suché.",
    "Is there a way to do this without removing the cassette? My wheel is from 19{n}.",
    "Merci pour l'article, je vais essayer avec {n} grammes de beurre.",
    "See also https://en.wikipedia.org/wiki/Bicycle_wheel for how many spokes ({n}) are usual.",
    "شكرا على المقال، جربت ذلك {n} مرات.",
)
SPAM = (
    "Best online casino bonus {n}% free spins https://lucky-{n}-slots.example/bonus",
    "https://www.myget.org/feed/royal-jackpot-casino-slots-{n}/package/nuget/royal-jackpot-casino-slots-cheats",
    "Buy cheap viagra {n} mg without prescription http://pills-{n}.example/order now",
    "I earned ${n}00 last week working from home, read http://bit.ly/earn{n} and start today",
    "Купить диплом недорого {n} https://diplom-{n}.example/kupit",
    "We offer SEO services and {n} backlinks for your website, contact seo{n}@agency.example",
)
DOUBTFUL = (
    "Great article, I shared it on my page https://my-{n}-notes.example",
    "Nice. More about it at www.bikes-{n}.example",
    "call me +44 20 7946 0{n}9",
    "Very informative post {n}, thanks for sharing!",
)
SYLLABLES = "ba de fi go hu ka le mi no pu ra se ti vo zu an el in or ul sta pre kri blo".split()
START = datetime(2026, 11, 1, 8, tzinfo=UTC)


def texts(count: int, seed: int = 5) -> Iterator[Comment]:
    """Honest, doubtful and spam, in random order; the same for the same seed."""
    chance = random.Random(seed)
    for number in range(count):
        kind = chance.choices((HONEST, DOUBTFUL, SPAM), (5, 3, 4))[0]
        title, url = chance.choice(PAGES)
        yield Comment(
            text=chance.choice(kind).format(n=chance.randint(10, 99)),
            author=chance.choice(NAMES),
            author_email=f"someone{number % 97}@mail.example",
            author_ip=f"198.51.{number % 100}.7",
            page_title=title,
            page_url=f"{url}/{number % 40}",
            comment_id=str(number),
        )


def records(
    count: int, model: Model, lists: Lists, seed: int = 5, every_s: float = 60.0, words: int = 0
) -> Iterator[Record]:
    """Judged, one after another in time; see `judged`."""
    return judged(texts(count, seed), model, lists, every_s, words)


def judged(
    comments: Iterable[Comment], model: Model, lists: Lists, every_s: float = 60.0, words: int = 0
) -> Iterator[Record]:
    """As the sites' comments since START; each text is judged once, so that 100,000 take minutes.

    `words` made-up ones are put behind each text after it was judged, so that not all of them are one campaign.
    """
    chance = random.Random(words)
    vocabulary = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(2_000)]
    known: dict[tuple[str, str, str], Record] = {}
    for number, comment in enumerate(comments):
        at = START + timedelta(seconds=number * every_s)
        key = (comment.text, comment.author, comment.page_title)
        if key not in known:
            answer = classify(comment, History(), model, lists)
            known[key] = Record("", "", "", comment, answer, client="classify tests/1")
        found = known[key]
        if words:
            comment = replace(comment, text=f"{comment.text} {' '.join(chance.choices(vocabulary, k=words))}.")
        looked = look(comment, lists)
        yield replace(
            found,
            id=f"c_{ULID.from_timestamp(at.timestamp())}",
            site=SITES[number % len(SITES)],
            received_at=at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            comment=comment,
            signature=kept(signature(looked, lists), looked, found.classification, lists),
        )
