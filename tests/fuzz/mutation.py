"""Seeded damage to bytes: flips, sizes and counts that lie, pieces cut, doubled or moved."""

import random

# Words at which sizes, signs, ids and sums go wrong.
EDGES = [0, 1, 2, 7, 8, 39, 40, 63, 64, 255, 256, 4095, 4096, 65535, 65536, 10**15, 10**15 + 1]
EDGES += [2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**48 - 1, 2**48, 2**62, 2**63 - 1, 2**63, 2**64 - 1]
EDGES += [2**64 - 2, 2**64 - 4096, 10**18, 4 * 10**18, (10**38 - 1) >> 64, (10**38 - 1) % 2**64]


def flip_bits(chance: random.Random, data: bytearray, most: int = 4) -> None:
    """Turn over a few bits."""
    for _ in range(chance.randint(1, most)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def set_word(chance: random.Random, data: bytearray, start: int = 0) -> None:
    """Put an edge, or its neighbour, or a word of the same data, in the place of a word."""
    count = (len(data) - start) // 8
    if count <= 0:
        return
    at = start + 8 * chance.randrange(count)
    if chance.random() < 0.3:
        source = start + 8 * chance.randrange(count)
        data[at : at + 8] = data[source : source + 8]
        return
    value = chance.choice(EDGES) + chance.choice((0, 0, 0, 1, -1))
    data[at : at + 8] = (value % 2**64).to_bytes(8, "little")


def mutated(chance: random.Random, data: bytes, start: int = 0) -> bytes:
    """The data with one or two kinds of damage from ``start`` on; lengths may change."""
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 1, 2))):
        if len(damaged) <= start:
            break
        kind = chance.random()
        if kind < 0.45:
            set_word(chance, damaged, start)
        elif kind < 0.75:
            flip_bits(chance, damaged)
        elif kind < 0.83:
            del damaged[chance.randrange(start, len(damaged)) :]
        elif kind < 0.91:
            at, end = sorted(chance.randrange(start, len(damaged) + 1) for _ in range(2))
            at, end = at - at % 8, end - end % 8
            if chance.random() < 0.5:
                del damaged[at:end]
            else:
                damaged[end:end] = damaged[at:end]
        else:
            damaged += chance.randbytes(chance.choice((1, 7, 8, 40)))
    return bytes(damaged)
