"""Staff's way in: password, then code; a first authenticator; a forgotten password.

Throttling, hashing and sessions are identity's. These pages only ask and show.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from backoffice import access, languages, once
from backoffice.forms import PlainForm
from backoffice.pages import site_of
from identity import actions
from identity.errors import IdentityError
from identity.forms import EmailForm, NewPasswordForm, SignInForm
from identity.models import TotpDevice, User


class PasswordForm(PlainForm, SignInForm):
    """E-mail and password."""


class SecondFactorForm(PlainForm):
    """Six digits of the authenticator, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autofocus": True,
                "spellcheck": "false",
                "class": "bo-code-input",
            }
        ),
    )


class AddressForm(PlainForm, EmailForm):
    """Where to mail a link to."""


class PasswordChoiceForm(PlainForm, NewPasswordForm):
    """A new password."""


def _page(
    request: HttpRequest,
    template: str,
    *,
    title: str,
    status: int = 200,
    links: list[tuple[str, str]] | None = None,
    **context: Any,
) -> HttpResponse:
    response = TemplateResponse(
        request,
        f"backoffice/{template}",
        {
            **site_of(request).each_context(request),
            "title": title,
            "site_name": site_of(request).name,
            "links": links or [],
            **context,
        },
        status=status,
    )
    return response.render()


def _to(request: HttpRequest, name: str, *args: Any) -> str:
    return reverse(f"{site_of(request).name}:{name}", args=args)


