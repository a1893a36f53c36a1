from trading.engine import core

globals().update({name: value for name, value in vars(core).items() if name[:2] != "__"})
