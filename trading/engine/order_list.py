"""Orders that depend on each other: what of a list is not in the rows of its orders."""

from trading.engine import codes


class OrderList:
    """A list of two or three orders, kept for as long as one of them is remembered.

    Its id is that of its first order; the others' ids follow it. A leg's ``position`` is counted
    from 0. A trigger is kept here because an order that waits outside the levels has no price but
    its limit; the first leg's is that of its level. What a leg will wait for beyond a last price
    stands among the venue's conditions from the beginning.
    """

    def __init__(self, list_id: int, list_type: int, account: int, client_key: int) -> None:
        self.list_id = list_id
        self.list_type = list_type
        self.account = account  # handle
        self.client_key = client_key
        self.triggers = [0, 0, 0]
        self.remembered = 0  # how many of its orders are

    def legs(self) -> int:
        """How many orders it consists of."""
        return 3 if self.list_type == codes.ORDER_LIST_TYPE_OTOCO else 2

    def partner(self, position: int) -> int:
        """The leg that ends with this one, and the other way round; -1 if there is none."""
        if self.list_type == codes.ORDER_LIST_TYPE_OCO:
            return 1 - position
        if self.list_type == codes.ORDER_LIST_TYPE_OTOCO and position > 0:
            return 3 - position
        return -1

    def leads(self, position: int) -> bool:
        """Whether others come only when this leg is filled."""
        return position == 0 and self.list_type != codes.ORDER_LIST_TYPE_OCO

    def trigger(self, position: int) -> int:
        """The price a leg waits for, once it has come; 0: none."""
        return self.triggers[position]
