"""winnow site open, close and coral: how a CMS may come in when it cannot send the site's key."""

from ipaddress import ip_network
from typing import Annotated
from urllib.parse import quote

import typer

from app.commands import opening, printing
from app.commands.site import Name
from app.core.site_values import checked_network
from app.errors import CommandRefused

Network = Annotated[str, typer.Argument(metavar="NETWORK", help="An IP address or a network, e.g. 192.0.2.0/24.")]


def open_(name: Name, network: Network, json: printing.Json = False) -> None:
    """Let a network speak for the site without a key, for Akismet clients that cannot send one.

    Example: winnow site open blog 192.0.2.7
    """
    normal = checked_network(network)
    with opening.open_store(opening.read_settings()) as store:
        added = store.open_to(name, normal, opening.doer())
    if json:
        printing.print_json({"site": name, "network": normal, "open": True})
    else:
        printing.say(f"{name} takes requests from {normal} without a key{'' if added else ' already'}.")
    if ip_network(normal).is_loopback:
        printing.note(
            "Behind a proxy on this machine every request comes from there: anybody could speak for the site.", "yellow"
        )


def close(name: Name, network: Network, json: printing.Json = False) -> None:
    """Ask a network for the key again."""
    normal = checked_network(network)
    with opening.open_store(opening.read_settings()) as store:
        if not store.close_to(name, normal, opening.doer()):
            raise CommandRefused(normal, "The site is not open to that network.", "winnow site list shows those it is.")
    if json:
        printing.print_json({"site": name, "network": normal, "open": False})
    else:
        printing.say(f"{name} asks {normal} for its key again.")


def coral(
    name: Name,
    secret: Annotated[
        list[str] | None, typer.Option(help="As Coral shows it; twice while it is being rotated.")
    ] = None,
    json: printing.Json = False,
) -> None:
    """Set the secrets with which Coral signs, and print the callback URL; without --secret none is left.

    Example: winnow site coral blog --secret s3cr3t
    """
    secrets = [each.strip() for each in secret or [] if each.strip()]
    with opening.open_store(opening.read_settings()) as store:
        store.set_secrets(name, "coral", secrets, opening.now())
    path = f"/coral/{quote(name, safe='')}"
    if json:
        printing.print_json({"site": name, "secrets": len(secrets), "callback": path})
    elif secrets:
        printing.say(f"Callback URL in Coral: your Winnow's address, then {path}. Choose the format HTML.")
    else:
        printing.say(f"{name} takes nothing from Coral any more.")


def add_to(site: typer.Typer) -> None:
    """Makes them commands of `winnow site`."""
    site.command("open")(open_)
    site.command()(close)
    site.command()(coral)
