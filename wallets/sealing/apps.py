from django.apps import AppConfig


class SealingConfig(AppConfig):
    name = "wallets.sealing"
    label = "sealing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from audit import chains
        from tenants import periodic
        from wallets.sealing.selectors import verify_ledger_chain

        chains.register("ledger chain", verify_ledger_chain)
        periodic.register("wallets.sealing.tasks.seal_days", every_seconds=3600)
