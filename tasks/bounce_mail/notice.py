"""What a returned mail says: which mail of ours it is about, and of which addresses it says that nothing arrived.

Notices by the standard (RFC 3464) are read with the standard library, all others by flufl.bounce, which knows how forty mail systems
put it. Whatever anybody sends to the mailbox comes here, so everything is bounded and nothing is believed: the booking checks it
against the mails we sent.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from itertools import islice
from typing import Literal

from flufl.bounce import all_failures

# It writes a trace for each of its patterns that stumbles over a mail; what it makes of the mail is its answer.
logging.getLogger("flufl.bounce").disabled = True

LONGEST_READ = 2_000_000  # bytes; the notice stands before the mail it returns, whatever that weighs
LONGEST_GUESS = 30_000  # bytes that are searched for what stands in no field; some of its patterns take long on long ones
MOST_PARTS, MOST_ADDRESSES, MOST_NAMES = 50, 1000, 20
LONGEST_WORDS = 300
REPORTS = ("message/delivery-status", "message/global-delivery-status")
RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers")
DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")
ANSWERS = ("x-autoreply", "x-autorespond", "x-autoresponder")
MESSAGE_ID = re.compile(r"(?im)^[ \t>|]{0,8}message-id:[ \t]*(<[!-;=?-~]{3,250}>)")
INVOICE = re.compile(r"(?im)^[ \t>|]{0,8}x-invoice:[ \t]*([A-Z0-9-]{3,30})[ \t\r]*$")

Action = Literal["failed", "delayed", "other"]


class UnreadableError(Exception):
    """The mail cannot be read; why."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a notice says of one recipient: `addresses` are the one we wrote to, if it is told, and the one it ended at."""

    addresses: tuple[str, ...]
    action: Action
    status: str
    words: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A returned mail: the number of the delivery its address names, the ids inside it, and what it says of whom."""

    delivery_id: int | None
    message_ids: tuple[str, ...]
    invoices: tuple[str, ...]
    said: tuple[Said, ...]


def read_notice(content: bytes, bounce_address: str) -> Notice:
    """The mail as a notice; `said` is empty for what is none. Raises UnreadableError, and nothing else, for what cannot be read."""
    try:
        return _notice(content[:LONGEST_READ], bounce_address)
    except UnreadableError:
        raise
    except (Exception, RecursionError) as error:  # the parsers fail in more ways than they say; one mail must not stop the others
        raise UnreadableError(f"it cannot be read as a mail ({type(error).__name__})") from error


def _notice(content: bytes, bounce_address: str) -> Notice:
    mail = message_from_bytes(content)
    if not mail.keys():
        raise UnreadableError("it is no mail: it has no headers")
    parts = list(islice(mail.walk(), MOST_PARTS))
    ids, invoices = _names(parts, content)
    said = tuple(islice(_reported(parts), MOST_ADDRESSES)) or tuple(islice(_guessed(mail, content), MOST_ADDRESSES))
    return Notice(_numbered(mail, bounce_address), ids, invoices, said)


def _numbered(mail: Message, bounce_address: str) -> int | None:
    """The number in the address it was sent back to, None when there is none or two of them."""
    local, _, domain = bounce_address.rpartition("@")
    if not local:
        return None
    address = re.compile(rf"(?i)(?<![\w.+-]){re.escape(local)}\+([0-9]{{1,18}})@{re.escape(domain)}(?![\w.-])")
    for header in DELIVERED_TO:  # the envelope is nearer to the truth than what the mail says
        found = {int(number) for value in mail.get_all(header, ()) for number in address.findall(str(value))}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _names(parts: Iterable[Message], content: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Message-IDs and invoice numbers of what it returns: of the part with our mail, or as they stand in its text."""
    heads = [_head_of(part) for part in parts if part.get_content_type() in RETURNED]
    text = "\n".join(filter(None, heads)) or content[:LONGEST_GUESS].decode("utf-8", "replace")
    ids, invoices = dict.fromkeys(MESSAGE_ID.findall(text)), dict.fromkeys(INVOICE.findall(text))
    return tuple(islice(ids, MOST_NAMES)), tuple(islice(invoices, MOST_NAMES))


