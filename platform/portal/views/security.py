"""The security page and what it leads to: password, second factor, devices, sessions, API keys."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from care import selectors as care
from care.actions import resets
from care.errors import CareError
from identity import actions, forms, selectors, sessions
from identity.errors import IdentityError
from portal.forms import PasswordConfirmForm
from portal.guard import customer_page, limited, next_address, sign_in_first, stepping_up
from portal.views.gate import refuse, status_of
from tenants import brands

SIGN_INS_SHOWN = 20
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@customer_page
def security(request: HttpRequest) -> HttpResponse:
    user = request.user
    values = {
        "has_second_factor": selectors.has_second_factor(user),
        "codes_left": selectors.recovery_codes_left(user),
        "sessions": selectors.sessions_of(user),
        "session_key": request.session.session_key,
        "devices": selectors.trusted_devices_of(user),
        "sign_ins": selectors.sign_ins_of(user)[:SIGN_INS_SHOWN],
        "keys": selectors.api_keys_of(user).count(),
        "reset": care.open_reset_of(user),
    }
    return render(request, "portal/security.html", values)


@require_POST
@limited("second-factor-off", per_minute=6)
@customer_page
def stop_reset(request: HttpRequest) -> HttpResponse:
    """The second factor stays; it needs no proof to keep it."""
    try:
        resets.stop(acting_user=request.user)
    except CareError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Stopped. Your second factor stays."))
    return redirect("portal:security")


@form_page
@sensitive_post_parameters("current", "password")
@limited("password", per_minute=10)
@customer_page
@stepping_up
def password(request: HttpRequest) -> HttpResponse:
    sessions.require_recent(request)
    form = forms.ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_password(
                request=request,
                current=form.cleaned_data["current"],
                password=form.cleaned_data["password"],
            )
        except IdentityError as error:
            if error.code == "step_up":
                raise
            refuse(form, error, "password" if error.code == "weak_password" else "current")
        else:
            messages.success(request, _("Your password is changed. Other sessions have ended."))
            return redirect("portal:security")
    return render(request, "portal/password.html", {"form": form}, status=status_of(form))


@form_page
@sensitive_post_parameters("code")
@limited("enrol", per_minute=20)
@stepping_up
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up a second factor: QR code and key, first code, then the recovery codes, once."""
    if not request.user.is_authenticated:
        return sign_in_first(request)
    brand = brands.view_of(request.tenant)  # type: ignore[attr-defined]
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = actions.confirm_enrolment(
                request=request, user=request.user, code=form.cleaned_data["code"]
            )
        except IdentityError as error:
            if error.code == "step_up":
                raise
            refuse(form, error, "code")
        else:
            return _recovery_codes(request, codes, fresh=True)
    enrolment = actions.begin_enrolment(request=request, user=request.user, issuer=brand.name)
    values = {
        "form": form,
        "enrolment": enrolment,
        "required": selectors.must_enrol(request.user),
        "replacing": selectors.has_second_factor(request.user),
    }
    response = render(request, "portal/enrol.html", values, status=status_of(form))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@limited("recovery-codes", per_minute=6)
@customer_page
@stepping_up
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the old ones stop working."""
    codes = actions.new_recovery_codes(request=request, user=request.user)
    return _recovery_codes(request, codes, fresh=False)


def _recovery_codes(request: HttpRequest, codes: list[str], *, fresh: bool) -> HttpResponse:
    response = render(request, "portal/recovery_codes.html", {"codes": codes, "fresh": fresh})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@limited("second-factor-off", per_minute=6)
@customer_page
@stepping_up
def disable_second_factor(request: HttpRequest) -> HttpResponse:
    try:
        actions.disable_second_factor(request=request, user=request.user)
    except IdentityError as error:
        if error.code == "step_up":
            raise
        messages.error(request, error.message)
    else:
        messages.warning(request, _("The second factor is off: the password alone is enough now."))
    return redirect("portal:security")


@require_POST
@limited("sessions", per_minute=30)
@customer_page
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    ended = actions.revoke_session(
        user=request.user, session_id=session_id, acting_user=request.user
    )
    if not ended:
        raise Http404
    messages.success(request, _("The session has ended."))
    return redirect("portal:security")


@require_POST
@limited("sessions", per_minute=30)
@customer_page
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    actions.revoke_other_sessions(
        user=request.user, keep_key=request.session.session_key, acting_user=request.user
    )
    messages.success(request, _("All other sessions have ended."))
    return redirect("portal:security")


@require_POST
@limited("devices", per_minute=30)
@customer_page
def forget_device(request: HttpRequest, device_id: int) -> HttpResponse:
    if not actions.forget_device(user=request.user, device_id=device_id, acting_user=request.user):
        raise Http404
    messages.success(request, _("That browser is trusted no longer."))
    return redirect("portal:security")


@form_page
@sensitive_post_parameters("code", "password")
@limited("confirm", per_minute=10)
@customer_page
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove again who you are before something sensitive: by code, or else by password."""
    onward = next_address(request, "portal:security")
    has_device = selectors.has_second_factor(request.user)
    kind = forms.CodeForm if has_device else PasswordConfirmForm
    form = kind(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if has_device:
                actions.check_second_factor(request=request, code=form.cleaned_data["code"])
            else:
                actions.confirm_password(request=request, password=form.cleaned_data["password"])
        except IdentityError as error:
            refuse(form, error)
        else:
            return redirect(onward)
    values = {"form": form, "next": onward, "has_device": has_device}
    return render(request, "portal/confirm.html", values, status=status_of(form))
