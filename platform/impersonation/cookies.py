"""The cookie that stands for an impersonation, of one host."""

from django.conf import settings
from django.http import HttpResponse

NAME = "__Host-seen-as" if settings.HTTPS else "seen-as"


def set_cookie(response: HttpResponse, secret: str, seconds: int) -> None:
    response.set_cookie(
        NAME, secret, max_age=seconds, secure=settings.HTTPS, httponly=True, samesite="Lax"
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(NAME, samesite="Lax")
