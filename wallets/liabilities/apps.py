from django.apps import AppConfig


class LiabilitiesConfig(AppConfig):
    name = "wallets.liabilities"
    label = "liabilities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import periodic, switches
        from wallets.liabilities.declared import LIABILITIES

        switches.declare(LIABILITIES)

        # What was asked for while no broker or worker was there.
        periodic.register("wallets.liabilities.tasks.publish_asked", every_seconds=60)
