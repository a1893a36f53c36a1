from typing import Any

from django.db import migrations, models


def drop_waiting(apps: Any, schema_editor: Any) -> None:
    """Secrets that wait for their first code wait in the session that began them from now on."""
    apps.get_model("identity", "TotpDevice").objects.filter(confirmed=False).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0002_attempt_kind"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="signinattempt",
            name="identity_si_address_6a8ad4_idx",
        ),
        migrations.AddField(
            model_name="signinattempt",
            name="network",
            field=models.CharField(blank=True, max_length=43),
        ),
        migrations.AddIndex(
            model_name="signinattempt",
            index=models.Index(
                fields=["network", "created_at"], name="identity_si_network_768341_idx"
            ),
        ),
        migrations.RunPython(drop_waiting, migrations.RunPython.noop),
    ]
