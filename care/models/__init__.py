from care.models.banners import Banner
from care.models.closings import AccountClosing
from care.models.resets import OPEN_RESETS, FactorReset, ResetState
from care.models.tickets import AnswerText, Ticket, TicketMessage, TicketState, Topic

__all__ = [
    "OPEN_RESETS",
    "AccountClosing",
    "AnswerText",
    "Banner",
    "FactorReset",
    "ResetState",
    "Ticket",
    "TicketMessage",
    "TicketState",
    "Topic",
]
