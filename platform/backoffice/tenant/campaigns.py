"""Campaigns: bonuses and discounts with a budget, rules, a second person and a cost report."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from audit import selectors as audit_selectors
from backoffice import access, audit_pages, cells, export, pages
from backoffice.action import ActionPage
from backoffice.editing import EditPage
from backoffice.forms import MomentField, ReasonForm, StaffForm, units_of
from backoffice.tables import Column, Listing, by_state
from backoffice.tenant import names
from trading.accounts.models import AccountGroup
from trading.instruments.models import Asset
from wallets.campaigns import actions, selectors
from wallets.campaigns.models import AwardState, Campaign, Kind, State

TONES = {State.ACTIVE: "good", State.ASKED: "warn", State.PAUSED: "warn"}
AMOUNTS = ("amount", "referrer", "budget", "min_volume")


def campaign_or_404(campaign_id: int) -> Campaign:
    row = selectors.campaigns().filter(pk=campaign_id).first() if campaign_id < 2**63 else None
    if row is None:
        raise Http404
    return row


def state_badge(row: Campaign) -> Any:
    return cells.badge(row.get_state_display(), TONES.get(State(row.state), "plain"))


def rules_in_words(row: Campaign) -> list[str]:
    """What a campaign gives to whom, as its second person reads it."""

    def money(units: int) -> str:
        return f"{cells.grouped(row.asset.text(units))} {row.asset.code}"

    said = {
        Kind.SIGN_UP: _("Every customer who confirms his address meanwhile gets %(own)s."),
        Kind.TRADING: _("Every customer gets %(own)s once."),
        Kind.REFERRAL: _("Whoever is brought by another customer within the campaign gets %(own)s, "
                         "and who brought him %(other)s."),
        Kind.DISCOUNT: _("%(percent)s %% of the fees that a customer pays in %(code)s are given "
                         "back, day by day, once a day is sealed."),
    }[Kind(row.kind)] % {
        "own": money(row.amount_units), "other": money(row.referrer_units),
        "percent": row.percent, "code": row.asset.code,
    }  # fmt: skip
    words = [said]
    if row.min_volume_units and row.kind != Kind.DISCOUNT:
        words.append(
            _("He must have traded %(volume)s within the campaign, in instruments quoted in "
              "%(code)s. Trades with himself or with who brought him count for nothing.")
            % {"volume": money(row.min_volume_units), "code": row.asset.code}
        )  # fmt: skip
    if row.group:
        words.append(_("Only accounts of the group %(group)s.") % {"group": row.group.name})
    words.append(
        _("From %(start)s to %(end)s UTC. It never pays more than %(budget)s in all; who comes "
          "when that is used up gets nothing.")
        % {
            "start": f"{row.starts_at:%Y-%m-%d %H:%M}", "end": f"{row.ends_at:%Y-%m-%d %H:%M}",
            "budget": money(row.budget_units),
        }
    )  # fmt: skip
    return words


def campaigns(request: HttpRequest) -> HttpResponse:
    """All campaigns with what is left of their budgets."""

    def used(row: Campaign) -> Any:
        cost = selectors.cost_of(row)
        return cells.pair(
            names.amount(cost.paid_units + cost.queued_units, row.asset),
            _("%(percent)s %% of %(budget)s")
            % {"percent": cost.used_percent, "budget": row.asset.text(cost.budget_units)},
        )

    listing = Listing(
        columns=[
            Column(
                gettext_lazy("Campaign"),
                lambda row: cells.pair(row.name, row.get_kind_display()),
                "main",
            ),
            Column(gettext_lazy("State"), state_badge),
            Column(gettext_lazy("From (UTC)"), lambda row: cells.when(row.starts_at)),
            Column(gettext_lazy("Until (UTC)"), lambda row: cells.when(row.ends_at)),
            Column(gettext_lazy("Spent"), used, "number"),
        ],
        filters=[
            by_state(State.choices),
        ],
        search=lambda rows, term: rows.filter(name__icontains=term),
        search_hint=gettext_lazy("Name"),
        empty_headline=gettext_lazy("No campaigns yet"),
        empty_sentence=gettext_lazy("Bonuses and discounts, each within its budget, stand here."),
        row_link=lambda row: pages.url(request, "campaign", row.pk),
    )  # fmt: skip
    buttons = []
    if access.may(request.user, "campaigns.change"):
        buttons.append((_("New campaign"), pages.url(request, "new_campaign"), "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.campaigns()), "buttons": buttons},
        title=_("Campaigns"),
    )


def _awards(request: HttpRequest) -> Listing:
    return Listing(
        columns=[
            Column(gettext_lazy("Given (UTC)"), lambda a: cells.when(a.given_at), "main"),
            Column(
                gettext_lazy("Account"), lambda a: names.account_link(request, a.account)
            ),
            Column(
                pgettext_lazy("money", "Amount"),
                lambda a: names.amount(a.amount_units, a.campaign.asset),
                "number",
            ),
            Column(gettext_lazy("For"), lambda a: cells.mono(a.key)),
            Column(gettext_lazy("State"), lambda a: cells.badge(
                a.get_state_display(), {"paid": "good", "rejected": "bad"}.get(a.state, "warn"))),
        ],
        filters=[
            by_state(AwardState.choices),
        ],
        empty_headline=gettext_lazy("Nothing was given yet"),
        empty_sentence=gettext_lazy("Each amount stands here with its entry in the books."),
    )  # fmt: skip


_FILE: export.Columns = (
    ("award_id", lambda a: a.pk),
    ("given_at", lambda a: a.given_at),
    ("account_id", lambda a: a.account_id),
    ("key", lambda a: a.key),
    ("asset", lambda a: a.campaign.asset.code),
    ("amount", lambda a: a.campaign.asset.text(a.amount_units)),
    ("state", lambda a: a.state),
    ("engine_seq", lambda a: a.result_seq),
)


def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign: its rules in words, what it costs, whom it paid."""
    row = campaign_or_404(campaign_id)
    rows = selectors.awards().filter(campaign=row)
    listing = _awards(request)
    if export.wanted(request):
        return export.csv_file(request, listing, rows, f"campaign-{row.pk}", _FILE)
    cost = selectors.cost_of(row)
    context: dict[str, Any] = {
        "campaign": row,
        "state": state_badge(row),
        "rules": rules_in_words(row),
        "cost": cost,
        "figures": [
            (_("Budget"), names.amount(cost.budget_units, row.asset)),
            (_("Paid"), names.amount(cost.paid_units, row.asset)),
            (_("On its way"), names.amount(cost.queued_units, row.asset)),
            (pgettext("budget", "Left"), names.amount(cost.left_units, row.asset)),
            (_("Customers"), cells.number(cost.customers)),
        ],
        "table": listing.page(request, rows),
        "file_address": export.query(request),
        "may_change": access.may(request.user, "campaigns.change"),
        "may_approve": access.may(request.user, "campaigns.approve"),
    }
    if access.may(request.user, "audit.view"):
        context["audit"] = audit_pages.timeline(request, audit_selectors.records_of(row)[:20])
    return pages.render(
        request, "campaign.html", context, title=row.name,
        crumbs=[(_("Campaigns"), pages.url(request, "campaigns"))],
    )  # fmt: skip


