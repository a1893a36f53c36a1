"""Reconciliation in levels, from the engine's fills to custody, and what is outside."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import StaffForm, units_of
from backoffice.tables import Choice, Column, Days, Listing
from backoffice.tenant import kept_words, names
from backoffice.tenant.adjustments import person
from trading.instruments.models import Asset
from wallets.ledger import selectors as ledger
from wallets.reconciliation import actions, custody, levels, selectors
from wallets.reconciliation.actions import Outside
from wallets.reconciliation.custody import Word
from wallets.reconciliation.models import Level, OutsideBalance

MOST_FILE_BYTES = 2 * 1024 * 1024


def levels_page(request: HttpRequest) -> HttpResponse:
    """Each level's count and sum at one seq, with what differs from the level above."""
    found = levels.levels()
    assets = names.assets()
    proof = ledger.proofs().exclude(assets=[]).first()
    owed = {row["asset"]: row for row in proof.assets} if proof else {}
    return pages.render(
        request,
        "levels.html",
        {
            "levels": found,
            "problem": kept_words.sentence(found.problem) if found else "",
            "assets": [
                {
                    "asset": asset,
                    "fills": _fill_lines(found, asset) if found else [],
                    "owed": owed.get(asset.code),
                    "owed_same": asset.code in owed
                    and owed[asset.code]["engine"] == owed[asset.code]["ledger"],
                    "custody": _custody_line(item, asset),
                }
                for item in custody.comparisons()
                if (asset := assets.get(item.asset_id)) is not None
            ],
            "proof": proof,
            "proven": selectors.proven_point(),
            "may_enter": access.may(request.user, "outside.enter"),
        },
        title=_("Reconciliation"),
    )


def _fill_lines(found: levels.Levels, asset: Asset) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    before: tuple[int, int] | None = None
    for level in Level:
        counted = found.counted[level]
        count, units = counted.count[asset.pk], counted.units[asset.pk]
        lines.append(
            {
                "name": level.label,
                "count": cells.number(count),
                "sum": names.amount(units, asset),
                "is_first": before is None,
                "is_same": before == (count, units),
                "difference": names.amount(units - before[1], asset) if before else "",
                "count_difference": count - before[0] if before else 0,
            }
        )
        before = count, units
    return lines


def _custody_line(item: custody.Comparison, asset: Asset) -> dict[str, Any]:
    now = names.amount(custody.custody_units(asset.pk), asset)
    return {
        "word": item.word.value,
        "now": now,
        "as_of": item.as_of,
        "ledger": names.amount(item.ledger_units, asset),
        "outside": names.amount(item.outside_units, asset),
        "difference": names.amount(item.difference_units, asset),
        "missing": ", ".join(item.missing),
        "entered": item.entered,
        "is_different": item.word == Word.DIFFERENT,
    }


def outside(request: HttpRequest) -> HttpResponse:
    """What was entered of the outside, newest first."""
    listing = Listing(
        columns=[
            Column(gettext_lazy("Balance"), lambda o: cells.mono(o.pk), "main"),
            Column(gettext_lazy("Place"), lambda o: o.place),
            Column(
                pgettext_lazy("money", "Amount"), lambda o: names.amount(o.units, o.asset), "number"
            ),
            Column(gettext_lazy("As of (UTC)"), lambda o: cells.when(o.as_of)),
            Column(gettext_lazy("Source"), lambda o: o.source),
            Column(
                gettext_lazy("Entered by"),
                lambda o: cells.pair(person(o.entered_by), cells.when(o.entered_at)),
            ),
        ],
        filters=[
            Choice(
                "asset",
                gettext_lazy("Asset"),
                [(str(asset.pk), asset.code) for asset in Asset.objects.all()],
                lambda rows, value: rows.filter(asset_id=int(value)),
            ),
            Days("as_of", gettext_lazy("Day"), "as_of"),
        ],
        empty_headline=gettext_lazy("Nothing is known of the outside yet"),
        empty_sentence=gettext_lazy(
            "Enter what bank accounts and wallets hold, and every proof compares it with custody."
        ),
    )
    buttons = [(_("Reconciliation"), pages.url(request, "levels"), "")]
    if access.may(request.user, "outside.enter"):
        buttons += [
            (_("Import a file"), pages.url(request, "import_outside"), ""),
            (_("Enter a balance"), pages.url(request, "enter_outside"), "bo-button-primary"),
        ]
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(
                request, OutsideBalance.objects.select_related("asset", "entered_by")
            ),
            "intro": _("What statements say is at banks, in wallets and at brokers, and when."),
            "buttons": buttons,
        },
        title=_("Outside balances"),
    )


