"""The development mailbox. It does not exist but in development."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from messaging.models import OutboxMail

View = Callable[..., HttpResponse]


def only_in_development(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not settings.DEVELOPMENT:
            raise Http404
        return view(request, **kwargs)

    return guarded


@require_safe
@only_in_development
def mailbox(request: HttpRequest) -> HttpResponse:
    mails = OutboxMail.objects.all()
    wanted = request.GET.get("to", "").strip().lower()
    if wanted:
        mails = mails.filter(to=wanted)
    return render(request, "messaging/mailbox.html", {"mails": mails[:200], "wanted": wanted})


@require_safe
@only_in_development
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    return render(
        request, "messaging/mail.html", {"mail": get_object_or_404(OutboxMail, id=mail_id)}
    )


@require_safe
@xframe_options_sameorigin
@only_in_development
def mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    html = get_object_or_404(OutboxMail, id=mail_id).html
    # A click leaves the frame: the portal's pages refuse to be shown in one.
    response = HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
    )
    return response
