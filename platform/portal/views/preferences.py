"""A user's preferences, kept as he sets them: JSON for the pages' own scripts."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_safe

from portal import actions, selectors
from portal.guard import customer_page, limited
from portal.preferences import BadPreference


@require_safe
@customer_page
def preferences(request: HttpRequest) -> HttpResponse:
    """All that the user has set; with ``?symbol=`` also what he drew on that instrument."""
    symbol = request.GET.get("symbol", "")
    return JsonResponse(selectors.preferences_of(request.user, symbol=symbol))


@require_http_methods(["POST", "DELETE"])
@customer_page
@limited("preference", per_minute=120)
def preference(request: HttpRequest, preference_name: str) -> HttpResponse:
    """Keep one (the body is its JSON value), or forget it."""
    user = request.user
    try:
        if request.method == "DELETE":
            actions.forget_preference(acting_user=user, name=preference_name)
        else:
            actions.keep_preference(acting_user=user, name=preference_name, body=request.body)
    except BadPreference as error:
        return JsonResponse({"error": str(error)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
