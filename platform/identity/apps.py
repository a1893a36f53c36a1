from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from identity import sessions

        user_logged_in.connect(sessions.on_signed_in, dispatch_uid="identity.signed_in")
        user_logged_out.connect(sessions.on_signed_out, dispatch_uid="identity.signed_out")
