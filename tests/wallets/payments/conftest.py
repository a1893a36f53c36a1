import pytest

from paying import Paying


@pytest.fixture
def paying(tenant, books, staff_of):
    own = Paying(tenant, books, staff_of)
    own.settle()
    return own


@pytest.fixture
def alice(paying):
    return paying.customer("alice", "Alice Example")


@pytest.fixture
def bob(paying):
    return paying.customer("bob", "Bob Brown")
