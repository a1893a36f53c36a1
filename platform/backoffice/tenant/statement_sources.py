"""Where statements come from by themselves: SFTP folders and connectors, and how it goes."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import access, cells, pages
from backoffice.action import ActionPage
from backoffice.forms import ReasonForm, StaffForm
from backoffice.tables import Column, Listing
from backoffice.tenant import names
from wallets.payments import selectors
from wallets.payments.models import Came, SourceKind, StatementSource
from wallets.payments.sources import actions

_TONES = {Came.TAKEN: "good", Came.KNOWN: "plain", Came.REFUSED: "bad"}


def statement_sources(request: HttpRequest) -> HttpResponse:
    """Every source of statements."""
    listing = Listing(
        columns=[
            Column(
                gettext_lazy("Source"), lambda s: cells.pair(s.name, s.get_kind_display()), "main"
            ),
            Column(gettext_lazy("Server"), lambda s: s.host or cells.NOTHING),
            Column(gettext_lazy("Looked at last"), lambda s: cells.when(s.looked_at)),
            Column(gettext_lazy("Brought last"), lambda s: cells.when(s.found_at)),
            Column(gettext_lazy("Error"), lambda s: s.error or cells.NOTHING),
            Column(gettext_lazy("Taken in"), _way),
            Column(
                gettext_lazy("State"),
                lambda s: cells.badge("active" if s.is_active else "inactive"),
            ),
        ],
        empty_headline=gettext_lazy("Statements are uploaded by hand"),
        empty_sentence=gettext_lazy(
            "Name an SFTP folder of the bank, or let its connector post them."
        ),
        row_link=lambda row: pages.url(request, "statement_source", row.pk),
    )
    buttons = []
    if access.may(request.user, "payments.methods"):
        buttons = [
            (_("Let a connector post"), pages.url(request, "open_api_source"), ""),
            (_("Name an SFTP folder"), pages.url(request, "open_sftp_source"), "bo-button-primary"),
        ]
    return pages.render(
        request,
        "list.html",
        {"table": listing.page(request, selectors.sources()), "buttons": buttons},
        title=_("Sources of statements"),
        crumbs=[(_("Bank statements"), pages.url(request, "bank_statements"))],
    )


def _way(row: StatementSource) -> str:
    return _("by itself") if row.takes_in else _("by a person")


def _found(source_id: int) -> StatementSource:
    row: StatementSource = names.found(selectors.sources(), pk=source_id)
    return row


def statement_source(request: HttpRequest, source_id: int) -> HttpResponse:
    """One source: what is pinned, how looking goes, what it brought."""
    row = _found(source_id)
    facts: list[tuple[Any, Any]] = [
        (_("State"), cells.badge("active" if row.is_active else "inactive")),
        (_("Kind"), row.get_kind_display()),
        (_("Taken in"), _way(row)),
    ]
    if row.kind == SourceKind.SFTP:
        facts += [
            (_("Server"), cells.mono(f"{row.host}:{row.port}")),
            (_("Login"), row.login),
            (_("Folder"), cells.mono(row.folder or ".")),
            (_("Pinned key of the server"), cells.mono(row.host_key)),
            (_("Looked at every"), _("%(minutes)s minutes") % {"minutes": row.every_minutes}),
        ]
    facts += [
        (_("Looked at last (UTC)"), cells.when(row.looked_at)),
        (_("Brought last (UTC)"), cells.when(row.found_at)),
        (_("Error"), row.error or cells.NOTHING),
        (_("Error at (UTC)"), cells.when(row.error_at)),
    ]
    files = Listing(
        columns=[
            Column(gettext_lazy("File"), lambda f: f.name, "main"),
            Column(gettext_lazy("Came"), lambda f: cells.when(f.came_at)),
            Column(gettext_lazy("SHA-256"), lambda f: cells.mono(f.sha256[:16])),
            Column(gettext_lazy("Note"), lambda f: f.note or cells.NOTHING),
            Column(
                gettext_lazy("Became"),
                lambda f: cells.badge(f.get_became_display(), _TONES[Came(f.became)]),
            ),
        ],
        empty_headline=gettext_lazy("Nothing came yet"),
        row_link=lambda f: (
            pages.url(request, "bank_statement", f.statement_id) if f.statement_id else ""
        ),
    )
    buttons = []
    if access.may(request.user, "payments.methods"):
        address = pages.url(request, "change_statement_source", row.pk)
        buttons = [(_("Change"), address, "bo-button-primary")]
    return pages.render(
        request,
        "statement_source.html",
        {"facts": facts, "files": files.show(row.files.all()[:100]), "buttons": buttons},
        title=row.name,
        crumbs=[
            (_("Bank statements"), pages.url(request, "bank_statements")),
            (_("Sources"), pages.url(request, "statement_sources")),
        ],
    )


_TAKES_IN = gettext_lazy("Take statements in without a person")
_TAKES_IN_HELP = gettext_lazy(
    "What passes all checks is booked at once. Who can write into the folder or holds the key "
    "could then credit anybody."
)


def _password(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Kept encrypted."),
    )


def _key(label: Any, help_text: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=help_text,
    )


_HOST_KEY_HELP = gettext_lazy("As the bank tells it: ssh-ed25519 AAAA… No other is believed.")


class SftpForm(StaffForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    host = forms.CharField(label=gettext_lazy("Server"), max_length=200)
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535, initial=22)
    login = forms.CharField(label=gettext_lazy("Login"), max_length=80)
    folder = forms.CharField(label=gettext_lazy("Folder"), max_length=300, required=False)
    host_key = _key(gettext_lazy("Key of the server"), _HOST_KEY_HELP, required=True)
    password = _password(gettext_lazy("Password"))
    private_key = _key(
        gettext_lazy("Or a private key"), gettext_lazy("Without a passphrase. Kept encrypted.")
    )
    every_minutes = forms.IntegerField(
        label=gettext_lazy("Look every (minutes)"), min_value=1, max_value=1440, initial=15
    )
    takes_in = forms.BooleanField(label=_TAKES_IN, required=False, help_text=_TAKES_IN_HELP)


class OpenSftp(ActionPage):
    """Name a folder of the bank's."""

    form_class = SftpForm
    icon = "folder_managed"

    def title(self, target: Any) -> str:
        return _("Name an SFTP folder")

    def explanation(self, target: Any) -> list[str]:
        return [_("Files are read, never changed or removed there; each counts once.")]

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        values = {key: value for key, value in values.items() if key != "token"}
        self.opened = actions.open_sftp(**values, acting_user=self.request.user)
        return _("It is looked at within a minute.")

    def back(self, target: Any) -> str:
        return self.url("statement_sources")

    def after(self, target: Any) -> str:
        return self.url("statement_source", self.opened.pk)


