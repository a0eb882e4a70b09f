"""A Django site with comments and the recipe: posts comments as a visitor, decides on them as a moderator.

Reads {"server", "key", "blog", "comments": {name: text}}; prints what became of each comment, one JSON line each.
"""

import json
import logging
import sys

import django
from django.conf import settings
from django.core.management import call_command

job = json.load(sys.stdin)
settings.configure(
    ALLOWED_HOSTS=["testserver"],
    COMMENT_FILTER={"SERVER": job["server"], "KEY": job["key"], "SITE": job["blog"]},
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.sites",
        "django_comments",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    ROOT_URLCONF="django_comments.urls",
    SECRET_KEY="only for this one run",
    SITE_ID=1,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USE_TZ=True,
)
django.setup()
call_command("migrate", verbosity=0)
logging.disable(logging.WARNING)

import winnow_django  # noqa: F401, E402 - the recipe, which asks for the settings
from django.contrib.auth.models import User  # noqa: E402
from django.contrib.sites.models import Site  # noqa: E402
from django.test import Client, RequestFactory  # noqa: E402
from django_comments.forms import CommentForm  # noqa: E402
from django_comments.models import Comment  # noqa: E402
from django_comments.views.moderation import perform_approve, perform_delete  # noqa: E402

page = Site.objects.get()
moderator = RequestFactory().post("/")
moderator.user = User.objects.create(username="moderator")
for name, text in job["comments"].items():
    form = CommentForm(page).generate_security_data()
    visitor = {"name": "Jana Nová", "email": "jana@example.org", "comment": text, "honeypot": ""}
    answer = Client().post("/post/", {**form, **visitor})
    comment = Comment.objects.get(comment=text)
    told = {"name": name, "status": answer.status_code, "is_public": comment.is_public}
    if name == "spam":
        perform_delete(moderator, comment)
    elif name == "ham":
        perform_approve(moderator, comment)
    print(json.dumps(told), flush=True)
