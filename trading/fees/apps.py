from django.apps import AppConfig


class FeesConfig(AppConfig):
    name = "trading.fees"
    label = "fees"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from tenants import onboarding
        from trading.fees.onboarding import declare_tiers

        # After the fees that they are a part of.
        onboarding.register(declare_tiers, order=35)
