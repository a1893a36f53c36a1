cimport cython

from trading.engine.book cimport Asset, Instrument
from trading.engine.words cimport FAILED, i128

@cython.final
cdef class Fees:
    cdef readonly dict lines
    cdef readonly dict classes
    cdef readonly list class_groups
    cdef readonly list class_tiers
    cdef readonly dict ladders
    cdef Asset asset
    cdef bint counted
    cdef long long revision
    cdef long long day
    cdef long long day_ends_ns
    cdef long long stamp

    @cython.locals(
        group_id="long long",
        number="long long",
        tier="long long",
        maker_ppm="long long",
        taker_ppm="long long",
    )
    cdef long long look_up(self, long long index, Instrument instrument) except? FAILED
    @cython.locals(found=list)
    cdef list ladder_of(self, long long group_id)
    @cython.locals(
        tier="long long",
        lower="long long",
        upper="long long",
        _maker_ppm="long long",
        _taker_ppm="long long",
    )
    cdef long long tier_of(self, long long group_id, i128 volume_units) except? FAILED
    cdef i128 from_units_of(self, long long group_id, long long tier) except? FAILED
    cdef long long maker_ppm_of(self, long long group_id, long long tier) except? FAILED
    cdef long long taker_ppm_of(self, long long group_id, long long tier) except? FAILED
    @cython.locals(
        most_maker="long long", most_taker="long long", last=tuple
    )
    cdef bint add_step(
        self, list ladder, i128 from_units, long long maker_ppm, long long taker_ppm
    ) except -1
