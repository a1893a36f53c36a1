"""How pages are shown to one user: language, time zone, numbers, theme."""

import json

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity import actions as identity
from identity import cookies
from portal import actions, display
from portal.forms import SettingsForm
from portal.guard import customer_page, limited
from portal.views.gate import status_of
from tenants import brands


@require_http_methods(["GET", "HEAD", "POST"])
@limited("settings", per_minute=30)
@customer_page
def settings(request: HttpRequest) -> HttpResponse:
    """Language and zone belong to the login (mail uses them), the rest to its preferences."""
    languages = [
        (code, get_language_info(code)["name_local"].capitalize())
        for code in brands.view_of(request.tenant).languages  # type: ignore[attr-defined]
    ]
    shown = display.display_of(request.user)
    initial = {
        "language": get_language(),
        "zone": request.user.timezone,
        "numbers": shown.numbers,
        "theme": request.COOKIES.get("theme") or shown.theme or "auto",
    }
    form = SettingsForm(request.POST or None, initial=initial, languages=languages)
    if request.method == "POST" and form.is_valid():
        return _keep(request, form.cleaned_data)
    return render(request, "portal/settings.html", {"form": form}, status=status_of(form))


def _keep(request: HttpRequest, chosen: dict[str, str]) -> HttpResponse:
    identity.set_timezone(user=request.user, timezone=chosen["zone"])
    body = json.dumps({"theme": chosen["theme"], "numbers": chosen["numbers"]}).encode()
    actions.keep_preference(acting_user=request.user, name="display", body=body)
    with translation.override(chosen["language"]):
        messages.success(request, _("Your settings are kept and hold on every device."))
    response = redirect("portal:settings")
    # This browser may have been told otherwise before; from now on it is as all others.
    cookies.remember_language(request, response, chosen["language"])
    response.set_cookie(
        "theme",
        chosen["theme"],
        max_age=cookies.YEAR_SECONDS,
        samesite="Lax",
        secure=django_settings.HTTPS,
    )
    return response
