from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from identity import personal_data, sessions
        from identity.actions import privacy

        personal_data.register(
            personal_data.Holding("login", privacy.export_login, privacy.erase_login, order=100)
        )

        user_logged_in.connect(sessions.on_signed_in, dispatch_uid="identity.signed_in")
        user_logged_out.connect(sessions.on_signed_out, dispatch_uid="identity.signed_out")
