"""Who takes e-invoices to the network: an access point by HTTPS, or a folder that another system empties."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from tasks.outside import Outside
from tasks.peppol.envelope import EInvoice

# taken: it is the access point's now · refused: for good, a person must look · unanswered: to be tried again later
# shut: nothing can be sent there as it is set up, so the others need not be tried
Outcome = Literal["taken", "refused", "unanswered", "shut"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an e-invoice after so many tries: the access point's id of it, or its words where it was not taken."""

    outcome: Outcome
    tries: int = 1
    receipt: str = ""
    said: str = ""


class AccessPoint(Protocol):
    """Where e-invoices go. The same one handed over twice is sent once: it has the same idempotency key."""

    def hand_over(self, e_invoice: EInvoice) -> Answer:
        """Hand over one e-invoice."""


def open_access_point(outside: Outside) -> AbstractContextManager[AccessPoint]:
    """The access point of the settings, to be used in a `with`. Raises SettingsError when its certificates cannot be read."""
    from tasks.peppol.by_files import Files
    from tasks.peppol.by_https import Https

    if is_by_https(outside):
        return Https(outside.settings)
    return Files(outside)


def is_by_https(outside: Outside) -> bool:
    """Whether e-invoices are posted, and not put into a folder."""
    return outside.settings.access_point_url.lower().startswith(("https://", "http://"))


__all__ = ["AccessPoint", "Answer", "Outcome", "is_by_https", "open_access_point"]
