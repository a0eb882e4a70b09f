"""Everything that can go wrong, in one tree.

WinnowError
├── ModelUnusable     models/<version> is missing, altered or built for other features
├── ListUnusable      a file in app/lists/ is missing, malformed or holds a duplicate
├── ExamplesUnusable  a JSONL file of comments cannot be read as examples
├── CorpusUnusable    a public corpus cannot be fetched, or is not the file it should be
├── ExportUnusable    what another program exported cannot be read, or is of no known kind
├── BackupUnusable    a backup is damaged, of a newer version, or no backup at all
├── StoreUnavailable  the database is locked, full, unreadable or gone
├── SiteUnknown       no site has that name
├── SiteExists        a site of that name is there already
├── ModeratorUnknown  no moderator has that name, or it is disabled
├── ModeratorExists   a moderator of that name is there already
├── LastAdmin         without this admin nobody could set Winnow up
├── WebhookUnknown    no webhook has that number
├── AddressRefused    a webhook's address is not one that Winnow calls
├── ValueRefused      a rule, a site's name, thresholds or a preference that cannot be meant
└── CommandRefused    a command was asked for something it cannot do

Every message says what, which, and the remedy.
"""


class WinnowError(Exception):
    """A failure with a remedy.

    >>> str(SiteUnknown("blog", "There is no site of that name.", "winnow site list shows them."))
    'blog: There is no site of that name. winnow site list shows them.'
    """

    def __init__(self, which: str, what: str, remedy: str) -> None:
        super().__init__(f"{which}: {what} {remedy}")
        self.which = which
        """The thing it happened to: a file, a site, a version."""
        self.what = what
        """What happened, as a sentence."""
        self.remedy = remedy
        """What to do about it, as a sentence."""


class ModelUnusable(WinnowError):
    """A model that must not be served: missing, altered, or built for other features."""


class ListUnusable(WinnowError):
    """A data file of app/lists/ that cannot be trusted."""


class ExamplesUnusable(WinnowError):
    """A file of comment records that cannot be read."""


class CorpusUnusable(WinnowError):
    """A public corpus that cannot be fetched, or that is not the file it should be; nothing of it was kept."""


class ExportUnusable(WinnowError):
    """What another program exported: cut short, or of a kind that nobody knows."""


class BackupUnusable(WinnowError):
    """A file that cannot be restored: damaged, of a newer version, or no backup at all; nothing was changed."""


class StoreUnavailable(WinnowError):
    """The database did not answer, or refused; nothing was written."""


class SiteUnknown(WinnowError):
    """No site of that name."""


class SiteExists(WinnowError):
    """The name is taken."""


class ModeratorUnknown(WinnowError):
    """No moderator of that name, or one who is disabled."""


class ModeratorExists(WinnowError):
    """The name is taken, in these or other capitals."""


class LastAdmin(WinnowError):
    """The only admin there is, who can neither be disabled nor given another role."""


class WebhookUnknown(WinnowError):
    """No webhook of that number."""


class AddressRefused(WinnowError):
    """An address that no webhook may have: malformed, unencrypted, or in a network that is nobody else's business."""


class ValueRefused(WinnowError):
    """What somebody set up cannot be meant: it would match nothing or everything, or contradicts itself."""


class CommandRefused(WinnowError):
    """A command line that asks for something that cannot be done."""
