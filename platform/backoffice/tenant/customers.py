"""Customers: the list, one page with everything about one, and what staff may do for them."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm
from backoffice.tables import Choice, Column, Days, Listing
from backoffice.tenant import accounts, orders, trades
from care import selectors as care
from care.actions import resets
from identity import actions, selectors
from identity.models import ApiKey, TotpDevice, User
from tenants import registry
from trading.orders.models import OPEN_STATUSES, Order, Trade


def _search(rows: QuerySet, term: str) -> QuerySet:
    wanted = Q(email__icontains=term) | Q(name__icontains=term)
    if term.isascii() and term.isdigit() and len(term) < 19:
        wanted |= Q(pk=int(term)) | Q(accounts__pk=int(term))
    return rows.filter(wanted).distinct()


def state_of(user: User) -> str:
    """One word for a list."""
    if not user.is_active:
        return "closed"
    return "verified" if user.email_verified_at else "unverified"


def _narrow_state(rows: QuerySet, value: str) -> QuerySet:
    if value == "closed":
        return rows.filter(is_active=False)
    return rows.filter(is_active=True, email_verified_at__isnull=value == "unverified")


def customers(request: HttpRequest) -> HttpResponse:
    """All customers of the tenant."""
    listing = Listing(
        columns=[
            Column(
                gettext_lazy("Customer"),
                lambda u: cells.pair(u.email, u.name) if u.name else u.email,
                "main",
            ),
            Column(gettext_lazy("State"), lambda u: cells.badge(state_of(u))),
            Column(gettext_lazy("Accounts"), lambda u: u.account_count, "number"),
            Column(gettext_lazy("Language"), lambda u: u.language or "–", on_phone=False),
            Column(gettext_lazy("Signed up (UTC)"), lambda u: cells.when(u.created_at)),
        ],
        filters=[
            Choice(
                "state",
                gettext_lazy("State"),
                [
                    ("verified", gettext_lazy("Verified")),
                    ("unverified", gettext_lazy("Unverified")),
                    ("closed", pgettext_lazy("login of a customer", "Closed")),
                ],
                _narrow_state,
            ),
            Days("created", gettext_lazy("Signed up"), "created_at"),
        ],
        search=_search,
        search_hint=gettext_lazy("E-mail, name, customer or account id"),
        empty_headline=gettext_lazy("No customers yet"),
        empty_sentence=gettext_lazy("They appear here as soon as they sign up."),
        row_link=lambda user: pages.url(request, "customer", user.pk),
    )
    rows = selectors.customers().annotate(account_count=Count("accounts", distinct=True))
    return pages.render(
        request, "list.html", {"table": listing.page(request, rows)}, title=_("Customers")
    )


def customer(request: HttpRequest, user_id: int) -> HttpResponse:
    """Everything about one customer on one page."""
    user = selectors.access_customer(request.user, user_id)  # type: ignore[arg-type]
    has_second_factor = TotpDevice.objects.filter(user=user, confirmed=True).exists()
    owned = list(user.accounts.select_related("group"))  # type: ignore[attr-defined]
    account_ids = [account.pk for account in owned]
    open_orders = orders.rows_with_names(
        Order.objects.filter(account_id__in=account_ids, status__in=OPEN_STATUSES)
    ).order_by("-pk")[:20]
    latest_trades = (
        Trade.objects.filter(
            Q(maker_account_id__in=account_ids) | Q(taker_account_id__in=account_ids)
        )
        .select_related("instrument", "instrument__base", "instrument__quote")
        .order_by("-pk")[:10]
    )
    context: dict[str, Any] = {
        "customer": user,
        "state": state_of(user),
        "has_second_factor": has_second_factor,
        "facts": [
            (_("State"), cells.badge(state_of(user))),
            (_("Customer id"), cells.mono(user.pk)),
            (_("Name"), user.name or "–"),
            (_("E-mail verified (UTC)"), cells.when(user.email_verified_at)),
            (_("Second factor"), _second_factor(user, has_second_factor)),
            (_("Language"), user.language or _("as the brand's")),
            (_("Signed up (UTC)"), cells.when(user.created_at)),
            (_("Password set (UTC)"), cells.when(user.password_changed_at)),
        ],
        "accounts": [accounts.card(request, account) for account in owned],
        "open_orders": Listing(
            columns=orders.order_columns(request, with_account=len(owned) > 1),
            row_link=lambda o: pages.url(request, "order", o.pk),
            empty_headline=gettext_lazy("No open orders"),
        ).show(open_orders),
        "fills": Listing(
            columns=trades.trade_columns(request),
            row_link=lambda t: pages.url(request, "trade", t.pk),
            empty_headline=gettext_lazy("No trades yet"),
        ).show(latest_trades),
        "sessions": _sessions(user),
        "sign_ins": _sign_ins(user),
        "api_keys": api_key_table(user),
    }
    if access.may(request.user, "audit.view"):
        records = audit_selectors.records_of(user).union(audit_selectors.records_by(user))
        context["audit"] = audit_pages.timeline(request, records.order_by("-id")[:15])
    return pages.render(
        request,
        "customer.html",
        context,
        title=user.email,
        crumbs=[(_("Customers"), pages.url(request, "customers"))],
    )


def _second_factor(user: User, is_on: bool) -> Any:
    reset = care.open_reset_of(user)
    if reset is None:
        return _("on") if is_on else _("off")
    return cells.badge(_("reset: %(state)s") % {"state": reset.get_state_display()}, "warn")


def _sessions(user: User) -> Any:
    return Listing(
        columns=[
            Column(gettext_lazy("Last seen (UTC)"), lambda s: cells.when(s.last_seen_at), "main"),
            Column(gettext_lazy("Address"), lambda s: cells.mono(s.address or "–")),
            Column(gettext_lazy("Browser"), lambda s: s.user_agent[:80] or "–"),
            Column(gettext_lazy("Second factor (UTC)"), lambda s: cells.when(s.second_factor_at)),
        ],
        empty_headline=gettext_lazy("Not signed in anywhere"),
    ).show(selectors.sessions_of(user)[:20])


def _sign_ins(user: User) -> Any:
    tones = {"signed_in": "good", "second_factor": "plain", "wrong": "bad", "wrong_code": "bad"}
    return Listing(
        columns=[
            Column(gettext_lazy("Time (UTC)"), lambda a: cells.when(a.created_at), "main"),
            Column(
                gettext_lazy("Outcome"),
                lambda a: cells.badge(a.get_outcome_display(), tones.get(a.outcome, "warn")),
            ),
            Column(gettext_lazy("Address"), lambda a: cells.mono(a.address or "–")),
            Column(gettext_lazy("Browser"), lambda a: a.user_agent[:80] or "–"),
        ],
        empty_headline=gettext_lazy("Never tried to sign in"),
    ).show(selectors.sign_ins_of(user)[:15])


def permission_words(permissions: list[str]) -> str:
    """What a key may do, in words; what is no permission any more by its code."""
    words = dict(ApiKey.Permission.choices)
    return ", ".join(str(words.get(each, each)).lower() for each in permissions)


def api_key_table(user: User) -> Any:
    """A customer's living keys; there is no secret in it."""
    return Listing(
        columns=[
            Column(gettext_lazy("Name"), lambda k: cells.pair(k.label, k.public_id), "main"),
            Column(gettext_lazy("May"), lambda k: permission_words(k.permissions)),
            Column(gettext_lazy("Only from"), lambda k: ", ".join(k.networks) or _("anywhere")),
            Column(gettext_lazy("Last used (UTC)"), lambda k: cells.when(k.last_used_at)),
        ],
        empty_headline=gettext_lazy("No API keys"),
    ).show(selectors.api_keys_of(user))


