"""Where two runs of the same records part."""


class ReplayDifference(Exception):
    """Replaying gave other bytes than the engine journal holds; ``seq`` says where.

    ``recorded`` and ``replayed`` are that record as it stands and as it came now, where both are.
    """

    def __init__(
        self, seq: int, message: str, recorded: bytes = b"", replayed: bytes = b""
    ) -> None:
        super().__init__(message)
        self.seq = seq
        self.recorded = recorded
        self.replayed = replayed


def first_difference(recorded: bytes, replayed: bytes) -> ReplayDifference:
    """Name the first record in which two runs of records differ."""
    at = 0
    while True:
        size = int.from_bytes(recorded[at : at + 4], "little")
        if recorded[at : at + size] != replayed[at : at + size]:
            seq = int.from_bytes(recorded[at + 8 : at + 16], "little", signed=True)
            replayed_size = int.from_bytes(replayed[at : at + 4], "little")
            return ReplayDifference(
                seq,
                f"Replaying the record with seq {seq} gave another result or events.",
                recorded[at : at + size],
                replayed[at : at + replayed_size],
            )
        at += size
