"""Following extremes: which of many trailing stops fires next, without looking at each of them.

A selling trailing stop stands below the highest price since it became active, a buying one above
the lowest. Those whose extreme is the same share a *trail*. No extreme is nearer than the present
price, so a price that passes the nearest trail's makes one trail of all that it passes, and moves
no other. Each order is moved from one trail to another at most log2 of their number times, and of
each trail only the first to fire is listed among all: a price change costs O(log n), amortised.
"""

from heapq import heapify, heappop, heappush

from trading.engine import limits, rows
from trading.engine.words import wide


class Condition:
    """What an order waits for, beyond a last price: reached only while it waits, or will wait once
    it is released.

    ``trigger_ticks`` is where a trailing stop becomes active (0: at once); ``trigger_ns`` is 0
    once that time has come; ``trail`` is set while a trailing stop is active.
    """

    def __init__(
        self,
        source: int,
        trigger_ticks: int,
        trigger_ns: int,
        distance_bp: int,
        offset_ticks: int,
    ) -> None:
        self.source = source
        self.trigger_ticks = trigger_ticks
        self.trigger_ns = trigger_ns
        self.distance_bp = distance_bp
        self.offset_ticks = offset_ticks
        self.trail: Trail | None = None


class Trail:
    """Active trailing stops with one extreme.

    ``queue`` is a heap of (distance, order id, condition): also of orders that are gone, whose
    condition has no trail any more; ``live`` counts the others. A trail that was merged says
    ``into`` which. ``listed`` is the number of its entry among all trails' first ones; 0: none.
    """

    def __init__(self, ticks: int) -> None:
        self.ticks = ticks
        self.queue: list[tuple[int, int, Condition]] = []
        self.live = 0
        self.into: Trail | None = None
        self.listed = 0


