from trading.engine.words cimport FAILED
cdef long long check_request(
    const char *data, long long at, long long end, long long kind, long long version
) except? FAILED
cdef bint is_printable(long long both) noexcept
cdef bint is_text(const char *data, long long at, long long end, long long width) except -1