def _head_of(part: Message) -> str:
    """The headers of the mail inside a part, in text."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return "\n".join(f"{name}: {value}" for each in payload[:1] if isinstance(each, Message) for name, value in each.items())
    decoded = part.get_payload(decode=True)
    return decoded.decode("utf-8", "replace")[:LONGEST_GUESS] if isinstance(decoded, bytes) else str(payload)[:LONGEST_GUESS]


def _reported(parts: Iterable[Message]) -> Iterator[Said]:
    """What reports by RFC 3464 say, an address each."""
    for part in parts:
        if part.get_content_type() in REPORTS:
            yield from filter(None, map(_of_recipient, _blocks(part)))


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a report. The library parts those of message/delivery-status; of others it knows the first one."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        texts = re.split(r"\r?\n\r?\n", str(payload))
    elif part.get_content_type() == REPORTS[0]:
        yield from payload  # type: ignore[misc]  # its stubs say a mail may hold text, which a report never does
        return
    else:
        rest = payload[0].get_payload() if payload and isinstance(payload[0], Message) else ""
        texts = re.split(r"\r?\n\r?\n", str(rest))
    yield from (message_from_string(text.strip()) for text in texts[:MOST_ADDRESSES])


def _of_recipient(block: Message) -> Said | None:
    """What a group of fields says of a recipient; None for the group about the mail."""
    addresses = dict.fromkeys(filter(None, (_address(block.get(name)) for name in ("original-recipient", "final-recipient"))))
    if not addresses:
        return None
    status = next(iter(re.findall(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", str(block.get("status", "")))), "")
    words = str(block.get("diagnostic-code", "")).partition(";")
    return Said(tuple(addresses), _action(str(block.get("action", "")), status), status, shown(words[2] or words[0]))


def _action(action: str, status: str) -> Action:
    """Failed whatever its status says: a mailbox that stayed full is given up with 4.2.2. Without an action the status decides."""
    word = action.split(maxsplit=1)[0].casefold() if action.split() else ""
    by_word: dict[str, Action] = {"failed": "failed", "delayed": "delayed"}
    by_class: dict[str, Action] = {"5": "failed", "4": "delayed"}
    return by_word.get(word, "other") if word else by_class.get(status[:1], "other")


def _address(value: object) -> str:
    """`rfc822; <a@b.example>` → `a@b.example`; "" for what is no address."""
    address = str(value or "").rpartition(";")[2].strip().strip("<>").strip()
    return address if "@" in address and len(address) <= LONGEST_WORDS and address.isprintable() else ""


def _guessed(mail: Message, content: bytes) -> Iterator[Said]:
    """What flufl.bounce makes of a notice in free form; what says of itself that it answers is none."""
    if any(mail.get(name) for name in ANSWERS):
        return
    looked_at = mail if len(content) <= LONGEST_GUESS else message_from_bytes(content[:LONGEST_GUESS])
    temporary, permanent = all_failures(looked_at)
    for address in sorted(temporary | permanent):
        with suppress(UnicodeDecodeError):
            action: Action = "failed" if address in permanent else "delayed"
            yield Said(tuple(filter(None, (_address(address.decode("ascii")),))), action, "", "returned without a standard report")


def shown(words: str) -> str:
    """Words from outside on one line, without what no database or terminal takes, cut to a length."""
    printable = "".join(one if one.isprintable() else " " for one in words.encode("utf-8", "replace").decode("utf-8"))
    return " ".join(printable.split())[:LONGEST_WORDS]


__all__ = ["LONGEST_READ", "Notice", "Said", "UnreadableError", "read_notice", "shown"]
