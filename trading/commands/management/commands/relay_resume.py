"""`manage.py relay_resume`: let a stopped relay go on, after choosing what that means."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import tenant_context

from tenants.selectors import tenant_by_schema
from trading.commands import actions, selectors
from trading.commands.models import RelayStop


class Command(BaseCommand):
    help = (
        "Let the relay of a tenant go on after it stopped, because the engine's last source "
        "number and the database's do not fit together. Without --in-doubt it only explains."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tenant", help="its schema, as the relay's log names it")
        parser.add_argument(
            "--in-doubt",
            choices=RelayStop.InDoubt.values,
            help="send or drop the commands of which it is not known whether they were applied",
        )
        parser.add_argument("--reason", help="why this is right, for the audit trail")

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = tenant_by_schema(options["tenant"])
        if tenant is None:
            raise CommandError(f"There is no tenant with the schema {options['tenant']}.")
        with tenant_context(tenant):
            stop = selectors.relay_stop()
            if stop is None:
                self.stdout.write(f"The relay of {tenant.schema_name} is not stopped.")
                return
            if options["in_doubt"] is None:
                self.stdout.write(explanation(stop))
                return
            if not (options["reason"] or "").strip():
                raise CommandError("Say why with --reason; it goes to the audit trail.")
            actions.resume_relay(
                in_doubt=options["in_doubt"], acting_user=None, reason=options["reason"].strip()
            )
        self.stdout.write(f"The relay of {tenant.schema_name} goes on.")


def explanation(stop: RelayStop) -> str:
    """What was found, which commands are in doubt, and what can be chosen."""
    commands = list(selectors.in_doubt(stop).order_by("id").values_list("id", flat=True)[:20])
    numbers = (
        f"Found {stop.found_at:%Y-%m-%d %H:%M:%S} UTC: the engine's last source number is "
        f"{stop.engine_no}; this database knows {stop.applied_no} as applied and has given "
        f"{stop.numbered_no}."
    )
    if stop.is_engine_ahead:
        meaning = (
            "The engine has applied commands this database knows nothing of: the database is "
            "older, probably restored from a backup.\n"
            "In doubt are commands that wait here and may have been applied before.\n"
            "  --in-doubt send  they were not applied: send them, under new numbers\n"
            "  --in-doubt drop  they may have been: they read as refused; look at the balances, "
            "then ask for them again"
        )
    else:
        meaning = (
            "This database knows commands as applied of which the engine knows nothing: the "
            "engine's journal is older or another one.\n"
            "In doubt are those commands.\n"
            "  --in-doubt send  send them again: the engine applies them now\n"
            "  --in-doubt drop  leave them: the engine goes on without them"
        )
    listed = ", ".join(map(str, commands)) or "none"
    return f"{numbers}\n{meaning}\nCommands in doubt (the first 20): {listed}."
