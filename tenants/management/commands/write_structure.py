"""Writes down the tables of a fresh schema, after a migration was added or changed."""

from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants import structure
from tenants.structure import recording


class Command(BaseCommand):
    help = "Records what all migrations tell PostgreSQL; fresh schemas are made by it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail if stale")

    def handle(self, *args: Any, **options: Any) -> None:
        for schema_name, recorded in recording.record().items():
            path = structure.path_of(schema_name)
            if options["check"]:
                known = structure.read(path)
                # Another PostgreSQL may be told the same.
                if known is None or replace(recorded, server=known.server) != known:
                    raise CommandError(f"{path.name} is stale: run `manage.py write_structure`.")
                continue
            path.write_text(recorded.text())
            self.stdout.write(f"{path.name}: {len(recorded.statements)} statements.")
