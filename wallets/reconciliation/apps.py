from django.apps import AppConfig


class ReconciliationConfig(AppConfig):
    name = "wallets.reconciliation"
    label = "reconciliation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import periodic
        from wallets.ledger import checks
        from wallets.reconciliation import custody, keeping, levels

        checks.register_start(keeping.proven)
        checks.register_keeper(keeping.keep)
        custody.register()
        levels.register()
        periodic.register("wallets.reconciliation.tasks.prove_wholly", every_seconds=86_400)
