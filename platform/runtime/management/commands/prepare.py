"""Brings the database to the state of the code, and with --demo fills in the demo tenants."""

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from runtime import migrations, up
from tenants import grants


class Command(BaseCommand):
    help = "Migrates every schema, collects static files in production; --demo seeds demo tenants."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="two demo tenants")

    def handle(self, *args: Any, **options: Any) -> None:
        schemas = migrations.schemas_behind()
        if schemas:
            self.stdout.write(f"Migrating {', '.join(schemas)} ...")
            call_command("migrate_schemas", interactive=False, verbosity=0)
        for schema in migrations.schemas():
            grants.grant(schema)
        if not settings.DEVELOPMENT:
            call_command("collectstatic", interactive=False, verbosity=0)
        if options["demo"]:
            told = io.StringIO()
            call_command("seed_demo", stdout=told)
            (Path(settings.DATA_DIR) / up.DEMO_FILE).write_text(told.getvalue())
        self.stdout.write("The database is ready.")
