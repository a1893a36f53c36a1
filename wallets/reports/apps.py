from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "wallets.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import periodic
        from wallets.payments import rates
        from wallets.reports import selectors

        rates.register(selectors.traded_rates)

        periodic.register("wallets.reports.tasks.write_balance_checkpoints", every_seconds=30)
