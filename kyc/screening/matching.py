"""How near a name is to those of a list, and why.

Each token of one name is paired with the token of the other that is most like it (Jaro-Winkler of
rapidfuzz, W. E. Winkler 1990; or the same skeleton of consonants). Rare tokens weigh more than
common ones: half of a list is called Mohammed. The score is the share of weight that found its
pair, in basis points; a token of the list that the customer did not name (a patronymic, a second
family name) counts a quarter.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from kyc.screening import names

LEAST_TOKEN_BP = 8200
SKELETON_BP = 9200
# Alike in their consonants only, two tokens must still look somewhat alike.
LEAST_SKELETON_BP = 7200
MISSED_SHARE = 4  # a token of the list that has no pair counts 1/4
MOST_HITS = 25


@dataclass(frozen=True)
class Listed:
    """One name of somebody on a list."""

    entry_id: int
    external_id: str
    kind: str
    name: str
    is_alias: bool


@dataclass(frozen=True)
class Match:
    """A name of the list near the one asked for; ``pairs`` are (asked, listed, how, bp)."""

    listed: Listed
    score_bp: int
    pairs: tuple[tuple[str, str, str, int], ...]
    unmatched: tuple[str, ...]
    unmatched_listed: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.listed.name,
            "alias": self.listed.is_alias,
            "score_bp": self.score_bp,
            "pairs": [list(pair) for pair in self.pairs],
            "unmatched": list(self.unmatched),
            "unmatched_listed": list(self.unmatched_listed),
        }


@dataclass
class Index:
    """The names of one list, ready to be asked. Built once for each version."""

    listed: list[Listed] = field(default_factory=list)
    tokens: list[tuple[str, ...]] = field(default_factory=list)
    by_token: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    by_skeleton: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    vocabulary: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Iterable[Listed]) -> "Index":
        index = cls()
        for row in rows:
            found = names.tokens(row.name, is_company=row.kind != "person")
            if not found:
                continue
            number = len(index.listed)
            index.listed.append(row)
            index.tokens.append(found)
            for token in set(found):
                index.by_token[token].append(number)
        index.vocabulary = sorted(index.by_token)
        for token in index.vocabulary:
            index.by_skeleton[names.skeleton(token)].add(token)
        return index

    def weight(self, token: str) -> int:
        """How much a token says: the rarer on the list the more, from 100 to about 1000."""
        seen = len(self.by_token.get(token, ()))
        return 100 + int(100 * math.log((len(self.listed) + 1) / (seen + 1)))

    def find(self, name: str, *, kinds: frozenset[str], threshold_bp: int) -> list[Match]:
        """Everybody of ``kinds`` whose name or alias is near, the nearest first, one match each."""
        asked = names.tokens(name, is_company="person" not in kinds)
        if not asked:
            return []
        near = {
            token: self._near(token, vowels_hidden=names.hides_vowels(name))
            for token in dict.fromkeys(asked)
        }
        best: dict[int, Match] = {}
        for number in self._candidates(near):
            listed = self.listed[number]
            if listed.kind not in kinds:
                continue
            match = self._score(asked, number, near)
            known = best.get(listed.entry_id)
            if match.score_bp >= threshold_bp and (
                known is None or match.score_bp > known.score_bp
            ):
                best[listed.entry_id] = match
        ranked = sorted(best.values(), key=lambda each: (-each.score_bp, each.listed.entry_id))
        return ranked[:MOST_HITS]

    def _near(self, token: str, *, vowels_hidden: bool) -> dict[str, tuple[str, int]]:
        """Tokens of the list that may be this one: how, and how like in basis points."""
        # Here, as few processes screen and it takes a tenth of the start of each.
        from rapidfuzz import process
        from rapidfuzz.distance import JaroWinkler

        found: dict[str, tuple[str, int]] = {}
        if len(token) > 2:
            for other, likeness, _position in process.extract(
                token,
                self.vocabulary,
                scorer=JaroWinkler.similarity,
                score_cutoff=LEAST_TOKEN_BP / 10_000,
                limit=60,
            ):
                found[other] = ("alike", round(likeness * 10_000))
        bones = names.skeleton(token)
        if len(bones) >= 2:
            for other in self.by_skeleton.get(bones, ()):
                likeness = round(JaroWinkler.similarity(token, other) * 10_000)
                if not vowels_hidden and likeness < LEAST_SKELETON_BP:
                    continue
                if found.get(other, ("", 0))[1] < SKELETON_BP:
                    found[other] = ("sounds", SKELETON_BP)
        if token in self.by_token:
            found[token] = ("same", 10_000)
        return found

    def _candidates(self, near: dict[str, dict[str, tuple[str, int]]]) -> set[int]:
        """Names that share two tokens with the one asked for, or its only one."""
        seen: dict[int, int] = defaultdict(int)
        for others in near.values():
            for number in {n for other in others for n in self.by_token[other]}:
                seen[number] += 1
        return {
            number
            for number, count in seen.items()
            if count >= min(2, len(near), len(set(self.tokens[number])))
        }

    def _score(
        self, asked: tuple[str, ...], number: int, near: dict[str, dict[str, tuple[str, int]]]
    ) -> Match:
        left = list(self.tokens[number])
        options = sorted(
            (
                (-near[token][other][1], position, other_position, token, other)
                for position, token in enumerate(asked)
                for other_position, other in enumerate(left)
                if other in near[token]
            ),
        )
        taken: set[int] = set()
        taken_listed: set[int] = set()
        pairs = []
        gained = 0
        for negative_bp, position, other_position, token, other in options:
            if position in taken or other_position in taken_listed:
                continue
            taken.add(position)
            taken_listed.add(other_position)
            bp = -negative_bp
            pairs.append((token, other, near[token][other][0], bp))
            gained += bp * 2 * self.weight(other)
        unmatched = tuple(t for position, t in enumerate(asked) if position not in taken)
        missed = tuple(t for position, t in enumerate(left) if position not in taken_listed)
        whole = sum(2 * self.weight(pair[1]) for pair in pairs)
        whole += sum(2 * self.weight(token) for token in unmatched)
        whole += sum(2 * self.weight(token) for token in missed) // MISSED_SHARE
        score = gained // whole if whole else 0
        if len(pairs) == 1 and len(set(asked)) > 1 and len(set(left)) > 1:
            score = 0  # one common word is no likeness of two names
        return Match(self.listed[number], score, tuple(pairs), unmatched, missed)
