"""The deterministic matching engine; no Django in here.

``COMPILED`` says whether the core runs compiled (see ``build``) or from its sources.
"""

from trading.engine import compiled

COMPILED: bool = compiled.use(__path__)
