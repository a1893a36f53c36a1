from django.apps import AppConfig


class LiabilitiesConfig(AppConfig):
    name = "wallets.liabilities"
    label = "liabilities"
    default_auto_field = "django.db.models.BigAutoField"