def _next(request: HttpRequest) -> str:
    """Where to go after signing in: only to a page of this very site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    start = _to(request, "index")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours and wanted.startswith(start) else start


def _with_next(request: HttpRequest, name: str) -> str:
    wanted = _next(request)
    address = _to(request, name)
    return (
        address if wanted == _to(request, "index") else f"{address}?{urlencode({'next': wanted})}"
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """First step: e-mail and password."""
    if access.is_verified_staff(request):
        return HttpResponseRedirect(_next(request))
    if request.user.is_authenticated and request.user.is_staff:  # type: ignore[union-attr]
        return HttpResponseRedirect(_with_next(request, _missing_step(request.user)))
    form = PasswordForm(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        outcome = actions.sign_in(
            request=request,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
        )
        if outcome.state == "second_factor":
            return HttpResponseRedirect(_with_next(request, "second_factor"))
        if outcome.state == "signed_in":
            return _signed_in(request, outcome.user)
        form.add_error(None, outcome.message)
        status = 429 if outcome.state == "throttled" else 422
    return _page(
        request,
        "sign_in.html",
        title=_("Sign in"),
        sentence=_("For staff. You will need your authenticator app."),
        form=form,
        confirm_label=_("Continue"),
        links=[(_("Forgotten your password?"), _to(request, "forgot"))],
        status=status,
    )


def _missing_step(user: Any) -> str:
    has_device = TotpDevice.objects.filter(user=user, confirmed=True).exists()
    return "second_factor" if has_device else "enrol"


def _signed_in(request: HttpRequest, user: User | None) -> HttpResponse:
    """A right sign-in leads on for staff; a customer is shown out again."""
    if user is None or not user.is_staff:
        actions.sign_out(request=request)
        messages.error(request, _("This sign-in is for staff. Customers sign in on the main page."))
        return HttpResponseRedirect(_to(request, "login"))
    once.forget_old_tokens()
    if access.is_verified_staff(request):
        return HttpResponseRedirect(_next(request))
    return HttpResponseRedirect(_with_next(request, _missing_step(user)))


@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Second step: a code of the authenticator, or a recovery code."""
    if access.is_verified_staff(request):
        return HttpResponseRedirect(_next(request))
    form = SecondFactorForm(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            done = _check_code(request, form.cleaned_data["code"])
        except IdentityError as error:
            form.add_error(None, error.message)
            status = 429 if error.code == "throttled" else 422
        else:
            return done
    return _page(
        request,
        "sign_in.html",
        title=_("Enter your code"),
        sentence=_("Six digits from your authenticator app, or one of your recovery codes."),
        form=form,
        confirm_label=_("Sign in"),
        links=[(_("Begin again"), _to(request, "login"))],
        status=status,
    )


def _check_code(request: HttpRequest, code: str) -> HttpResponse:
    if request.user.is_authenticated:
        actions.check_second_factor(request=request, code=code)
        return HttpResponseRedirect(_next(request))
    outcome = actions.finish_sign_in(request=request, code=code)
    if outcome.state != "signed_in":
        raise outcome.refusal
    # The session is another one now: OTP's middleware looked at it before the code came.
    user: Any = outcome.user
    if not user.is_staff:
        return _signed_in(request, user)
    once.forget_old_tokens()
    return HttpResponseRedirect(_next(request))


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """A first authenticator for staff who has none; without it no page opens."""
    user: Any = request.user
    if not user.is_authenticated or not user.is_staff:
        return HttpResponseRedirect(_with_next(request, "login"))
    if TotpDevice.objects.filter(user=user, confirmed=True).exists():
        return HttpResponseRedirect(_with_next(request, "second_factor"))
    form = SecondFactorForm(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            codes = actions.confirm_enrolment(
                request=request, user=user, code=form.cleaned_data["code"]
            )
        except IdentityError as error:
            form.add_error(None, error.message)
        else:
            return _page(
                request,
                "recovery_codes.html",
                title=_("Your recovery codes"),
                sentence=_(
                    "Each works once, for the day your phone is lost. They are shown only now."
                ),
                codes=codes,
                onward=_next(request),
            )
    issuer = str(site_of(request).each_context(request)["site_header"])
    enrolment = actions.begin_enrolment(request=request, user=user, issuer=issuer)
    return _page(
        request,
        "enrol.html",
        title=_("Set up your second factor"),
        sentence=_("Staff sign in with a password and a code."),
        form=form,
        qr_svg=mark_safe(enrolment.qr_svg),
        secret_text=enrolment.secret_text,
        confirm_label=_("Confirm"),
        status=status,
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    actions.sign_out(request=request)
    messages.success(request, _("You are signed out."))
    return HttpResponseRedirect(_to(request, "login"))


@require_http_methods(["GET", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """Mail a link for a new password; the answer never tells whether the address is known."""
    form = AddressForm(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_password_reset(request=request, email=form.cleaned_data["email"])
        except IdentityError as error:
            form.add_error(None, error.message)
            status = 429
        else:
            messages.success(
                request, _("If there is such a user, a link is on its way to that address.")
            )
            return HttpResponseRedirect(_to(request, "login"))
    return _page(
        request,
        "sign_in.html",
        title=_("New password"),
        sentence=_("We mail you a link that works for an hour."),
        form=form,
        confirm_label=_("Mail me a link"),
        links=[(_("Back to sign-in"), _to(request, "login"))],
        status=status,
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed invitation: choose a password, then sign in and enrol."""
    return _choose_password(
        request,
        title=_("Welcome"),
        sentence=_("Choose a password. After that you set up your authenticator app."),
        redeem=lambda new: actions.accept_invitation(token=token, password=new),
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link for a new password."""
    return _choose_password(
        request,
        title=_("New password"),
        sentence=_("All your sessions end with it."),
        redeem=lambda new: actions.reset_password(token=token, password=new),
    )


def _choose_password(
    request: HttpRequest, *, title: str, sentence: str, redeem: Callable[[str], Any]
) -> HttpResponse:
    form = PasswordChoiceForm(request.POST or None)
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            redeem(form.cleaned_data["password"])
        except IdentityError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return HttpResponseRedirect(_to(request, "login"))
    return _page(
        request,
        "sign_in.html",
        title=title,
        sentence=sentence,
        form=form,
        confirm_label=_("Set the password"),
        links=[(_("Back to sign-in"), _to(request, "login"))],
        status=status,
    )


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The web in another language, on the page where that was chosen."""
    response = HttpResponseRedirect(_next(request))
    languages.choose(request, response)
    return response


# Pages before sign-in: route, name, view. Everything else needs a second factor.
OPEN_PAGES: tuple[tuple[str, str, Callable[..., HttpResponse]], ...] = (
    ("sign-in/", "login", password),
    ("code/", "second_factor", second_factor),
    ("enrol/", "enrol", enrol),
    ("sign-out/", "logout", sign_out),
    ("forgot/", "forgot", forgot),
    ("language/", "language", language),
    ("invitation/<str:token>/", "invitation", invitation),
    ("reset/<str:token>/", "reset", reset),
)
