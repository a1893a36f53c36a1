"""Names made comparable: any script to small Latin letters, in tokens.

anyascii turns scripts into Latin; what it cannot know (vowels that Arabic and Hebrew do not write)
is met by comparing skeletons of consonants.
"""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_TOKEN = re.compile(r"[a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Titles, and the article that romanizations write, join or leave out.
_TITLES = frozenset(
    {"al", "el", "mr", "mrs", "ms", "dr", "prof", "sir", "sheikh", "haji", "hajji", "jr", "sr"}
)
# Forms of companies say nothing of who they are.
_COMPANY_WORDS = frozenset(
    {
        "ltd", "limited", "llc", "inc", "co", "corp", "corporation", "company", "gmbh", "ag", "sa",
        "srl", "bv", "nv", "plc", "ooo", "oao", "zao", "pjsc", "jsc", "the", "and", "of", "de",
    }
)  # fmt: skip
_ARABIC_ARTICLE = re.compile(r"(?<!\w)ال(?=\w{2})")
_VOWELS = str.maketrans("", "", "aeiouy")
# Sounds that romanizations write differently: Mohammed, Muhamad; Qaddafi, Gaddafi; Yusuf, Jusuf.
_SOUNDS = (
    ("kh", "h"), ("gh", "g"), ("ph", "f"), ("th", "t"), ("dh", "d"), ("sh", "s"), ("ch", "c"),
    ("zh", "z"), ("ck", "k"), ("q", "k"), ("x", "ks"), ("c", "k"), ("z", "s"), ("j", "i"),
    ("v", "f"), ("w", "f"), ("b", "p"), ("g", "k"), ("d", "t"),
)  # fmt: skip
_DOUBLE = re.compile(r"(.)\1+")


def tokens(name: str, *, is_company: bool = False) -> tuple[str, ...]:
    """Small Latin tokens of a name in any script, without titles (or forms of companies)."""
    written = _ARABIC_ARTICLE.sub("", unicodedata.normalize("NFKC", name))
    latin = _CAMEL.sub(" ", anyascii(written))
    latin = latin.replace("'", "").replace("`", "").casefold()
    found = tuple(_TOKEN.findall(latin))
    dropped = _COMPANY_WORDS if is_company else _TITLES
    kept = tuple(token for token in found if token not in dropped)
    return kept or found


def hides_vowels(name: str) -> bool:
    """Whether a name is written in a script that leaves vowels out (Arabic, Hebrew, Syriac)."""
    return any(
        unicodedata.name(char, "").startswith(("ARABIC", "HEBREW", "SYRIAC")) for char in name
    )


@lru_cache(maxsize=100_000)
def skeleton(token: str) -> str:
    """The consonants of a token, with what romanizations mix up made alike: Muhammad is mmt."""
    text = token
    for sound, other in _SOUNDS:
        text = text.replace(sound, other)
    return _DOUBLE.sub(r"\1", text.translate(_VOWELS)) or text[:1]
