from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "wallets.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import onboarding, periodic
        from wallets.ledger.onboarding import open_books

        onboarding.register(open_books, order=40)
        periodic.register("wallets.ledger.tasks.prove_books", every_seconds=60)
