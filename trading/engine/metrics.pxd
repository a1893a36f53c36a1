cimport cython


@cython.final
cdef class Histogram:
    cdef readonly tuple bounds
    cdef readonly list counts
    cdef readonly double sum
    cdef Py_ssize_t _near

    @cython.locals(near=Py_ssize_t)
    cpdef add(self, double value, long long weight)


@cython.final
cdef class Metrics:
    cdef public long long requests
    cdef public long long refused_overloaded
    cdef public long long bad_frames
    cdef public long long snapshots_written
    cdef public long long snapshots_failed
    cdef readonly Histogram group_commands
    cdef readonly Histogram sync_seconds
    cdef readonly Histogram answer_seconds


@cython.final
cdef class Gauges:
    cdef public long long seq
    cdef public long long durable_seq
    cdef public long long snapshot_seq
    cdef public long long connections
    cdef public long long waiting_bytes
    cdef public long long started_ns
    cdef public dict follower_lag
