from django.db import migrations, models


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
            ],
            options={"ordering": ["upper"]},
        ),
    ]
