"""Returned mail, read from a mailbox and booked per recipient.

Each mail is a transaction: what it books and the note that it was read; then the mailbox marks it as seen. So a reading may be ended
anywhere and done again. What is no notice about a mail of ours is listed and books nothing.
"""

from dataclasses import replace
from datetime import date

from tasks.bounce_mail.booking import ReadMail, book_mail
from tasks.bounce_mail.mailbox import open_mailbox
from tasks.bounce_mail.receipt import BounceReceipt
from tasks.copies import send_copies
from tasks.ledger import Stopped, only_one
from tasks.outside import Outside
from tasks.store import StoreFailed


def read_bounces(outside: Outside, on: date) -> BounceReceipt:
    """Read what is new in the bounce mailbox and book it as come back on a day, then send the copies that wait; returns what was read.

    Raises MailboxUnavailable when the mailbox cannot be read, RunLocked when another process reads it, MailUnavailable when a copy
    cannot be sent now, StoreFailed or Stopped when its documents are lost or spoiled; what was booked stays booked, and the next reading
    goes on with what waits.
    """
    mails: list[ReadMail] = []
    with only_one(outside.engine, "bounces"):
        if outside.settings.bounce_mailbox:
            with open_mailbox(outside.settings) as mailbox:
                for held in mailbox.unread():
                    mails.append(book_mail(outside.engine, held, outside.settings.bounce_address, on))
                    if mails[-1].what != "left":
                        mailbox.mark(held)
    receipt = BounceReceipt(mails, has_mailbox=bool(outside.settings.bounce_mailbox))
    try:
        return replace(receipt, copies=send_copies(outside))
    except (Stopped, StoreFailed) as stopped:
        raise type(stopped)(f"{receipt}\n\nthis is booked; its copies to second addresses wait:\n{stopped}") from stopped


__all__ = ["BounceReceipt", "read_bounces"]
