"""A wave of spam from a template of our own, with seeded words, numbers and links; and honest comments that look alike."""

from collections.abc import Iterator
from random import Random

from app.core.comment import Comment

TEMPLATE = (
    "{Hello|Hi|Good day|Greetings} {everyone|all|friends|dear readers}! {I have|We have} {found|discovered|tested} "
    "{a reliable|a trusted|an honest} {casino|online casino} where {my brother|a colleague|my neighbour} {won|cashed out} "
    "${number} in {just|only} {number} days. No deposit is needed for the first {number} free spins, withdrawals "
    "take less than {number} minutes, and the {support|help desk} answers around the clock. {Register|Sign up} "
    "{today|now} with the bonus code LUCKY{number} and double your first payment before the {offer|promotion} ends: {link}"
)
HOSTS = ("royal-jackpot.example.com", "www.royal-jackpot.example.com", "spin-palace.example.net", "bit.ly")
LOOK_ALIKES = (
    Comment(  # somebody quotes the spam to complain
        text="Moderators, why is this still here? «I have found a trusted online casino where my brother won $500 in just "
        "3 days. No deposit is needed for the first 50 free spins, withdrawals take less than 10 minutes, and the "
        "support answers around the clock.» I see this rubbish under every article since Monday, on the other blog too. "
        "Please take it down and block whoever writes it, my mother nearly fell for it last week.",
        author="Ján Kováč",
    ),
    Comment(  # the same topic in own words
        text="My brother lost a lot of money in an online casino two years ago. They promised free spins without a deposit "
        "and fast withdrawals, and in the end the help desk did not even answer. The article should have said so.",
        author="Petra",
    ),
    Comment(  # the same domain, mentioned honestly
        text="Does anybody know who is behind https://royal-jackpot.example.com/imprint ? It names a company in Curaçao, but the "
        "register there has no entry of that name. The regulator warned of them in March.",
        author="Ruth",
    ),
    Comment(  # a short sentence of it
        text="Withdrawals take less than 10 minutes, they say. Mine took six weeks.",
        author="Tom",
    ),
    Comment(  # praise as anybody writes it
        text="Great post, thank you! Very helpful information, I have shared it with my friends.",
        author="Mia",
    ),
)


def spun(random: Random, template: str = TEMPLATE) -> str:
    """The template with one of each choice, and new numbers."""
    text = template
    while "{" in text:
        begin = text.rindex("{")
        end = text.index("}", begin)
        choices = text[begin + 1 : end]
        if choices == "number":
            chosen = str(random.randint(2, 90_000))
        elif choices == "link":
            chosen = f"https://{random.choice(HOSTS)}/{random.choice(['win', 'bonus', 'go'])}/{random.randint(1, 999)}"
        else:
            chosen = random.choice(choices.split("|"))
        text = text[:begin] + chosen + text[end + 1 :]
    return text


def wave(comments: int, seed: int = 7) -> Iterator[Comment]:
    """So many near-duplicates, under many pages, each from a new address of a new author."""
    random = Random(seed)
    for number in range(comments):
        page = random.randint(1, 40)
        yield Comment(
            text=spun(random),
            author=f"{random.choice(['Max', 'Lena', 'Robert', 'Olga'])}{random.randint(1, 999)}",
            author_email=f"{random.randint(1, 10**9)}@mail.example",
            page_url=f"https://blog.example/article-{page}",
            page_title=f"Article {page}",
            comment_id=f"wave-{number}",
        )
