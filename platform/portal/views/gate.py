"""Sign-up, e-mail verification, sign-in, second factor at sign-in, password reset, sign-out."""

from collections.abc import Callable
from functools import partial

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity import actions, cookies, forms
from identity.actions.sign_in import SignIn, pending_user
from identity.errors import IdentityError
from identity.models import User
from portal.guard import limited, next_address
from portal.views import rewards

form_page = require_http_methods(["GET", "HEAD", "POST"])
MAILED_TO = "mailed_to"


@never_cache
@form_page
@limited("sign-up", per_minute=10)
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("portal:dashboard")
    form = forms.SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.sign_up(
                request=request,
                email=form.cleaned_data["email"],
                language=get_language() or "",
            )
        except IdentityError as error:
            refuse(form, error)
        else:
            request.session[MAILED_TO] = form.cleaned_data["email"]
            return redirect("portal:check_mail")
    return render(request, "portal/sign_up.html", {"form": form}, status=status_of(form))


@never_cache
@form_page
@limited("check-mail", per_minute=6)
def check_mail(request: HttpRequest) -> HttpResponse:
    """Where the link was mailed to, with a button to mail it again."""
    email = request.session.get(MAILED_TO)
    if not email:
        return redirect("portal:sign_up")
    error, sent = "", False
    if request.method == "POST":
        try:
            actions.resend_verification(request=request, email=email)
            sent = True
        except IdentityError as refusal:
            error = refusal.message
    values = {"email": email, "error": error, "sent": sent}
    return render(request, "portal/check_mail.html", values, status=429 if error else 200)


@never_cache
@form_page
@sensitive_post_parameters("password")
@limited("verify", per_minute=20)
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link, behind which the first password is chosen."""

    def redeem(*, password: str) -> User:
        user = actions.verify_email(token=token, password=password)
        rewards.note_invitation(request, user)
        return user

    return _choose_password(request, redeem, page="verify", done="verified")


@never_cache
@form_page
@sensitive_post_parameters("password")
@limited("sign-in", per_minute=20)
def sign_in(request: HttpRequest) -> HttpResponse:
    onward = next_address(request, "portal:dashboard")
    if request.user.is_authenticated and request.method != "POST":
        return redirect(onward)
    form = forms.SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        step = actions.sign_in(
            request=request,
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            trusted_token=cookies.trusted_token_of(request),
        )
        if step.state == "unverified":
            request.session[MAILED_TO] = form.cleaned_data["email"]
            return redirect("portal:check_mail")
        if step.state == "second_factor":
            request.session["onward"] = onward
            return redirect("portal:second_factor")
        if step.state == "signed_in":
            return _onward(step, onward)
        refuse(form, step.refusal)
    values = {"form": form, "next": onward}
    return render(request, "portal/sign_in.html", values, status=status_of(form))


@never_cache
@form_page
@sensitive_post_parameters("code")
@limited("second-factor", per_minute=20)
def second_factor(request: HttpRequest) -> HttpResponse:
    """The code after a right password."""
    user = pending_user(request)
    if user is None:
        return redirect("portal:sign_in")
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        onward = request.session.get("onward", "")
        step = actions.finish_sign_in(
            request=request, code=form.cleaned_data["code"], trust=form.cleaned_data["trust"]
        )
        if step.state == "signed_in":
            return _onward(step, onward or "/dashboard")
        refuse(form, step.refusal, "code")
    values = {"form": form, "may_trust": not user.is_staff}
    return render(request, "portal/second_factor.html", values, status=status_of(form))


@never_cache
@form_page
@limited("forgot", per_minute=6)
def forgot(request: HttpRequest) -> HttpResponse:
    form = forms.EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.request_password_reset(request=request, email=form.cleaned_data["email"])
        except IdentityError as error:
            refuse(form, error)
        else:
            email = form.cleaned_data["email"]
            return render(request, "portal/forgot_sent.html", {"email": email})
    return render(request, "portal/forgot.html", {"form": form}, status=status_of(form))


@never_cache
@form_page
@sensitive_post_parameters("password")
@limited("reset", per_minute=10)
def reset(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link, behind which another password is chosen."""
    redeem = partial(actions.reset_password, token=token)
    return _choose_password(request, redeem, page="reset", done="password_set")


def _choose_password(
    request: HttpRequest, redeem: Callable[..., User], *, page: str, done: str
) -> HttpResponse:
    form = forms.NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = redeem(password=form.cleaned_data["password"])
        except IdentityError as error:
            if error.code != "weak_password":
                values = {"message": error.message, "reset": page == "reset"}
                return render(request, "portal/link_expired.html", values, status=410)
            refuse(form, error, "password")
        else:
            request.session.pop(MAILED_TO, None)
            return render(request, f"portal/{done}.html", {"email": user.email})
    return render(request, f"portal/{page}.html", {"form": form}, status=status_of(form))


@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Staff are invited with a link of the host; their page stands in the backoffice."""
    return redirect(f"/backoffice/invitation/{token}/")


@require_POST
@limited("sign-out", per_minute=20)
def sign_out(request: HttpRequest) -> HttpResponse:
    actions.sign_out(request=request)
    return redirect("portal:landing")


def _onward(step: SignIn, onward: str) -> HttpResponse:
    staff = step.user is not None and step.user.is_staff
    response = redirect("/backoffice/" if staff else onward)
    if step.trusted_token:
        cookies.set_trusted_device(response, step.trusted_token)
    return response


def refuse(form: Form, error: IdentityError, field: str | None = None) -> None:
    """Show on the form why the action refused it."""
    form.add_error(field, ValidationError(error.message, code=error.code))


def status_of(form: Form) -> int:
    """422 for a form that comes back with something to mend, 429 for one that came too often."""
    if not form.is_bound or not form.errors:
        return 200
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    return 429 if "throttled" in codes else 422
