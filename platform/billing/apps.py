from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import periodic

        periodic.register("billing.tasks.draft_due", every_seconds=3_600, scope="platform")
