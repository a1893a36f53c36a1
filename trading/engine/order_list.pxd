cimport cython

from trading.engine.words cimport FAILED

@cython.final
cdef class OrderList:
    cdef readonly long long list_id
    cdef readonly long long list_type
    cdef readonly long long account
    cdef readonly long long client_key
    cdef readonly list triggers
    cdef readonly long long remembered

    cdef long long legs(self) except? FAILED
    cdef long long partner(self, long long position) except? FAILED
    cdef bint leads(self, long long position) except -1
    cdef long long trigger(self, long long position) except? FAILED
