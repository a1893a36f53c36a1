from django.apps import AppConfig


class AdjustmentsConfig(AppConfig):
    name = "wallets.adjustments"
    label = "adjustments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import demo
        from wallets.adjustments.onboarding import fund_demo_customers

        demo.register(fund_demo_customers, order=20)
