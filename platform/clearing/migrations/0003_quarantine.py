from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clearing", "0002_rebuild_rebuilddifference_and_more")]

    operations = [
        migrations.CreateModel(
            name="Quarantine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("found_at", models.DateTimeField(auto_now_add=True)),
                ("seq", models.BigIntegerField(help_text="How far clearing had come.")),
                ("error", models.TextField(help_text="Of the last try.")),
                ("tries", models.IntegerField(default=1)),
                ("tried_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={"ordering": ["-pk"]},
        ),
        migrations.AddConstraint(
            model_name="quarantine",
            constraint=models.UniqueConstraint(
                fields=("released_at",), name="one_open_quarantine", nulls_distinct=False
            ),
        ),
    ]
