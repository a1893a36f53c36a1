"""Versions of a row as steps with differences, and what became of their engine commands."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from backoffice import words
from backoffice.settings_pages import changed_by_text
from trading.commands import selectors
from trading.commands.models import QueuedCommand

STATE_TONES = {
    QueuedCommand.State.QUEUED: "warn",
    QueuedCommand.State.SENT: "warn",
    QueuedCommand.State.APPLIED: "good",
    QueuedCommand.State.REJECTED: "bad",
}


def command_state(command: QueuedCommand | None) -> dict[str, Any] | None:
    """State of a queued command in words, with the engine's result and seq once known."""
    if command is None:
        return None
    state = selectors.state_of(command)
    receipt = selectors.receipt_of(command)
    return {
        "state": state.value,
        "label": str(state.label),
        "tone": STATE_TONES[state],
        "result": words.result_text(receipt.result) if receipt else "",
        "seq": receipt.seq if receipt else None,
    }


def steps(
    versions: Iterable[Any],
    label: Callable[[str], str],
    text: Callable[[str, Any], str],
    order: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Versions, newest first; ``label`` names a field, ``text`` tells its value, ``order`` says
    which fields come first."""
    return [
        {
            "version": row.version,
            "at": row.changed_at,
            "by": changed_by_text(row.changed_by),
            "reason": row.reason,
            "command": command_state(row.command),
            "words": _("created") if not row.old else _("removed") if not row.new else "",
            "changes": [
                (
                    label(name),
                    text(name, row.old[name]) if name in row.old else "",
                    text(name, row.new[name]) if name in row.new else "",
                )
                for name in _in_order({**row.old, **row.new}, order)
                if row.old.get(name) != row.new.get(name)
            ],
        }
        for row in versions
    ]


def _in_order(fields: dict[str, Any], order: Sequence[str]) -> list[str]:
    return [*(name for name in order if name in fields), *(n for n in fields if n not in order)]
