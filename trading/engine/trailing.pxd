cimport cython

from trading.engine.words cimport FAILED

@cython.final
cdef class Condition:
    cdef readonly long long source
    cdef readonly long long trigger_ticks
    cdef readonly long long trigger_ns
    cdef readonly long long distance_bp
    cdef readonly long long offset_ticks
    cdef readonly Trail trail

@cython.final
cdef class Trail:
    cdef readonly long long ticks
    cdef readonly list queue
    cdef readonly long long live
    cdef readonly Trail into
    cdef readonly long long listed

@cython.final
cdef class Trails:
    cdef bint is_low
    cdef readonly long long live
    cdef readonly long long stop_ticks
    cdef readonly list trails
    cdef readonly list firsts
    cdef long long _number

    @cython.locals(trail=Trail, farther=Trail)
    cpdef long long follow(self, long long ticks) except? FAILED
    cdef bint _passes(self, long long ticks, long long extreme) except -1
    @cython.locals(trail=Trail)
    cpdef long long add(
        self, Condition condition, long long order_id, long long ticks
    ) except? FAILED
    @cython.locals(trail=Trail)
    cpdef long long drop(self, Condition condition) except? FAILED
    @cython.locals(
        trail=Trail,
        nearest=Trail,
        found="long long",
        found_late="long long",
        found_distance="long long",
        late="long long",
        distance="long long",
        order_id="long long",
        number="long long",
        near="long long",
        near_late="long long",
        near_distance="long long",
        same_stop=bint,
        same=bint,
    )
    cpdef long long first(self) except? FAILED
    cdef long long _late(self, long long extreme, long long distance_bp) except? FAILED
    @cython.locals(distance="long long")
    cdef long long _list(self, Trail trail) except? FAILED
    @cython.locals(trail=Trail)
    cdef long long _tidy(self) except? FAILED

cpdef long long stop_of(long long extreme, long long distance_bp, bint is_low) except? FAILED
cdef Trail root_of(Trail trail)
@cython.locals(larger=Trail, smaller=Trail)
cdef Trail merged(Trail one, Trail other)
cdef long long first_of(Trail trail) except? FAILED
@cython.locals(condition=Condition)
cdef bint is_live(object entry) except -1
