from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from api import declared, revocation
        from tenants import switches

        for switch in declared.SWITCHES:
            switches.declare(switch)
        revocation.connect()
