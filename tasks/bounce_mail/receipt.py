"""What a reading of the bounce mailbox did, as a person reads it: no names, no addresses."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.bounce_mail.booking import ReadMail

SHOWN = 20
KINDS = {"invoice": "invoice", "reminder": "letter", "copy": "copy", "notice": "notice"}


@dataclass(frozen=True, slots=True)
class BounceReceipt:
    """The mails that were looked at, in their order, and how many copies left: to second addresses, or such as waited."""

    mails: Sequence[ReadMail]
    copies: int = 0
    has_mailbox: bool = True

    def __str__(self) -> str:
        count = Counter(mail.what for mail in self.mails)
        read = sum(count[what] for what in ("bounced", "delayed", "unknown"))
        parts = [f"{count['bounced']} bounced{self._kinds()}", f"{count['delayed']} delayed", f"{count['unknown']} of no mail of ours"]
        nothing = "nothing new in the bounce mailbox" if self.has_mailbox else "no mailbox is read; set bounce_mailbox"
        said = f"{read} read: {', '.join(parts)}" if read else nothing
        if count["known"]:
            said += f"; {count['known']} read before"
        if self.copies:
            said += f"; {_many(self.copies, 'copy')} sent"
        return "\n".join([said, *self._listed("unknown", "not booked"), *self._listed("left", "left in the mailbox for another day")])

    def _kinds(self) -> str:
        """What came back, a mail that came back twice once."""
        kinds = Counter(
            KINDS[purpose] for purpose, _ in {(mail.purpose, mail.delivery_id) for mail in self.mails if mail.what == "bounced"}
        )
        return f" ({', '.join(_many(number, kind) for kind, number in sorted(kinds.items()))})" if kinds else ""

    def _listed(self, what: str, words: str) -> list[str]:
        found = [f"  {words}: {mail.key}: {mail.why}" for mail in self.mails if mail.what == what]
        more = [f"  {words}: {len(found) - SHOWN} more; the table bounce_read has all"] if len(found) > SHOWN else []
        return found[:SHOWN] + more


def _many(number: int, kind: str) -> str:
    return f"{number} {'copies' if kind == 'copy' and number > 1 else kind if number == 1 else kind + 's'}"


__all__ = ["BounceReceipt"]