class CustomerAction(ActionPage):
    """An action on one customer."""

    def target(self, user_id: int) -> User:  # type: ignore[override]
        return selectors.access_customer(self.request.user, user_id)  # type: ignore[arg-type]

    def facts(self, target: User) -> list[tuple[str, Any]]:
        return [(_("Customer"), target.email), (_("State"), cells.badge(state_of(target)))]

    def back(self, target: User) -> str:
        return self.url("customer", target.pk)

    def crumbs(self, target: User) -> list[tuple[str, str]]:
        return [(_("Customers"), self.url("customers")), (target.email, self.back(target))]


class ResetSecondFactor(CustomerAction):
    """Ask that a lost authenticator be taken away; another person decides."""

    danger = True

    def title(self, target: User) -> str:
        return _("Ask for a reset of the second factor")

    def explanation(self, target: User) -> list[str]:
        return [
            _("Be sure that you speak with the customer: this opens the account to a password."),
            _("The customer is told at once by every way, and can stop it on his security page."),
            _(
                "Another person has to agree; %(hours)s hours later the authenticator and recovery "
                "codes stop working and all sessions end."
            )
            % {"hours": registry.get("care.reset_wait_hours")},
        ]

    def obstacle(self, target: User) -> str:
        if not TotpDevice.objects.filter(user=target, confirmed=True).exists():
            return _("This customer has no second factor, so there is nothing to reset.")
        if care.open_reset_of(target) is not None:
            return _("A reset of this customer's second factor is under way.")
        return ""

    def perform(self, target: User, values: dict[str, Any]) -> str:
        resets.ask(user=target, acting_user=self.request.user, reason=values["reason"])
        return _("Asked. Another person decides; %(email)s is told.") % {"email": target.email}


