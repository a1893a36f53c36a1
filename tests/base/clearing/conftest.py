from books import books
from firms import firm

__all__ = ["books", "firm"]
