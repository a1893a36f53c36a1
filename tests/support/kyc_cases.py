"""Customers on their way through KYC, for the tests of its room and its pages."""

import io
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from identity.models import User
from kyc import actions, selectors
from kyc.models import KycCase, Tier, WatchList

PERSON = {
    "given_names": "Anna Maria",
    "family_names": "Eriksson",
    "native_name": "",
    "birth_date": "1974-08-12",
    "nationality": "SE",
    "residence": "SE",
    "address": "Storgatan 1",
    "city": "111 51 Stockholm",
    "phone": "+46 8 123 456 78",
    "pep": "no",
}
FULL = {
    **{name: PERSON[name] for name in PERSON if name != "phone"},
    "document_number": "L898902C3",
    "document_country": "SE",
    "document_expires": "2032-04-15",
    "mrz": "",
    "source_of_funds": "salary",
    "yearly_amount": "small",
    "experience": "some",
    "can_lose": "yes",
}
COMPANY = {
    "company_name": "Northern Lights Trading AB",
    "registration_number": "556677-8899",
    "registration_country": "SE",
    "address": "Storgatan 1, Stockholm",
    "phone": "+46 8 123 456 78",
    "business": "Import of lamps.",
    "directors_0_name": "Anna Eriksson",
    "directors_0_birth_date": "1974-08-12",
    "directors_0_country": "SE",
    "owners_0_name": "Bo Eriksson",
    "owners_0_birth_date": "1970-01-02",
    "owners_0_country": "SE",
    "owners_0_share": "80",
    "source_of_funds": "trade",
}
LIST = """id,name,type,program,aliases
1,"VOLKOV, Dmitri Petrovich",individual,TEST,Dimitry Wolkow;Дмитрий Волков
2,"TRADEWIND HOLDINGS LTD",entity,TEST,
3,"AMUNDSEN, Karl",individual,TEST,
""".encode()


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (1200, 800), text: str = "PASSPORT"
) -> bytes:
    """A picture as a camera makes one: not of one colour."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    ImageDraw.Draw(image).text((40, 40), text, fill="red", font_size=60)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def draft(user: User, number: int = 1, kind: str = "person", **answers: Any) -> KycCase:
    """A case with everything answered but the documents."""
    case = actions.open_case(
        user=user, kind=kind, tier=Tier.objects.get(number=number), acting_user=user
    )
    base = COMPANY if kind == "company" else PERSON if number == 1 else FULL
    form = actions.save_answers(
        case=case, data={**base, **answers}, acting_user=user, language="en", now=timezone.now()
    )
    assert form.is_valid(), form.errors
    return selectors.cases().get(pk=case.pk)


def upload(case: KycCase, code: str, data: bytes | None = None) -> Any:
    return actions.upload_document(
        case=case,
        code=code,
        data=data or picture(text=f"{code} {case.pk}"),
        name="IMG_0001.jpg",
        content_type="image/jpeg",
        acting_user=case.user,
    )


def submitted(user: User, number: int = 1, kind: str = "person", **answers: Any) -> KycCase:
    """A case that waits for review."""
    case = draft(user, number, kind, **answers)
    for slot in selectors.definition_of(case.form).documents:
        upload(case, slot.code)
    return actions.submit_case(case=case, acting_user=user, now=timezone.now())


def load_list(data: bytes = LIST, code: str = "test", kind: str = "sanctions") -> WatchList:
    """A list in force."""
    watch_list = WatchList.objects.filter(code=code).first() or actions.set_watch_list(
        code=code, title="Test list", kind=kind, acting_user=None
    )
    actions.load_list(watch_list=watch_list, main=data, origin="test.csv", acting_user=None)
    return watch_list