class CloseLogin(CustomerAction):
    """Close a login: the customer cannot sign in any more."""

    danger = True

    def title(self, target: User) -> str:
        return _("Close the login")

    def explanation(self, target: User) -> list[str]:
        return [
            _("The customer cannot sign in any more; sessions and API keys end at once."),
            _("Open orders and balances stay as they are: suspend the account to stop trading."),
        ]

    def obstacle(self, target: User) -> str:
        return "" if target.is_active else _("This login is closed already.")

    def perform(self, target: User, values: dict[str, Any]) -> str:
        actions.set_user_active(
            user=target,
            is_active=False,
            acting_user=self.request.user,  # type: ignore[arg-type]
            reason=values["reason"],
        )
        return _("The login of %(email)s is closed.") % {"email": target.email}


class OpenLogin(CustomerAction):
    """Open a closed login again."""

    def title(self, target: User) -> str:
        return _("Open the login again")

    def explanation(self, target: User) -> list[str]:
        return [_("The customer can sign in again with the password of before.")]

    def obstacle(self, target: User) -> str:
        return _("This login is open already.") if target.is_active else ""

    def perform(self, target: User, values: dict[str, Any]) -> str:
        actions.set_user_active(
            user=target,
            is_active=True,
            acting_user=self.request.user,  # type: ignore[arg-type]
            reason=values["reason"],
        )
        return _("The login of %(email)s is open again.") % {"email": target.email}


class ResendVerification(CustomerAction):
    """Mail the verification link again."""

    form_class = StaffForm

    def title(self, target: User) -> str:
        return _("Mail the verification link again")

    def explanation(self, target: User) -> list[str]:
        return [_("Earlier links stop working. The new one works for three days.")]

    def obstacle(self, target: User) -> str:
        if target.email_verified_at is not None:
            return _("This address is verified already.")
        return ""

    def perform(self, target: User, values: dict[str, Any]) -> str:
        actions.resend_verification(request=self.request, email=target.email)
        return _("A new link is on its way to %(email)s.") % {"email": target.email}


class EndSessions(CustomerAction):
    """Sign a customer out everywhere."""

    form_class = StaffForm

    def title(self, target: User) -> str:
        return _("Sign out everywhere")

    def explanation(self, target: User) -> list[str]:
        return [_("All sessions of this customer end at once. API keys keep working.")]

    def perform(self, target: User, values: dict[str, Any]) -> str:
        ended = actions.revoke_other_sessions(
            user=target, keep_key=None, acting_user=self.request.user
        )
        return _("%(count)s sessions ended.") % {"count": ended}


PAGES = (
    pages.Page("customers/", "customers", customers, "customers.view"),
    pages.Page("customers/<int:user_id>/", "customer", customer, "customers.view"),
    pages.Page(
        "customers/<int:user_id>/reset-second-factor/",
        "reset_second_factor",
        ResetSecondFactor.as_view(),
        "resets.ask",
    ),
    pages.Page(
        "customers/<int:user_id>/close-login/",
        "close_login",
        CloseLogin.as_view(),
        "customers.edit",
    ),
    pages.Page(
        "customers/<int:user_id>/open-login/",
        "open_login",
        OpenLogin.as_view(),
        "customers.edit",
    ),
    pages.Page(
        "customers/<int:user_id>/resend-verification/",
        "resend_verification",
        ResendVerification.as_view(),
        "customers.edit",
    ),
    pages.Page(
        "customers/<int:user_id>/end-sessions/",
        "end_sessions",
        EndSessions.as_view(),
        "customers.edit",
    ),
)
