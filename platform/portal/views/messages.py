"""What a customer is told by which channel, his quiet hours, his number for SMS."""

import datetime
from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity import sessions
from messaging import phones, preferences
from messaging.kinds import CHOSEN_CHANNELS, KINDS
from messaging.models import Phone
from portal.guard import customer_page, limited, stepping_up
from portal.message_forms import MessagePreferencesForm, PhoneCodeForm, PhoneForm
from portal.views.gate import status_of

USUAL_QUIET = (datetime.time(22, 0), datetime.time(7, 0))


@require_http_methods(["GET", "HEAD", "POST"])
@limited("message-preferences", per_minute=30)
@customer_page
def message_preferences(request: HttpRequest) -> HttpResponse:
    """A table of kinds and channels; security by mail cannot be turned off."""
    # Nothing ticked is a choice as well.
    data = request.POST if request.method == "POST" else None
    form = MessagePreferencesForm(data, initial=_initial(request.user))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        quiet = (values["quiet_from"], values["quiet_until"]) if values["is_quiet"] else None
        try:
            preferences.keep(
                channels={name: values[f"kind_{name}"] for name in KINDS},
                quiet=quiet,
                acting_user=request.user,
            )
        except ValueError:
            form.add_error("quiet_until", _("Quiet hours begin and end at different times."))
        else:
            flash.success(request, _("Kept."))
            return redirect("portal:message_preferences")
    return _page(request, form=form)


@require_POST
@limited("phone", per_minute=20)
@customer_page
@stepping_up
def set_phone(request: HttpRequest) -> HttpResponse:
    """Send a code to a number; who does it has just shown who he is."""
    sessions.require_recent(request)
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            phones.set_number(number=form.cleaned_data["number"], acting_user=request.user)
        except phones.PhoneError as error:
            form.add_error("number", str(error))
        else:
            flash.success(request, _("A code is on its way to your phone."))
            return redirect("portal:message_preferences")
    return _page(request, phone_form=form)


@require_POST
@limited("phone-code", per_minute=12)
@customer_page
def confirm_phone(request: HttpRequest) -> HttpResponse:
    form = PhoneCodeForm(request.POST)
    if form.is_valid():
        try:
            phones.confirm_number(code=form.cleaned_data["code"], acting_user=request.user)
        except phones.PhoneError as error:
            form.add_error("code", str(error))
        else:
            flash.success(request, _("Your number is confirmed."))
            return redirect("portal:message_preferences")
    return _page(request, code_form=form)


@require_POST
@limited("phone", per_minute=20)
@customer_page
@stepping_up
def remove_phone(request: HttpRequest) -> HttpResponse:
    sessions.require_recent(request)
    phones.remove_number(acting_user=request.user)
    flash.success(request, _("Your number is taken away. No SMS comes any more."))
    return redirect("portal:message_preferences")


def _initial(user: Any) -> dict[str, Any]:
    quiet = preferences.quiet_hours(user)
    begin, end = quiet or USUAL_QUIET
    return {"is_quiet": quiet is not None, "quiet_from": begin, "quiet_until": end}


def _page(
    request: HttpRequest, *, form: Any = None, phone_form: Any = None, code_form: Any = None
) -> HttpResponse:
    user: Any = request.user
    chosen = preferences.chosen(user)
    if form is not None and form.is_bound:
        chosen = {name: frozenset(form.data.getlist(f"kind_{name}")) for name in KINDS}
    names = {"mail": _("E-mail"), "sms": _("SMS"), "push": _("On your devices")}
    phone = Phone.objects.filter(user_id=user.pk).exclude(number="").first()
    offered = [c for c in CHOSEN_CHANNELS if c != "sms" or phones.is_offered()]
    values = {
        "form": form or MessagePreferencesForm(initial=_initial(user)),
        "channels": [(channel.value, names[channel.value]) for channel in offered],
        "kinds": [
            {
                "name": kind.name,
                "title": kind.title,
                "text": kind.text,
                "boxes": [
                    {
                        "channel": c.value,
                        "label": names[c.value],
                        "is_on": c.value in chosen[kind.name] or c.value in kind.fixed,
                        "is_fixed": c.value in kind.fixed,
                    }
                    for c in offered
                ],
                "hidden": [
                    c.value
                    for c in CHOSEN_CHANNELS
                    if c not in offered and c.value in chosen[kind.name]
                ],
            }
            for kind in KINDS.values()
        ],
        "offers_sms": phones.is_offered(),
        "phone": phone,
        "phone_form": phone_form or PhoneForm(),
        "code_form": code_form or PhoneCodeForm(),
        "zone": user.timezone or "UTC",
    }
    shown = form or phone_form or code_form
    return render(
        request,
        "portal/message_preferences.html",
        values,
        status=status_of(shown) if shown else 200,
    )
