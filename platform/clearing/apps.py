from django.apps import AppConfig


class ClearingConfig(AppConfig):
    name = "clearing"
    label = "clearing"
    default_auto_field = "django.db.models.BigAutoField"
