"""Publications of what the firm owes: the root is for everybody, a leaf is for its owner."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from trading.accounts.models import Account
from trading.instruments.fields import UnitsField
from trading.instruments.models import Asset


class Publication(models.Model):
    """What was owed to customers as of one engine seq, in every asset; never changed."""

    seq = models.BigIntegerField(help_text="The balances are as of this engine seq.")
    as_of = models.DateTimeField(help_text="Time of that record.")
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Encrypted; every leaf's salt is made from it.
    secret = models.BinaryField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"liabilities at seq {self.seq}"


class RequestState(models.TextChoices):
    """How far a publication that was asked for is."""

    ASKED = "asked", pgettext_lazy("state of a publication", "Being made")
    PUBLISHED = "published", pgettext_lazy("state of a publication", "Published")
    FAILED = "failed", pgettext_lazy("state of a publication", "Not published")


class PublicationRequest(models.Model):
    """Somebody of the staff asked for a publication; it is made in the background."""

    reason = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=9, choices=RequestState.choices, default=RequestState.ASKED)
    problem = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    publication = models.OneToOneField(
        Publication, null=True, on_delete=models.PROTECT, related_name="request"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="asked"), name="one_publication_asked_for"
            ),
            models.CheckConstraint(
                condition=Q(state="published", publication__isnull=False)
                | (~Q(state="published") & Q(publication__isnull=True)),
                name="publication_when_published",
            ),
        ]

    def __str__(self) -> str:
        return f"publication asked for, {self.state}"


class Root(models.Model):
    """One asset of a publication, with the whole tree behind its root (see `tree.Tree`)."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="roots")
    asset = models.ForeignKey(Asset, on_delete=models.PROTECT, related_name="+")
    root_hash = models.CharField(max_length=64)
    units = UnitsField(help_text="All that is owed in this asset.")
    width = models.IntegerField(help_text="Leaves, those of nothing included: a power of two.")
    nodes = models.BinaryField()

    class Meta:
        ordering = ["asset_id"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "asset"], name="liabilities_root_once"),
            models.CheckConstraint(condition=Q(units__gte=0), name="liabilities_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id}: {self.root_hash}"


class Leaf(models.Model):
    """A part of what is owed to one account, and where it stands in the tree."""

    root = models.ForeignKey(Root, on_delete=models.PROTECT, related_name="leaves")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    part = models.SmallIntegerField()
    units = UnitsField()
    index = models.IntegerField()

    class Meta:
        ordering = ["root_id", "part"]
        constraints = [
            models.UniqueConstraint(fields=["account", "root", "part"], name="leaf_once"),
            models.CheckConstraint(condition=Q(units__gte=0), name="leaf_not_negative"),
        ]

    def __str__(self) -> str:
        return f"leaf {self.index} of {self.root_id}"
