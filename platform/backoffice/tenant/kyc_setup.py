"""What verification goes by: watch lists, tiers, forms."""

import json
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm, units_of
from backoffice.tables import Column, Listing
from backoffice.tenant import kyc_queue, names
from kyc import actions, selectors
from kyc.actions.tiers import PRODUCTS
from kyc.models import FormVersion, ListKind, SubjectKind, Tier, WatchList
from kyc.screening.lists import MOST_BYTES
from trading.instruments.models import Asset

MOST_FORM_CHARACTERS = 60_000
PRODUCT_WORDS = {"spot": pgettext_lazy("product", "spot")}


def lists(request: HttpRequest) -> HttpResponse:
    """The lists, and which state of each is in force."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("List"), lambda w: cells.pair(w.title, w.code), "main"),
            Column(gettext_lazy("Kind"), lambda w: w.get_kind_display()),
            Column(
                gettext_lazy("Version"),
                lambda w: (
                    cells.mono(w.current.number) if w.current else cells.badge(_("none"), "bad")
                ),
            ),
            Column(
                gettext_lazy("Entries"),
                lambda w: cells.number(w.current.entries_count) if w.current else cells.NOTHING,
                "number",
            ),
            Column(gettext_lazy("Change"), _change_text, on_phone=False),
            Column(
                gettext_lazy("Loaded (UTC)"),
                lambda w: cells.when(w.current.loaded_at if w.current else None),
            ),
        ],
        empty_headline=gettext_lazy("No list yet"),
        empty_sentence=gettext_lazy("Customers are screened as soon as one is loaded."),
        row_link=(lambda w: pages.url(request, "kyc_load_list", w.pk))
        if access.may(request.user, "kyc.lists")
        else None,
    )
    buttons = []
    if access.may(request.user, "kyc.lists"):
        buttons.append((_("New list"), pages.url(request, "kyc_new_list"), "bo-button-primary"))
    return pages.render(
        request,
        "list.html",
        {"table": listing.show(selectors.watch_lists()), "buttons": buttons},
        title=_("Watch lists"),
        crumbs=[(_("Verification"), pages.url(request, "kyc_queue"))],
    )


def _change_text(watch_list: WatchList) -> Any:
    version = watch_list.current
    if version is None:
        return cells.NOTHING
    return f"+{version.added} −{version.removed} ~{version.changed}"


class ListAction(ActionPage):
    """What is done to a list."""

    def target(self, watch_list_id: int) -> WatchList:  # type: ignore[override]
        row: WatchList = names.found(selectors.watch_lists(), pk=watch_list_id)
        return row

    def back(self, target: Any) -> str:
        return self.url("kyc_lists")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [
            (_("Verification"), self.url("kyc_queue")),
            (_("Watch lists"), self.url("kyc_lists")),
        ]


class NewListForm(StaffForm):
    code = forms.SlugField(label=gettext_lazy("Short name"), max_length=24)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ListKind.choices)
    url = forms.URLField(
        label=gettext_lazy("Address of updates"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("https only; empty: updates are uploaded."),
    )


class NewList(ListAction):
    """Make a list known."""

    form_class = NewListForm

    def target(self) -> None:  # type: ignore[override]
        return None

    def title(self, target: Any) -> str:
        return _("New list")

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        actions.set_watch_list(
            code=values["code"],
            title=values["title"],
            kind=values["kind"],
            url=values["url"],
            acting_user=self.request.user,
        )
        return _("The list is known. Load its first state.")


class LoadListForm(StaffForm):
    main = forms.FileField(
        label=gettext_lazy("List (CSV)"),
        required=False,
        help_text=gettext_lazy("OFAC's sdn.csv, or a table with id, name, type, program, aliases."),
    )
    other_names = forms.FileField(
        label=gettext_lazy("Other names (OFAC's alt.csv)"), required=False
    )


class LoadList(ListAction):
    """A new state of a list, uploaded or fetched from its address."""

    form_class = LoadListForm

    def title(self, target: WatchList) -> str:
        return _("Load %(list)s") % {"list": target.title}

    def explanation(self, target: WatchList) -> list[str]:
        found = [_("Everybody is screened again, in the background.")]
        if target.url:
            found.append(
                _("Without a file the list is fetched from %(url)s.") % {"url": target.url}
            )
        return found

    def facts(self, target: WatchList) -> list[tuple[str, Any]]:
        version = target.current
        if version is None:
            return [(pgettext("rules", "In force"), _("nothing yet"))]
        return [
            (pgettext("rules", "In force"), _("version %(number)s") % {"number": version.number}),
            (_("Entries"), cells.number(version.entries_count)),
            (_("Loaded (UTC)"), cells.when(version.loaded_at)),
            (_("From"), version.origin),
        ]

    def perform(self, target: WatchList, values: dict[str, Any]) -> str:
        file, other = values["main"], values["other_names"]
        if file is None:
            version = actions.fetch_list(watch_list=target, acting_user=self.request.user)
        else:
            version = actions.load_list(
                watch_list=target,
                main=file.read(MOST_BYTES + 1),
                other_names=other.read(MOST_BYTES + 1) if other else b"",
                origin=file.name,
                acting_user=self.request.user,
            )
        return _("Version %(number)s with %(count)s entries is in force.") % {
            "number": version.number,
            "count": version.entries_count,
        }


def _products_text(tier: Tier) -> str:
    return ", ".join(str(PRODUCT_WORDS.get(name, name)) for name in tier.products)


def _subject_text(form: FormVersion) -> str:
    return SubjectKind(form.definition.get("for", "person")).label


def tiers(request: HttpRequest) -> HttpResponse:
    """Tiers and forms."""
    may_change = access.may(request.user, "kyc.configure")
    tier_list = Listing(
        columns=[
            Column(
                gettext_lazy("Tier"), lambda t: f"{t.number} · {kyc_queue.tier_name(t)}", "main"
            ),
            Column(
                gettext_lazy("Asks for"),
                lambda t: cells.lines(form for form in (t.person_form, t.company_form) if form),
            ),
            Column(gettext_lazy("Products"), lambda t: _products_text(t) or cells.NOTHING),
            Column(
                gettext_lazy("Deposits"), lambda t: cells.badge("yes" if t.may_deposit else "no")
            ),
            Column(gettext_lazy("A day"), lambda t: _limit(t, t.withdraw_day_units), "number"),
            Column(gettext_lazy("A month"), lambda t: _limit(t, t.withdraw_month_units), "number"),
        ],
        row_link=(lambda t: pages.url(request, "kyc_edit_tier", t.number)) if may_change else None,
    )
    form_list = Listing(
        columns=[
            Column(gettext_lazy("Form"), lambda f: f.code, "main"),
            Column(gettext_lazy("Version"), lambda f: cells.mono(f.version)),
            Column(gettext_lazy("For"), _subject_text),
            Column(gettext_lazy("Since (UTC)"), lambda f: cells.when(f.created_at)),
        ],
        row_link=(lambda f: pages.url(request, "kyc_edit_form", f.code)) if may_change else None,
        empty_headline=gettext_lazy("No form yet"),
    )
    newest = FormVersion.objects.order_by("code", "-version").distinct("code")
    return pages.render(
        request,
        "kyc_tiers.html",
        {"tiers": tier_list.show(selectors.tiers()), "forms": form_list.show(newest)},
        title=_("Tiers"),
        crumbs=[(_("Verification"), pages.url(request, "kyc_queue"))],
    )


def _limit(tier: Tier, units: Any) -> Any:
    if units is None:
        return _("no limit")
    return cells.money(int(units), tier.asset.scale, tier.asset.code)


class TierForm(ReasonForm):
    """A tier's rules."""

    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=40)
    name_zh = forms.CharField(label=gettext_lazy("Name (Chinese)"), max_length=40, required=False)
    name_ru = forms.CharField(label=gettext_lazy("Name (Russian)"), max_length=40, required=False)
    person_form = forms.SlugField(label=gettext_lazy("Form for persons"), required=False)
    company_form = forms.SlugField(label=gettext_lazy("Form for companies"), required=False)
    products = forms.MultipleChoiceField(
        label=gettext_lazy("May trade"),
        choices=[(name, PRODUCT_WORDS.get(name, name)) for name in PRODUCTS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    may_deposit = forms.BooleanField(label=gettext_lazy("May deposit"), required=False)
    withdraw_day = forms.CharField(
        label=gettext_lazy("Withdrawals a day"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Empty: no limit."),
    )
    withdraw_month = forms.CharField(
        label=gettext_lazy("Withdrawals a month"), required=False, max_length=60
    )
    valid_months = forms.IntegerField(
        label=gettext_lazy("Renewed after months"), min_value=0, max_value=120, initial=0,
        help_text=gettext_lazy("0: never."),
    )  # fmt: skip
    field_order = [
        "name_en", "name_zh", "name_ru", "person_form", "company_form", "products",
        "may_deposit", "withdraw_day", "withdraw_month", "valid_months", "reason", "token",
    ]  # fmt: skip


class EditTier(ActionPage):
    """Change a tier, or make the next one."""

    form_class = TierForm

    def target(self, number: int) -> Tier:  # type: ignore[override]
        row: Tier | None = selectors.tiers().filter(number=number).first()
        if row is not None:
            return row
        if number != Tier.objects.count() or number > 9:
            raise Http404
        return Tier(number=number, names={}, asset=self.currency())

    def currency(self) -> Asset:
        tenant: Any = self.request.tenant  # type: ignore[attr-defined]
        row: Asset = names.found(Asset.objects.all(), code=tenant.reporting_currency)
        return row

    def title(self, target: Tier) -> str:
        return _("Tier %(number)s") % {"number": target.number}

    def confirm_label(self, target: Tier) -> str:
        return _("Put it in force")

    def explanation(self, target: Tier) -> list[str]:
        return [
            _("It holds for everybody of this tier at once; accounts follow within a minute."),
            _("Limits are in %(asset)s over all assets, within any 24 hours and any 30 days.")
            % {"asset": target.asset.code},
        ]

    def initial(self, target: Tier) -> dict[str, Any]:
        def text(units: Any) -> str:
            return "" if units is None else target.asset.text(int(units))

        return {
            "name_en": target.names.get("en", ""),
            "name_zh": target.names.get("zh-hans", ""),
            "name_ru": target.names.get("ru", ""),
            "person_form": target.person_form,
            "company_form": target.company_form,
            "products": target.products,
            "may_deposit": target.may_deposit,
            "withdraw_day": text(target.withdraw_day_units),
            "withdraw_month": text(target.withdraw_month_units),
            "valid_months": target.valid_months,
        }

    def perform(self, target: Tier, values: dict[str, Any]) -> str:
        def units(name: str) -> int | None:
            return units_of(values[name], target.asset.scale) if values[name] else None

        texts = {
            **target.names,
            "en": values["name_en"],
            "zh-hans": values["name_zh"],
            "ru": values["name_ru"],
        }
        actions.set_tier(
            number=target.number,
            rules=actions.TierRules(
                names={language: text for language, text in texts.items() if text},
                products=tuple(values["products"]),
                may_deposit=values["may_deposit"],
                asset=target.asset,
                withdraw_day_units=units("withdraw_day"),
                withdraw_month_units=units("withdraw_month"),
                person_form=values["person_form"],
                company_form=values["company_form"],
                valid_months=values["valid_months"],
            ),
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("The tier is in force.")

    def back(self, target: Any) -> str:
        return self.url("kyc_tiers")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Verification"), self.url("kyc_queue")), (_("Tiers"), self.url("kyc_tiers"))]


class DefinitionForm(ReasonForm):
    definition = forms.CharField(
        label=gettext_lazy("Declaration"),
        max_length=MOST_FORM_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 24, "class": "bo-mono", "spellcheck": "false"}),
        help_text=gettext_lazy("Sections with fields, and documents; see the present one."),
    )
    field_order = ["definition", "reason", "token"]

    def clean_definition(self) -> Any:
        try:
            return json.loads(self.cleaned_data["definition"])
        except ValueError as error:
            raise forms.ValidationError(
                _("This is no JSON: %(error)s.") % {"error": error}
            ) from error


class EditForm(EditTier):
    """A new version of a declared form."""

    form_class = DefinitionForm

    def target(self, code: str) -> FormVersion:  # type: ignore[override]
        row = selectors.latest_form(code)
        if row is None:
            raise Http404
        return row

    def title(self, target: FormVersion) -> str:  # type: ignore[override]
        return _("Form %(code)s") % {"code": target.code}

    def explanation(self, target: FormVersion) -> list[str]:  # type: ignore[override]
        return [
            _("It becomes version %(number)s. Requests that were begun keep the form they have.")
            % {"number": target.version + 1}
        ]

    def initial(self, target: FormVersion) -> dict[str, Any]:  # type: ignore[override]
        return {"definition": json.dumps(target.definition, ensure_ascii=False, indent=1)}

    def perform(self, target: FormVersion, values: dict[str, Any]) -> str:  # type: ignore[override]
        form = actions.set_form(
            code=target.code,
            data=values["definition"],
            acting_user=self.request.user,
            reason=values["reason"],
        )
        return _("Version %(number)s is in force.") % {"number": form.version}


PAGES = (
    pages.Page("verification/lists/", "kyc_lists", lists, "kyc.view"),
    pages.Page("verification/lists/new/", "kyc_new_list", NewList.as_view(), "kyc.lists"),
    pages.Page(
        "verification/lists/<int:watch_list_id>/", "kyc_load_list", LoadList.as_view(), "kyc.lists"
    ),
    pages.Page("verification/tiers/", "kyc_tiers", tiers, "kyc.view"),
    pages.Page(
        "verification/tiers/<int:number>/", "kyc_edit_tier", EditTier.as_view(), "kyc.configure"
    ),
    pages.Page(
        "verification/forms/<slug:code>/", "kyc_edit_form", EditForm.as_view(), "kyc.configure"
    ),
)
