import django.db.models.deletion
from django.db import migrations, models

import trading.instruments.fields


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_partitions")]

    operations = [
        migrations.CreateModel(
            name="ArchivedPostings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lower", models.BigIntegerField(help_text="Entry ids from this one on …")),
                ("upper", models.BigIntegerField(help_text="… and before this one.", unique=True)),
                ("file", models.CharField(help_text="In the data folder.", max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("rows", models.BigIntegerField()),
                ("archived_at", models.DateTimeField(auto_now_add=True)),
                (
                    "removed_at",
                    models.DateTimeField(
                        help_text="Since when only the file holds them; null: the table does as well.",
                        null=True,
                    ),
                ),
            ],
            options={"ordering": ["upper"]},
        ),
        migrations.CreateModel(
            name="ArchivedSum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ledger_account_id", models.BigIntegerField()),
                ("rows", models.BigIntegerField()),
                ("units", trading.instruments.fields.UnitsField(decimal_places=0, max_digits=38)),
                (
                    "archived",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sums",
                        to="ledger.archivedpostings",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="archivedsum",
            constraint=models.UniqueConstraint(
                fields=("ledger_account_id", "archived"), name="archived_sum_once"
            ),
        ),
    ]