def _amount_field(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip


class CampaignForm(StaffForm):
    """The rules of a campaign; amounts as decimal text in its asset."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Customers read it.")
    )
    asset = forms.ModelChoiceField(label=gettext_lazy("Paid in"), queryset=Asset.objects.none())
    amount = _amount_field(gettext_lazy("Amount for the customer"))
    referrer = _amount_field(
        gettext_lazy("Amount for who brought him"), gettext_lazy("Only where others are brought.")
    )
    percent = forms.IntegerField(
        label=gettext_lazy("Percent of fees"), required=False, min_value=0, max_value=100,
        help_text=gettext_lazy("Only where a part of the fees is given back."),
    )  # fmt: skip
    budget = _amount_field(
        gettext_lazy("Budget"), gettext_lazy("It never pays more than this in all.")
    )
    min_volume = _amount_field(
        gettext_lazy("To be traded for it"),
        gettext_lazy("Within the campaign, in instruments quoted in its asset; empty: nothing."),
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Only for the group"), queryset=AccountGroup.objects.none(),
        required=False, empty_label=gettext_lazy("everybody"),
    )  # fmt: skip
    starts_at = MomentField(label=gettext_lazy("From (UTC)"))
    ends_at = MomentField(label=gettext_lazy("Until (UTC)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asset"].queryset = Asset.objects.all()  # type: ignore[attr-defined]
        self.fields["group"].queryset = AccountGroup.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        asset = values.get("asset")
        for name in AMOUNTS:
            if asset is None or name not in values:
                continue
            try:
                values[f"{name}_units"] = units_of(values[name] or "0", asset.scale)
            except forms.ValidationError as error:
                self.add_error(name, error)
        return values


class EditCampaign(EditPage):
    """A new campaign, or a draft of one."""

    def target(self, campaign_id: int | None = None) -> Campaign | None:  # type: ignore[override]
        return None if campaign_id is None else campaign_or_404(campaign_id)

    def title(self, target: Campaign | None) -> str:
        return _("Change the campaign") if target else _("New campaign")

    def confirm_label(self, target: Campaign | None) -> str:
        return _("Save the draft")

    def explanation(self, target: Campaign | None) -> list[str]:
        return [
            _("It pays nothing before a second person has activated it."),
            _("Each amount is an entry in the books, under the expenses for bonuses or discounts."),
        ]

    def obstacle(self, target: Campaign | None) -> str:
        if target and target.state != State.DRAFT:
            return _("Its rules stay as they are once it was sent on.")
        return ""

    def open_form(self, target: Any, data: Any = None, files: Any = None) -> StaffForm:
        return CampaignForm(data, initial=_initial(target) if target else {})

    def perform(self, target: Campaign | None, values: dict[str, Any]) -> str:
        self.made = actions.set_campaign(
            campaign=target,
            kind=values["kind"],
            name=values["name"],
            asset=values["asset"],
            amount_units=values["amount_units"],
            referrer_units=values["referrer_units"],
            percent=values["percent"] or 0,
            budget_units=values["budget_units"],
            min_volume_units=values["min_volume_units"],
            group=values["group"],
            starts_at=values["starts_at"],
            ends_at=values["ends_at"],
            acting_user=self.request.user,
        )
        return _("The draft is saved.")

    def after(self, target: Campaign | None) -> str:
        return self.url("campaign", self.made.pk)

    def back(self, target: Campaign | None) -> str:
        return self.url("campaign", target.pk) if target else self.url("campaigns")

    def crumbs(self, target: Campaign | None) -> list[tuple[str, str]]:
        return [(_("Campaigns"), self.url("campaigns"))]


def _initial(row: Campaign) -> dict[str, Any]:
    def text(units: int) -> str:
        return str(row.asset.text(units)) if units else ""

    return {
        "kind": row.kind, "name": row.name, "asset": row.asset_id, "percent": row.percent or "",
        "amount": text(row.amount_units), "referrer": text(row.referrer_units),
        "budget": text(row.budget_units), "min_volume": text(row.min_volume_units),
        "group": row.group_id or "", "starts_at": f"{row.starts_at:%Y-%m-%dT%H:%M}",
        "ends_at": f"{row.ends_at:%Y-%m-%dT%H:%M}",
    }  # fmt: skip


class CampaignStep(ActionPage):
    """A step of a campaign's life. Subclasses name the words, the action and the state it takes."""

    form_class = ReasonForm
    wanted = State.ASKED
    words: tuple[Any, Any, Any] = ("", "", "")  # title, what it means, what is said after

    def target(self, campaign_id: int) -> Campaign:  # type: ignore[override]
        return campaign_or_404(campaign_id)

    def title(self, target: Campaign) -> str:
        return str(self.words[0])

    def explanation(self, target: Campaign) -> list[str]:
        return [*rules_in_words(target), str(self.words[1])]

    def facts(self, target: Campaign) -> list[tuple[str, Any]]:
        return [(_("Campaign"), target.name), (_("State"), state_badge(target))]

    def basis(self, target: Campaign) -> Any:
        return [target.name, *map(str, rules_in_words(target))]

    def perform(self, target: Campaign, values: dict[str, Any]) -> str:
        self.step(campaign=target, acting_user=self.request.user, reason=values["reason"])
        return str(self.words[2])

    def step(self, **values: Any) -> Any:
        raise NotImplementedError

    def back(self, target: Campaign) -> str:
        return self.url("campaign", target.pk)

    def crumbs(self, target: Campaign) -> list[tuple[str, str]]:
        return [(_("Campaigns"), self.url("campaigns")), (target.name, self.back(target))]


class AskForActivation(CampaignStep):
    words = (
        gettext_lazy("Send it to a second person"),
        gettext_lazy("Its rules stay as they are from then on."),
        gettext_lazy("It waits for a second person."),
    )

    def step(self, **values: Any) -> Any:
        return actions.ask_for_activation(**values)


class PauseCampaign(CampaignStep):
    words = (
        gettext_lazy("Pause the campaign"),
        gettext_lazy(
            "Nothing is paid for now. What customers do meanwhile counts when it goes on."
        ),
        gettext_lazy("The campaign is paused."),
    )

    def step(self, **values: Any) -> Any:
        return actions.pause_campaign(**values)


class ResumeCampaign(CampaignStep):
    words = (
        gettext_lazy("Let the campaign go on"),
        gettext_lazy("What was earned meanwhile is paid within a minute."),
        gettext_lazy("The campaign goes on."),
    )

    def step(self, **values: Any) -> Any:
        return actions.resume_campaign(**values)


class EndCampaign(CampaignStep):
    danger = True
    words = (
        gettext_lazy("End the campaign"),
        gettext_lazy("Nothing is paid ever after, whatever was earned. It cannot begin again."),
        gettext_lazy("The campaign is ended."),
    )

    def step(self, **values: Any) -> Any:
        return actions.end_campaign(**values)


PAGES = (
    pages.Page("campaigns/", "campaigns", campaigns, "campaigns.view"),
    pages.Page("campaigns/new/", "new_campaign", EditCampaign.as_view(), "campaigns.change"),
    pages.Page("campaigns/<int:campaign_id>/", "campaign", campaign, "campaigns.view"),
    pages.Page(
        "campaigns/<int:campaign_id>/edit/",
        "edit_campaign",
        EditCampaign.as_view(),
        "campaigns.change",
    ),
    pages.Page(
        "campaigns/<int:campaign_id>/ask/",
        "ask_for_activation",
        AskForActivation.as_view(),
        "campaigns.change",
    ),
    pages.Page(
        "campaigns/<int:campaign_id>/pause/",
        "pause_campaign",
        PauseCampaign.as_view(),
        "campaigns.change",
    ),
    pages.Page(
        "campaigns/<int:campaign_id>/resume/",
        "resume_campaign",
        ResumeCampaign.as_view(),
        "campaigns.approve",
    ),
    pages.Page(
        "campaigns/<int:campaign_id>/end/",
        "end_campaign",
        EndCampaign.as_view(),
        "campaigns.change",
    ),
)
