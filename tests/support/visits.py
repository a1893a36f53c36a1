"""Requests as the actions of the identity room see them, without pages."""

import base64
import re
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from identity import actions
from identity.models import User
from identity.models.second_factor import code_of, current_step
from messaging.models import OutboxMail

_LINK = re.compile(r"https?://\S+")


def visit(address: str = "203.0.113.5", *, user: User | None = None, **meta: Any) -> HttpRequest:
    """A request from ``address`` with a session of the current schema."""
    request = HttpRequest()
    request.META.update(REMOTE_ADDR=address, HTTP_USER_AGENT="test browser", **meta)
    request.session = SessionStore()
    request.user = user or AnonymousUser()
    return request


def link_in(mail: OutboxMail) -> str:
    """The first address in a mail's text."""
    match = _LINK.search(mail.text)
    assert match, mail.text
    return match.group()


def finish(request: HttpRequest) -> str:
    """What the session middleware does at a request's end; the session's key."""
    request.session.save()
    return str(request.session.session_key)


def waiting_code(request: HttpRequest) -> str:
    """The first code of the authenticator that the request's session is setting up."""
    shown = actions.begin_enrolment(request=request, user=request.user, issuer="any")
    secret = base64.b32decode(shown.secret_text.replace(" ", ""))
    return code_of(secret, current_step())