class ApiForm(StaffForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    takes_in = forms.BooleanField(label=_TAKES_IN, required=False, help_text=_TAKES_IN_HELP)


class OpenApi(ActionPage):
    """Let a connector post statements."""

    form_class = ApiForm
    icon = "api"

    def title(self, target: Any) -> str:
        return _("Let a connector post statements")

    def explanation(self, target: Any) -> list[str]:
        return [
            _("It posts camt.053, camt.054 or MT940 files to /api/hooks/bank-statements with "
              "“Authorization: Bearer” and the key."),
            _("The key is shown once, in the next message. Nobody can read it again."),
        ]  # fmt: skip

    def perform(self, target: Any, values: dict[str, Any]) -> str:
        self.opened, key = actions.open_api(
            name=values["name"], takes_in=values["takes_in"], acting_user=self.request.user
        )
        return _("The key, shown this once: %(key)s") % {"key": key}

    def back(self, target: Any) -> str:
        return self.url("statement_sources")

    def after(self, target: Any) -> str:
        return self.url("statement_source", self.opened.pk)


class ChangeForm(ReasonForm):
    is_active = forms.BooleanField(label=gettext_lazy("Active"), required=False)
    takes_in = forms.BooleanField(label=_TAKES_IN, required=False, help_text=_TAKES_IN_HELP)
    host_key = _key(gettext_lazy("New key of the server"), _HOST_KEY_HELP)
    password = _password(gettext_lazy("New password"))
    private_key = _key(
        gettext_lazy("Or a new private key"), gettext_lazy("Without a passphrase. Kept encrypted.")
    )
    field_order = ["is_active", "takes_in", "host_key", "password", "private_key", "reason"]


class Change(ActionPage):
    """Switch a source on or off, or put in other credentials."""

    form_class = ChangeForm
    icon = "key"

    def target(self, source_id: int) -> StatementSource:  # type: ignore[override]
        return _found(source_id)

    def title(self, target: StatementSource) -> str:
        return _("Change %(name)s") % {"name": target.name}

    def confirm_label(self, target: StatementSource) -> str:
        return _("Change it")

    def explanation(self, target: StatementSource) -> list[str]:
        return [_("What is left empty stays.")]

    def form(self, target: StatementSource, data: Any = None, files: Any = None) -> Any:
        form = ChangeForm(data, initial=self.initial(target))
        if target.kind != SourceKind.SFTP:
            for name in ("host_key", "password", "private_key"):
                del form.fields[name]
        return form

    def initial(self, target: StatementSource) -> dict[str, Any]:
        return {"is_active": target.is_active, "takes_in": target.takes_in}

    def perform(self, target: StatementSource, values: dict[str, Any]) -> str:
        values = {key: value for key, value in values.items() if key != "token"}
        actions.change_source(source=target, **values, acting_user=self.request.user)
        return _("Changed. It holds from now on.")

    def back(self, target: StatementSource) -> str:
        return self.url("statement_source", target.pk)


PAGES = (
    pages.Page("statement-sources/", "statement_sources", statement_sources, "payments.view"),
    pages.Page(
        "statement-sources/sftp/", "open_sftp_source", OpenSftp.as_view(), "payments.methods"
    ),
    pages.Page("statement-sources/api/", "open_api_source", OpenApi.as_view(), "payments.methods"),
    pages.Page(
        "statement-sources/<int:source_id>/", "statement_source", statement_source, "payments.view"
    ),
    pages.Page(
        "statement-sources/<int:source_id>/change/",
        "change_statement_source",
        Change.as_view(),
        "payments.methods",
    ),
)
