"""How the simulator behaves, by a word among the family names of the person who is checked."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One webhook: when after the start, which word, how often, how signed."""

    after: str  # soon, late
    version: int
    outcome: str  # running, clear, consider
    times: int = 1
    signed: str = "right"  # right, wrong, old


@dataclass(frozen=True)
class Behaviour:
    """What it knows of a check in the end (``truth``), what it sends, and how it takes the start.

    ``start``: answers, hangs (and took it), vanishes (hangs and took nothing, the first time),
    breaks (500, the first time), refuses.
    """

    truth: str = "clear"
    start: str = "answers"
    messages: tuple[Message, ...] = (
        Message("soon", 1, "running"),
        Message("soon", 2, "clear"),
    )


_RUNNING = Message("soon", 1, "running")
BEHAVIOURS = {
    "": Behaviour(),
    "Flagged": Behaviour("consider", messages=(_RUNNING, Message("soon", 2, "consider"))),
    "Timeout": Behaviour(start="hangs", messages=()),
    "Vanished": Behaviour(start="vanishes"),
    "Broken": Behaviour(start="breaks"),
    "Refused": Behaviour(start="refuses", messages=()),
    "Lost": Behaviour(messages=()),
    "Duplicate": Behaviour(messages=(_RUNNING, Message("soon", 2, "clear", times=3))),
    "Reordered": Behaviour(messages=(Message("soon", 2, "clear"), Message("soon", 1, "running"))),
    "Late": Behaviour(messages=(Message("late", 1, "running"), Message("late", 2, "clear"))),
    "Forged": Behaviour(
        "consider", messages=(_RUNNING, Message("soon", 2, "clear", signed="wrong"))
    ),
    "Replayed": Behaviour(messages=(_RUNNING, Message("soon", 2, "clear", signed="old"))),
    "Contradicting": Behaviour(
        "consider",
        messages=(_RUNNING, Message("soon", 2, "clear"), Message("soon", 3, "consider")),
    ),
}
FINDINGS = (
    {"code": "document.altered", "text": "The picture of the document looks altered."},
    {"code": "face.mismatch", "text": "The face is not the one in the document."},
)


def behaviour_of(family_names: str) -> Behaviour:
    """The behaviour that a name asks for; the good one for any other name."""
    for word in family_names.split():
        if word.capitalize() in BEHAVIOURS:
            return BEHAVIOURS[word.capitalize()]
    return BEHAVIOURS[""]
