import time
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tenants import actions, links, templates_data
from tenants.errors import TenantError


class Command(BaseCommand):
    help = "Create a white-label firm that trades at once, and invite its first owner by mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name, such as aurora")
        parser.add_argument("--name", required=True, help="name of the firm and its brand")
        parser.add_argument("--domain", required=True, help="host name, such as trade.example.com")
        parser.add_argument("--owner", required=True, help="e-mail of the first owner")
        parser.add_argument("--template", default="spot-exchange", choices=templates_data.names())
        parser.add_argument("--language", action="append", help="may be given several times")
        parser.add_argument("--timezone", default="UTC")

    def handle(self, *args: Any, **options: Any) -> None:
        begin = time.monotonic()
        languages = options["language"] or ["en"]
        try:
            tenant = actions.create_tenant(
                slug=options["slug"],
                name=options["name"],
                domain=options["domain"],
                owner_email=options["owner"],
                template=options["template"],
                timezone=options["timezone"],
                brand={"languages": languages, "default_language": languages[0]},
                acting_user=None,
            )
        except TenantError as error:
            raise CommandError(error.message) from error
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(
            f"{tenant.name} is open at {links.site_address(tenant)} "
            f"({time.monotonic() - begin:.1f} s). The owner was invited by mail."
        )
