from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "wallets.reports"
    label = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import periodic

        periodic.register("wallets.reports.tasks.write_balance_checkpoints", every_seconds=30)
