from django.conf import settings
from django.http import HttpRequest, HttpResponse

from identity import policy
from identity.actions.profile import set_language

YEAR_SECONDS = 31_536_000
TRUSTED_DEVICE = "__Host-trusted" if settings.HTTPS else "trusted"


def trusted_token_of(request: HttpRequest) -> str:
    return request.COOKIES.get(TRUSTED_DEVICE, "")


def set_trusted_device(response: HttpResponse, token: str) -> None:
    """Put a trusted browser's secret into a cookie of this host only."""
    response.set_cookie(
        TRUSTED_DEVICE,
        token,
        max_age=policy.current().trusted_device_days * 24 * 3600,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def remember_language(request: HttpRequest, response: HttpResponse, language: str) -> None:
    """Have this browser's pages in that language from now on, and keep it with who is signed in
    for his mail and his other devices."""
    if request.user.is_authenticated:
        set_language(user=request.user, language=language)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.HTTPS,
    )
