"""Refused steps of campaigns and referrals."""


class CampaignError(ValueError):
    """What cannot be done as it is; the sentence can be shown. ``code`` is for doors that say it
    in another language, ``field`` the form field it is about, if any."""

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.field = field
