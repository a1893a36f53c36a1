"""Customers of a running demo firm whose cases wait for review; run inside the product's Django.

`ask_for(product, slug, families)` makes a customer for each family name, who asks for tier 2.
"""

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
_CODE = """
import sys
sys.path[:0] = [{support!r}]
import ten_cases
print(ten_cases.make({slug!r}, {families!r}))
"""


def ask_for(product: Any, slug: str, families: list[tuple[str, str]]) -> list[int]:
    """The numbers of the cases, one for each (e-mail, family name)."""
    code = _CODE.format(support=str(HERE.parent), slug=slug, families=json.dumps(families))
    said = product.manage("shell", "--no-imports", "-c", code)
    assert said.returncode == 0, said.stdout + said.stderr
    found: list[int] = json.loads(said.stdout.strip().splitlines()[-1])
    return found


def make(slug: str, families: str) -> str:
    """In the product's own process: customers with everything answered, uploaded and sent."""
    from django_tenants.utils import tenant_context

    import kyc_cases
    from identity import actions as identity
    from tenants.models import Tenant

    numbers = []
    with tenant_context(Tenant.objects.get(slug=slug)):
        for order, (email, family) in enumerate(json.loads(families)):
            user = identity.create_user(email=email, password="demo-Marque-2024", acting_user=None)
            case = kyc_cases.submitted(
                user, 2, family_names=family, document_number=f"L{order:08d}", mrz=""
            )
            numbers.append(case.pk)
    return json.dumps(numbers)


if __name__ == "__main__":
    sys.exit("run by tests/browser/test_officer.py")
