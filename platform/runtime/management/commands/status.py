"""Shows every process of the product: state, uptime, restarts, memory, lag."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from runtime import status


class Command(BaseCommand):
    help = "Shows each process: state, pid, uptime, restarts, memory and lag."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        document = status.now()
        if options["json"]:
            self.stdout.write(json.dumps(document, indent=1))
        else:
            self.stdout.write(status.table(document))
