from django.conf import settings
from django.http import HttpRequest, HttpResponse

from identity import policy

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
