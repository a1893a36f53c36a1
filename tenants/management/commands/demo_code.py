import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import schema_context

from identity.actions.second_factor import enrolment_of
from identity.models import TotpDevice
from identity.models.second_factor import STEP_SECONDS, code_of, current_step
from tenants import brands
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Print a user's current second-factor code and what an authenticator app needs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--code-only", action="store_true")

    def handle(self, *args: Any, email: str, code_only: bool, **options: Any) -> None:
        if not settings.DEVELOPMENT:
            raise CommandError("This exists only in development (MARQUE_DEBUG=1).")
        found = False
        for tenant in Tenant.objects.order_by("id"):
            with schema_context(tenant.schema_name):
                device = TotpDevice.objects.filter(user__email=email, confirmed=True).first()
                if device is None:
                    continue
                found = True
                step = current_step()
                code = code_of(device.secret, step)
                if code_only:
                    self.stdout.write(code)
                    continue
                left_seconds = (step + 1) * STEP_SECONDS - int(time.time())
                name = brands.view_of(tenant).name
                self.stdout.write(f"{name}: {code} (for {left_seconds} s more; it works once)")
                self.stdout.write(enrolment_of(device.user, device.secret, name).uri)
        if not found:
            raise CommandError(f"No user {email} has a second factor.")
