"""The people of a blog: a visitor who comments and a moderator who clicks."""

import html
import re
from typing import Any

import httpx2

from tests.e2e.wordpress.site import PASSWORD, Site

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def browser(site: Site) -> httpx2.Client:
    """A browser with its own cookies."""
    return httpx2.Client(base_url=site.url, headers={"User-Agent": BROWSER}, timeout=40, follow_redirects=True)


def comment_on(site: Site, text: str, author: str, **others: str) -> dict[str, Any]:
    """Sends the form under the article as a visitor, and gives the comment as WordPress keeps it."""
    form = {
        "comment": text,
        "author": author,
        "email": f"{author.split(maxsplit=1)[0].lower()}@mail.example",
        "url": "",
        **others,
    }
    sent = {**form, "comment_post_ID": str(site.article), "comment_parent": "0", "submit": "Post Comment"}
    before = {row["comment_ID"] for row in site.comments()}
    with browser(site) as visitor:
        answer = visitor.post(
            "/wp-comments-post.php", data=sent, headers={"Referer": f"{site.url}/"}, follow_redirects=False
        )
    assert answer.status_code == 302, answer.text[:500]
    (fresh,) = [row for row in site.comments() if row["comment_ID"] not in before]
    return fresh


class Moderator:
    """Somebody logged in as the administrator."""

    def __init__(self, site: Site) -> None:
        self.browser = browser(site)
        form = {"log": "boss", "pwd": PASSWORD, "wp-submit": "Log In", "redirect_to": f"{site.url}/wp-admin/"}
        page = self.browser.post("/wp-login.php", data=form)
        assert page.url.path == "/wp-admin/", page.text[:500]

    def page(self, path: str) -> str:
        """A page of the admin."""
        answer = self.browser.get(f"/wp-admin/{path}")
        assert answer.status_code == 200
        return answer.text

    def click(self, comment_id: str, action: str, folder: str = "all") -> None:
        """Follows a link under a comment: spamcomment, unspamcomment, approvecomment, unapprovecomment."""
        listing = html.unescape(self.page(f"edit-comments.php?comment_status={folder}"))
        link = re.search(rf"comment\.php\?[^\"']*\bc={comment_id}&action={action}&_wpnonce=\w+", listing)
        assert link, f"no link {action} under comment {comment_id}"
        assert self.browser.get(f"/wp-admin/{link.group()}").status_code == 200

    def send(self, path: str, marker: str, **values: str) -> str:
        """Fills in the form that has a field `marker`, sends it, and gives the page that follows."""
        forms = re.findall(r"<form\b(.*?)</form>", self.page(path), re.S)
        (form,) = [each for each in forms if f'name="{marker}"' in each]
        hidden = dict(_fields(form))
        target = re.search(r'action="([^"]*)"', form)
        answer = self.browser.post(
            html.unescape(target.group(1)) if target and "://" in target.group(1) else f"/wp-admin/{target.group(1)}",
            data={**hidden, **values},
        )
        assert answer.status_code == 200, answer.text[:500]
        return answer.text


def _fields(form: str) -> list[tuple[str, str]]:
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input[^>]*hidden[^>]*>", form)]
    single = [dict(re.findall(r"(\w+)='([^']*)'", tag)) for tag in re.findall(r"<input[^>]*hidden[^>]*>", form)]
    found = [{**one, **other} for one, other in zip(inputs, single, strict=True)]
    return [(html.unescape(tag["name"]), html.unescape(tag.get("value", ""))) for tag in found]