class Trails:
    """The active trailing stops of one side that follow one source's price.

    ``trails`` begins with the extreme farthest from the price. ``firsts`` is a heap of (how late
    it fires, distance, order id, number, trail), which names every trail with an order in it but
    the nearest, whose place would change with each price; and entries that no trail lists.
    """

    def __init__(self, is_low: bool) -> None:
        self.is_low = is_low
        self.live = 0
        self.stop_ticks = 0  # of the order that `first` found
        self.trails: list[Trail] = []
        self.firsts: list[tuple[int, int, int, int, Trail]] = []
        self._number = 0

    def follow(self, ticks: int) -> int:
        """The price has moved to ``ticks``, passing every price on its way."""
        trails = self.trails
        if len(trails) == 0:
            return 0
        trail = trails[len(trails) - 1]
        if not self._passes(ticks, trail.ticks):
            return 0
        trails.pop()
        while len(trails) > 0:
            farther = trails[len(trails) - 1]
            if self._passes(farther.ticks, ticks):
                break
            trails.pop()
            trail = merged(trail, farther)
        trail.ticks = ticks
        trail.listed = 0
        trails.append(trail)
        return 0

    def _passes(self, ticks: int, extreme: int) -> bool:
        return ticks < extreme if self.is_low else ticks > extreme

    def add(self, condition: Condition, order_id: int, ticks: int) -> int:
        """An order becomes active while the price is ``ticks``."""
        self.follow(ticks)
        self._tidy()
        trails = self.trails
        trail = trails[len(trails) - 1] if len(trails) > 0 else None
        if trail is None or trail.ticks != ticks:
            if trail is not None:
                self._list(trail)
            trail = Trail(ticks)
            trails.append(trail)
        elif trail.listed != 0:
            trail.listed = 0  # it is the nearest again, and its first may be another now
        heappush(trail.queue, (condition.distance_bp, order_id, condition))
        trail.live += 1
        self.live += 1
        condition.trail = trail
        return 0

    def drop(self, condition: Condition) -> int:
        """An order is active no more."""
        trail = condition.trail
        if trail is None:
            return 0
        trail = root_of(trail)
        condition.trail = None
        trail.live -= 1
        self.live -= 1
        if len(trail.queue) > 2 * trail.live + rows.TRAILS_SPARE:
            trail.queue = [entry for entry in trail.queue if is_live(entry)]
            heapify(trail.queue)
        return 0

    def first(self) -> int:
        """The order that fires next and, in ``stop_ticks``, at which price; 0: there is none.

        At one stop price that with the smaller distance, then the older one.
        """
        firsts = self.firsts
        found = 0
        found_late = 0
        found_distance = 0
        while len(firsts) > 0:
            late, distance, order_id, number, trail = firsts[0]
            if trail.listed == number and first_of(trail) == order_id:
                found = order_id
                found_late = late
                found_distance = distance
                break
            heappop(firsts)
            if trail.listed == number:
                trail.listed = 0
                self._list(trail)
        trails = self.trails
        while len(trails) > 0:
            nearest = trails[len(trails) - 1]
            near = first_of(nearest)
            if near == 0:
                trails.pop()
                continue
            near_distance = nearest.queue[0][0]
            near_late = self._late(nearest.ticks, near_distance)
            if found != 0:
                same_stop = near_late == found_late
                same = same_stop and near_distance == found_distance
                if not (
                    near_late < found_late
                    or (same_stop and near_distance < found_distance)
                    or (same and near < found)
                ):
                    break
            found = near
            found_late = near_late
            break
        self.stop_ticks = found_late if self.is_low else -found_late
        return found

    def _late(self, extreme: int, distance_bp: int) -> int:
        """The stop price as a number that grows the later it is come to."""
        stop = stop_of(extreme, distance_bp, self.is_low)
        return stop if self.is_low else -stop

    def _list(self, trail: Trail) -> int:
        """Name a trail's first order among those of all trails."""
        order_id = first_of(trail)
        if trail.listed == 0 and order_id != 0:
            self._number += 1
            trail.listed = self._number
            distance = trail.queue[0][0]
            late = self._late(trail.ticks, distance)
            heappush(self.firsts, (late, distance, order_id, self._number, trail))
        return 0

    def _tidy(self) -> int:
        """Forget trails without orders, and entries nobody lists, before they outnumber others."""
        if len(self.trails) > 2 * self.live + rows.TRAILS_SPARE:
            self.trails = [trail for trail in self.trails if first_of(trail) != 0]
        if len(self.firsts) > 2 * len(self.trails) + rows.TRAILS_SPARE:
            self.firsts = []
            for trail in self.trails:
                trail.listed = 0
                self._list(trail)
        return 0


def stop_of(extreme: int, distance_bp: int, is_low: bool) -> int:
    """The stop price of a trailing stop, in whole ticks: never nearer than its distance.

    So it differs from its extreme; below the first tick it is 0, which no price comes to.
    """
    if is_low:
        return (
            wide(extreme) * (limits.BASIS_POINTS + distance_bp) + (limits.BASIS_POINTS - 1)
        ) // limits.BASIS_POINTS
    return wide(extreme) * (limits.BASIS_POINTS - distance_bp) // limits.BASIS_POINTS


def root_of(trail: Trail) -> Trail:
    """The trail that one has become by merging."""
    while trail.into is not None:
        trail = trail.into
    return trail


def merged(one: Trail, other: Trail) -> Trail:
    """One trail of two: the smaller one's orders move over."""
    larger = one
    smaller = other
    if len(one.queue) < len(other.queue):
        larger = other
        smaller = one
    for entry in smaller.queue:
        if is_live(entry):
            heappush(larger.queue, entry)
    larger.live += smaller.live
    larger.listed = 0
    smaller.queue = []
    smaller.live = 0
    smaller.listed = 0
    smaller.into = larger
    return larger


def first_of(trail: Trail) -> int:
    """The order of a trail that fires first, or 0; what stands before it is forgotten."""
    queue = trail.queue
    while len(queue) > 0:
        if is_live(queue[0]):
            return queue[0][1]
        heappop(queue)
    return 0


def is_live(entry: tuple[int, int, Condition]) -> bool:
    """Whether an entry's order is active still."""
    condition = entry[2]
    return condition.trail is not None
