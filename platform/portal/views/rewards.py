"""What a customer earned by campaigns, his own code, and who brought him."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from identity.models import User
from portal import forms
from portal.guard import customer_page, limited
from tenants import links
from wallets.campaigns import referrals, selectors
from wallets.campaigns.errors import CampaignError

COOKIE = "invited-by"
COOKIE_DAYS = 30
SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
@limited("referral", per_minute=6)
def rewards(request: HttpRequest) -> HttpResponse:
    """The page; sent, it keeps by whose code the customer came."""
    user = request.user
    assert isinstance(user, User)
    code = request.COOKIES.get(COOKIE, "")[:12]
    form = forms.ReferralForm(request.POST or None, initial={"code": code})
    if request.method == "POST" and form.is_valid():
        try:
            referrals.note_referral(user=user, code=form.cleaned_data["code"], acting_user=user)
        except CampaignError as error:
            form.add_error("code", _sentence(error))
        else:
            return redirect("portal:rewards")
    own = referrals.code_of(user).code
    awards = list(selectors.awards_of(user)[:SHOWN])
    values = {
        "form": form,
        "code": own,
        "link": f"{links.site_address(request.tenant)}/r/{own}",  # type: ignore[attr-defined]
        "brought": selectors.brought_by(user),
        "came_by_code": selectors.referral_of(user) is not None,
        "campaigns": selectors.open_to(user, timezone.now()),
        "awards": awards,
    }
    return render(request, "portal/rewards.html", values, status=422 if form.errors else 200)


@require_safe
def invited(request: HttpRequest, referral_code: str) -> HttpResponse:
    """The link that a customer passes on: remembered until the sign-up; it tells nothing about
    whose it is, nor whether there is such a code."""
    response = redirect("portal:sign_up")
    code = referral_code.strip().upper()
    if code.isalnum() and code.isascii() and len(code) <= referrals.LENGTH:
        response.set_cookie(
            COOKIE,
            code,
            max_age=COOKIE_DAYS * 86_400,
            httponly=True,
            samesite="Lax",
            secure=settings.HTTPS,
        )
    return response


def note_invitation(request: HttpRequest, user: User) -> None:
    """Keep by whose link a new customer came; a link that does not hold spoils no sign-up."""
    code = request.COOKIES.get(COOKIE, "")[:12]
    if not code:
        return
    try:
        with transaction.atomic():
            referrals.note_referral(user=user, code=code, acting_user=user)
    except CampaignError:
        return


def _sentence(error: CampaignError) -> str:
    """A refusal in the customer's language."""
    return {
        "unknown_code": _("There is no such code. Look at its letters once more."),
        "own_code": _("This is your own code. Pass it on to others."),
        "known": _("It is known already who brought you."),
        "circular": _("You brought this customer yourself."),
        "too_late": _("Codes count within 30 days of the sign-up."),
    }[error.code]
