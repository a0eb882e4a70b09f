"""What whoever adds a rule ought to know beforehand: it does what it says, and perhaps more than was meant."""

from ipaddress import ip_network
from typing import NamedTuple

from app.core.comment import Rule
from app.core.folding import fold, letters
from app.core.hosts import SHARED_SERVICES, describe, parse_url
from app.core.lists import Lists

SHORT_PHRASE_LETTERS = 3
WIDE_PREFIX = {4: 16, 6: 32}
"""IP version -> a network with a shorter prefix than this belongs to more than one provider's customers."""

SENTENCES = {
    "anyone-publishes": (
        "Anyone can publish on %(about)s: this blocks everybody there. Better: a pattern of addresses, such as "
        "%(instead)s."
    ),
    "anyone-is-let-in": "Anyone can publish on %(about)s: this lets everybody there in, spammers too.",
    "customers": (
        "Each name under %(about)s belongs to somebody else: this blocks them all. Better: the host of one of them."
    ),
    "mail-provider": "Anyone can have an address at %(about)s: this speaks of all of them. Better: the whole address.",
    "anyone-writes-it": "Anyone can write this into the form: whoever knows it is let through.",
    "given-name": "Many people have this name.",
    "short-phrase": "So few letters stand inside many harmless words.",
    "wide-network": "This network is %(about)s: many people's addresses are in it.",
    "own-network": "These addresses are of a network of one's own: behind a proxy every comment comes from there.",
}
"""Code -> the sentence; `about` and `instead` are the caution's, and filled in after it was translated."""
_HOSTS_FOR_ALL = SHARED_SERVICES | {"shared", "bio", "messenger", "shortener"}


class Caution(NamedTuple):
    """One thing to know before adding a rule."""

    code: str
    """A key of SENTENCES."""
    about: str = ""
    instead: str = ""

    @property
    def template(self) -> str:
        """The sentence in English, with `%(about)s` and `%(instead)s`.

        >>> Caution("given-name").template
        'Many people have this name.'
        """
        return SENTENCES[self.code]

    @property
    def sentence(self) -> str:
        """In English.

        >>> Caution("mail-provider", "mail.example").sentence.partition(":")[0]
        'Anyone can have an address at mail.example'
        """
        return self.template % {"about": self.about, "instead": self.instead}


def cautions(rule: Rule, lists: Lists) -> tuple[Caution, ...]:
    """What to know about a rule whose value is normalised; empty for most.

    >>> from app.lists import load
    >>> [each.code for each in cautions(Rule("deny", "registrable_domain", "myget.org"), load())]
    ['anyone-publishes']
    >>> cautions(Rule("deny", "host", "casino.example"), load())
    ()
    """
    if rule.kind in ("host", "registrable_domain"):
        return _of_host(rule, lists)
    if rule.kind == "url_pattern":
        return _of_pattern(rule, lists)
    if rule.kind == "ip_range":
        return _of_network(rule.value)
    if rule.kind == "phrase":
        is_short = len(letters(rule.value)) <= SHORT_PHRASE_LETTERS
        return (Caution("short-phrase"),) if is_short else ()
    found = [Caution("anyone-writes-it")] if rule.effect == "allow" else []
    domain = rule.value.removeprefix("@").lower()
    if rule.kind == "email" and rule.value.startswith("@") and domain in lists.mail_providers:
        found.append(Caution("mail-provider", domain))
    if rule.kind == "author" and fold(rule.value) in lists.first_names:
        found.append(Caution("given-name"))
    return tuple(found)


def anyone_publishes(name: str, lists: Lists) -> bool:
    """Whether a host belongs to nobody in particular; one that a customer of such a service has to himself does not.

    >>> from app.lists import load
    >>> [anyone_publishes(name, load()) for name in ("www.myget.org", "me.github.io", "casino.example")]
    [True, False, False]
    """
    url = parse_url(f"http://{name}/")
    host = describe(url, "", lists) if url else None
    if host is None or host.kind not in _HOSTS_FOR_ALL:
        return False
    if host.suffix != host.public_suffix and host.suffix not in lists.sold_suffixes:
        return False
    return host.service != "sites" or name.removeprefix("www.") in lists.host_kinds


def _of_host(rule: Rule, lists: Lists) -> tuple[Caution, ...]:
    below = f".{rule.value}"
    holds_a_listed_host = rule.kind == "registrable_domain" and any(host.endswith(below) for host in lists.host_kinds)
    if not holds_a_listed_host and not anyone_publishes(rule.value, lists):
        return ()
    if rule.effect == "allow":
        return (Caution("anyone-is-let-in", rule.value),)
    return (Caution("anyone-publishes", rule.value, f"{rule.value}/…/*"),)


def _of_pattern(rule: Rule, lists: Lists) -> tuple[Caution, ...]:
    """For one that leaves the path open: `myget.org/*`, `*.github.io/*`."""
    host, _, path = rule.value.lower().rpartition("://")[2].partition("/")
    if any(each.isalnum() for each in path):
        return ()
    named = host.rpartition("*")[2].lstrip(".") or host.strip("*.")
    parts = lists.split_host(named)
    if "*" in host and parts.suffix and not parts.domain:
        return (Caution("customers" if rule.effect == "deny" else "anyone-is-let-in", named),)
    return _of_host(Rule(rule.effect, "host", named), lists) if named else ()


def _of_network(value: str) -> tuple[Caution, ...]:
    network = ip_network(value)
    if network.is_private:
        return (Caution("own-network"),)
    if network.prefixlen < WIDE_PREFIX[network.version]:
        return (Caution("wide-network", str(network)),)
    return ()
