"""Commands that changes in SQL sent to the engine, and what became of each."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from backoffice import access, cells, pages, words
from backoffice.settings_pages import changed_by_text
from backoffice.tables import Choice, Column, Days, Listing
from backoffice.tenant import history, names
from trading.commands.models import CommandReceipt, QueuedCommand
from trading.engine import commands
from trading.engine.results import Result


def refused() -> QuerySet[QueuedCommand]:
    """Commands the engine refused."""
    receipt = CommandReceipt.objects.filter(source_no=OuterRef("number"))
    return QueuedCommand.objects.filter(Exists(receipt.exclude(result=Result.ACCEPTED)))


def waiting() -> QuerySet[QueuedCommand]:
    """Commands without an answer yet."""
    return QueuedCommand.objects.filter(answered=False)


def command_of(row: QueuedCommand) -> Any:
    """The engine command a row carries."""
    return commands.BY_KIND[row.kind].decode(bytes(row.payload), row.version)


def _narrow(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(pk__in=(refused() if value == "rejected" else waiting()).values("pk"))


def queued_commands(request: HttpRequest) -> HttpResponse:
    """All of them, newest first."""
    dictionary = names.dictionary()

    def state(row: QueuedCommand) -> Any:
        found = history.command_state(row)
        assert found is not None
        return cells.badge(found["state"], found["tone"])

    listing = Listing(
        columns=[
            Column(gettext_lazy("Command"), lambda c: cells.mono(c.pk), "main"),
            Column(gettext_lazy("Written (UTC)"), lambda c: cells.when(c.created_at)),
            Column(gettext_lazy("What"), lambda c: words.event_sentence(command_of(c), dictionary)),
            Column(pgettext_lazy("who", "By"), lambda c: changed_by_text(c.created_by)),
            Column(gettext_lazy("State"), state),
        ],
        filters=[
            Choice(
                "state",
                gettext_lazy("State"),
                [
                    ("rejected", gettext_lazy("Refused by the engine")),
                    ("waiting", gettext_lazy("Waiting for an answer")),
                ],
                _narrow,
            ),
            Days("written", gettext_lazy("Written"), "created_at"),
        ],
        empty_headline=gettext_lazy("No commands yet"),
        row_link=lambda row: pages.url(request, "command", row.pk),
    )
    return pages.render(
        request,
        "list.html",
        {
            "table": listing.page(request, QueuedCommand.objects.all()),
            "intro": _(
                "Changes of rules, fees, accounts and funds reach the engine through these, in "
                "order and exactly once. While the engine is away they wait."
            ),
        },
        title=_("Engine commands"),
    )


def queued_command(request: HttpRequest, command_id: int) -> HttpResponse:
    """One command: what it asked and what the engine said."""
    row: QueuedCommand = names.found(QueuedCommand.objects.all(), pk=command_id)
    state = history.command_state(row)
    assert state is not None
    message = command_of(row)
    facts = [
        (_("State"), cells.badge(state["label"], state["tone"])),
        (pgettext("of a command", "Result"), state["result"] or "–"),
        (_("Written (UTC)"), cells.when(row.created_at)),
        (pgettext("who", "By"), changed_by_text(row.created_by)),
        (_("Number"), row.number if row.number is not None else "–"),
    ]
    if state["seq"] and access.may(request.user, "ledger.view"):
        address = pages.url(request, "engine_record", state["seq"])
        facts.append((_("Engine event"), cells.link(address, f"seq {state['seq']}")))
    return pages.render(
        request,
        "command.html",
        {
            "facts": facts,
            "sentence": words.event_sentence(message, names.dictionary()),
            "fields": [(name, getattr(message, name)) for name, _kind in message.FIELDS],
            "is_refused": state["state"] == QueuedCommand.State.REJECTED,
        },
        title=_("Engine command %(id)s") % {"id": row.pk},
        crumbs=[(_("Engine commands"), pages.url(request, "commands"))],
    )


PAGES = (
    pages.Page("commands/", "commands", queued_commands, "audit.view"),
    pages.Page("commands/<int:command_id>/", "command", queued_command, "audit.view"),
)
