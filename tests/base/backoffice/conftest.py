from books import books
from firms import firm, operator_arguments, send

__all__ = ["books", "firm", "operator_arguments", "send"]
