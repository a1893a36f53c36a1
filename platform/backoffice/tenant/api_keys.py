"""API keys of all customers: who may do what from where. Secrets are not in here at all."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from backoffice import cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm
from backoffice.tables import Choice, Column, Listing
from backoffice.tenant import names
from identity import actions
from identity.models import ApiKey


def state_of(key: ApiKey) -> SafeString:
    """A badge: active, expired, revoked, or of somebody who cannot sign in."""
    if key.revoked_at is not None:
        return cells.badge(pgettext("state of an API key", "revoked"), "bad")
    if key.expires_at is not None and key.expires_at <= timezone.now():
        return cells.badge(pgettext("state of an API key", "expired"), "plain")
    if key.user.is_active:
        return cells.badge(pgettext("state of an API key", "active"), "good")
    return cells.badge(pgettext("state of an API key", "login closed"), "plain")


def _permissions(key: ApiKey) -> str:
    labels = dict(ApiKey.Permission.choices)
    return ", ".join(str(labels.get(name, name)).lower() for name in key.permissions)


def _narrow_state(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(revoked_at__isnull=value == "active")


def api_keys(request: HttpRequest) -> HttpResponse:
    """Every key with its permissions, newest first."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Key"), lambda k: cells.pair(k.label, k.public_id), "main"),
            Column(gettext_lazy("Customer"), lambda k: names.user_link(request, k.user)),
            Column(gettext_lazy("May"), _permissions),
            Column(gettext_lazy("Only from"), lambda k: ", ".join(k.networks) or _("anywhere")),
            Column(gettext_lazy("State"), state_of),
            Column(gettext_lazy("Last used (UTC)"), lambda k: cells.when(k.last_used_at)),
        ],
        filters=[
            Choice(
                "state",
                gettext_lazy("State"),
                [("active", gettext_lazy("Not revoked")), ("revoked", gettext_lazy("Revoked"))],
                _narrow_state,
            ),
            Choice(
                "may",
                gettext_lazy("May"),
                ApiKey.Permission.choices,
                lambda rows, value: rows.filter(permissions__contains=[value]),
            ),
        ],
        search=lambda rows, term: rows.filter(
            Q(public_id=term) | Q(label__icontains=term) | Q(user__email__icontains=term)
        ),
        search_hint=gettext_lazy("Key, name or e-mail"),
        empty_headline=gettext_lazy("No API keys yet"),
        empty_sentence=gettext_lazy("Customers make them on their own pages."),
        row_link=lambda key: pages.url(request, "api_key", key.pk),
    )
    rows = ApiKey.objects.select_related("user").defer("secret_encrypted")
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, rows),
            "intro": _("Secrets are stored encrypted and shown to nobody, not even here."),
        },
        title=_("API keys"),
    )


def api_key(request: HttpRequest, key_id: int) -> HttpResponse:
    """One key."""
    key: ApiKey = names.found(
        ApiKey.objects.select_related("user").defer("secret_encrypted"), pk=key_id
    )
    facts = [
        (_("State"), state_of(key)),
        (_("Key"), cells.mono(key.public_id)),
        (_("Customer"), names.user_link(request, key.user)),
        (_("May"), _permissions(key)),
        (_("Only from"), ", ".join(key.networks) or _("anywhere")),
        (_("Made (UTC)"), cells.when(key.created_at)),
        (_("Expires (UTC)"), cells.when(key.expires_at)),
        (_("Last used (UTC)"), cells.when(key.last_used_at)),
        (_("Revoked (UTC)"), cells.when(key.revoked_at)),
    ]
    return pages.render(
        request,
        "api_key.html",
        {"facts": facts, "key": key},
        title=key.label,
        crumbs=[(_("API keys"), pages.url(request, "api_keys"))],
    )


class RevokeKey(ActionPage):
    """End a customer's key."""

    form_class = ReasonForm
    danger = True

    def target(self, key_id: int) -> ApiKey:  # type: ignore[override]
        row: ApiKey = names.found(
            ApiKey.objects.select_related("user").defer("secret_encrypted"), pk=key_id
        )
        return row

    def title(self, target: ApiKey) -> str:
        return _("Revoke the key")

    def facts(self, target: ApiKey) -> list[tuple[str, Any]]:
        return [(_("Key"), target.label), (_("Customer"), target.user.email)]

    def explanation(self, target: ApiKey) -> list[str]:
        return [_("Programs that use it are refused at once. It cannot be undone.")]

    def obstacle(self, target: ApiKey) -> str:
        return "" if target.revoked_at is None else _("This key is revoked already.")

    def perform(self, target: ApiKey, values: dict[str, Any]) -> str:
        actions.revoke_api_key(
            user=target.user, public_id=target.public_id, acting_user=self.request.user
        )
        return _("The key is revoked.")

    def back(self, target: ApiKey) -> str:
        return self.url("api_key", target.pk)

    def crumbs(self, target: ApiKey) -> list[tuple[str, str]]:
        return [(_("API keys"), self.url("api_keys")), (target.label, self.back(target))]


PAGES = (
    pages.Page("api-keys/", "api_keys", api_keys, "customers.view"),
    pages.Page("api-keys/<int:key_id>/", "api_key", api_key, "customers.view"),
    pages.Page(
        "api-keys/<int:key_id>/revoke/", "revoke_key", RevokeKey.as_view(), "customers.edit"
    ),
)
