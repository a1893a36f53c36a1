import hashlib
import hmac
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django_tenants.utils import schema_context, tenant_context

from identity import actions as identity
from identity.models import User
from identity.selectors import has_second_factor
from tenants import actions, demo, demo_data, links
from tenants.models import Tenant


class Command(BaseCommand):
    help = "Set up the two demo firms with staff and customers. Running it again is harmless."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="also outside development, with known passwords"
        )
        parser.add_argument("--quiet", action="store_true", help="print no sign-ins")

    def handle(self, *args: Any, force: bool, quiet: bool, **options: Any) -> None:
        if not settings.DEVELOPMENT and not force:
            raise CommandError("Demo passwords are public: outside development give --force.")
        platform = actions.ensure_platform()
        with schema_context(settings.PUBLIC_SCHEMA_NAME):
            for email, role in demo_data.OPERATORS.items():
                ensure_staff(email, role)
        tenants = [ensure_tenant(plan) for plan in demo_data.TENANTS]
        if not quiet:
            self._print(platform, tenants)

    def _print(self, platform: Tenant, tenants: list[Tenant]) -> None:
        write = self.stdout.write
        write(f"Password of everyone: {demo_data.PASSWORD}")
        write("Second factor of staff: manage.py demo_code EMAIL prints the current code.\n")
        write(f"Operator    {links.site_address(platform)}/operator/")
        for email, role in demo_data.OPERATORS.items():
            write(f"            {email} ({role})")
        for plan, tenant in zip(demo_data.TENANTS, tenants, strict=True):
            address = links.site_address(tenant)
            write(f"\n{plan.name}    {address}/")
            write(f"    customers   {', '.join(plan.email(name) for name in demo_data.CUSTOMERS)}")
            write(f"    backoffice  {address}/backoffice/")
            write(
                f"                {', '.join(plan.email(role) for role in demo_data.STAFF_ROLES)}"
            )
            write(f"    mailbox     {address}/dev/mailbox/")


def ensure_tenant(plan: demo_data.DemoTenant) -> Tenant:
    """The demo firm with its people; makes what is missing."""
    tenant = Tenant.objects.filter(slug=plan.slug).first()
    if tenant is None:
        tenant = actions.create_tenant(
            slug=plan.slug,
            name=plan.name,
            domain=plan.domain,
            owner_email=plan.email("owner"),
            brand=plan.brand,
            fees=plan.fees,
            timezone=plan.timezone,
            acting_user=None,
        )
    with tenant_context(tenant):
        staff = {role: ensure_staff(plan.email(role), role) for role in demo_data.STAFF_ROLES}
        customers = [ensure_customer(plan.email(name)) for name in demo_data.CUSTOMERS]
        for step in demo.steps():
            step(tenant=tenant, customers=customers, staff=staff)
    return tenant


def ensure_staff(email: str, role: str) -> User:
    with transaction.atomic():
        user = User.objects.filter(email=email).first()
        if user is None:
            user = identity.create_staff(
                email=email, role=role, password=demo_data.PASSWORD, acting_user=None
            )
        elif user.email_verified_at is None:
            identity.set_first_password(user=user, password=demo_data.PASSWORD, acting_user=None)
        if not has_second_factor(user):
            identity.enrol_with_secret(user=user, secret=demo_secret(email), acting_user=None)
    return user


def ensure_customer(email: str) -> User:
    user = User.objects.filter(email=email).first()
    if user is None:
        user = identity.create_user(email=email, password=demo_data.PASSWORD, acting_user=None)
    return user


def demo_secret(email: str) -> bytes:
    """A second-factor secret that is the same at each run on one machine."""
    return hmac.new(settings.SECRET_KEY.encode(), f"demo:{email}".encode(), hashlib.sha1).digest()