class OutsideForm(StaffForm):
    """One place's balance at a moment."""

    asset = forms.ModelChoiceField(label=gettext_lazy("Asset"), queryset=Asset.objects.none())
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=80,
        help_text=gettext_lazy("The bank account, wallet or broker; the same words each time."),
    )
    amount = forms.CharField(
        label=pgettext_lazy("money", "Amount"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    as_of = forms.DateTimeField(
        label=gettext_lazy("As of (UTC)"),
        help_text=gettext_lazy("The moment the statement speaks of, such as 2026-11-28 16:00:00."),
    )
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=200,
        help_text=gettext_lazy("The statement it stands in."),
    )
    field_order = ["asset", "place", "amount", "as_of", "source", "token"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["asset"].queryset = Asset.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("asset") and values.get("amount"):
            try:
                values["units"] = units_of(values["amount"], values["asset"].scale)
            except forms.ValidationError as error:
                self.add_error("amount", error)
        return values


class OutsidePage(ActionPage):
    def back(self, target: Any) -> str:
        return self.url("outside")

    def crumbs(self, target: Any) -> list[tuple[str, str]]:
        return [(_("Outside balances"), self.url("outside"))]


class EnterOutside(OutsidePage):
    """Enter one balance."""

    form_class = OutsideForm

    def title(self, target: Any) -> str:
        return _("Enter an outside balance")

    def confirm_label(self, target: Any) -> str:
        return _("Enter it")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("Nothing moves. The next proof compares custody with it as of that moment."),
            _("It is compared once every place of the asset has a balance at the same moment."),
        ]

    def initial(self, target: Any) -> dict[str, Any]:
        return {"as_of": timezone.now().strftime("%Y-%m-%d %H:%M:%S")}

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        (made,) = actions.enter_outside_balances(
            rows=[
                Outside(
                    values["asset"],
                    values["place"],
                    values["units"],
                    values["as_of"],
                    values["source"],
                )
            ],
            acting_user=self.request.user,
        )
        return _("Outside balance %(id)s is entered.") % {"id": made.pk}


class FileForm(StaffForm):
    """A CSV of balances."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV with the columns asset, place, amount, as_of, source."),
    )
    field_order = ["file", "token"]

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if file.size > MOST_FILE_BYTES:
            raise forms.ValidationError(_("The file is too large."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is not text in UTF-8.")) from None


class ImportOutside(OutsidePage):
    """Enter the lines of a file, all or none."""

    form_class = FileForm

    def title(self, target: Any) -> str:
        return _("Import outside balances")

    def confirm_label(self, target: Any) -> str:
        return _("Import")

    def explanation(self, target: Any) -> list[str]:
        return [_("All lines are entered, or none: the first that does not fit is named.")]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        made = actions.import_outside_balances(text=values["file"], acting_user=self.request.user)
        return ngettext(
            "%(count)s outside balance is entered.",
            "%(count)s outside balances are entered.",
            len(made),
        ) % {"count": len(made)}


PAGES = (
    pages.Page("reconciliation/", "levels", levels_page, "ledger.view"),
    pages.Page("reconciliation/outside/", "outside", outside, "ledger.view"),
    pages.Page(
        "reconciliation/outside/enter/", "enter_outside", EnterOutside.as_view(), "outside.enter"
    ),
    pages.Page(
        "reconciliation/outside/import/", "import_outside", ImportOutside.as_view(), "outside.enter"
    ),
)
