"""API keys: list, make (the secret is shown once), revoke."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity import actions, selectors, sessions
from identity.errors import IdentityError
from portal.forms import ApiKeyForm
from portal.guard import customer_page, limited, stepping_up
from portal.views.gate import refuse, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@limited("api-keys", per_minute=10)
@customer_page
@stepping_up
def api_keys(request: HttpRequest) -> HttpResponse:
    form = ApiKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_api_key(
                request=request,
                user=request.user,
                label=form.cleaned_data["label"],
                permissions=form.cleaned_data["permissions"],
                networks=form.cleaned_data["networks"],
                acting_user=request.user,
            )
        except IdentityError as error:
            if error.code == "step_up":
                raise
            refuse(form, error)
        else:
            values = {"key": made.key, "secret": made.secret}
            return render(request, "portal/api_key_made.html", values)
    values = {
        "form": form,
        "keys": selectors.api_keys_of(request.user),
        "is_recent": sessions.is_recent(request),
    }
    return render(request, "portal/api_keys.html", values, status=status_of(form))


@require_POST
@limited("api-keys", per_minute=10)
@customer_page
def revoke_api_key(request: HttpRequest, public_id: str) -> HttpResponse:
    if not actions.revoke_api_key(user=request.user, public_id=public_id, acting_user=request.user):
        raise Http404
    messages.success(request, _("The key is revoked and works no longer."))
    return redirect("portal:api_keys")
