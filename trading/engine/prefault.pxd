cimport cython

cdef long long _LOOK_REQUESTS
cdef long long _LARGE_PAGE_WORDS
cdef long long _MOST_AHEAD_WORDS
cdef long long _PATIENCE_NS


@cython.final
cdef class Prefault:
    cdef object _store
    cdef list _rooms
    cdef list _ready
    cdef long long _requests
    cdef bint _idles
    cdef long long _wanted_ns
    cdef bytearray _desk
    cdef long long _work_fd
    cdef object _thread

    @cython.locals(number="long long", wanted="long long", ready="long long", pages="long long", end="long long")
    cpdef look(self, long long requests, long long now_ns)
    cdef _hurry(self)
    cdef _set_policy(self, int policy)
