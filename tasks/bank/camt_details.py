"""The movements of a CAMT.053 statement: an entry is one, unless its details divide its amount among several payers."""

from dataclasses import replace
from decimal import Decimal

from billing.bank import Movement, divides
from billing.communications import digits_of
from tasks.bank.camt_elements import (
    Element,
    amount_of,
    child,
    children,
    day_of,
    refused,
    required_day,
    required_sign,
    sign_of,
    text_of,
)

NOT_BOOKED = ("PDNG", "INFO", "FUTR")
TEXT_LENGTH = 2000
_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt")


def movements_of(statement: Element, own_iban: str) -> tuple[Movement, ...]:
    """The booked movements of a Stmt in the order of the file; `own_iban` tells the other side of each. Raises ElementRefused."""
    found = [movement for entry in children(statement, "Ntry") if _is_booked(entry) for movement in _of_entry(entry, own_iban)]
    return tuple(replace(movement, seq=seq) for seq, movement in enumerate(found, start=1))


def _is_booked(entry: Element) -> bool:
    state = text_of(entry, "Sts/Cd", "Sts/Prtry", "Sts")
    if state not in ("BOOK", *NOT_BOOKED):
        raise refused(entry, f"an entry with the status {state or 'none'}; known are BOOK, PDNG, INFO and FUTR")
    return state == "BOOK"


def _of_entry(entry: Element, own_iban: str) -> list[Movement]:
    total = required_sign(entry) * amount_of(entry)
    details = children(entry, "NtryDtls/TxDtls")
    shares = [_part(entry, detail) for detail in details]
    if len(details) > 1:
        parts = [_movement(entry, [one], share, own_iban) for one, share in zip(details, shares, strict=True) if share is not None]
        if len(parts) == len(details) and divides(parts, total):
            return parts
    return [_movement(entry, details, total, own_iban)]


def _part(entry: Element, detail: Element) -> Decimal | None:
    """What a detail is of its entry, None where it does not say so in EUR."""
    sign = sign_of(detail) or required_sign(entry)
    for path in _AMOUNTS:
        found = child(detail, path)
        if found is not None and found.get("Ccy") == "EUR":
            return sign * amount_of(detail, path)
    return None


def _movement(entry: Element, details: list[Element], amount: Decimal, own_iban: str) -> Movement:
    first = details[0] if details else entry
    booked_on = required_day(entry, "BookgDt")
    iban, name = _other_side(first, amount, own_iban) if len(details) <= 1 else ("", "")
    reference, text = _remittance(entry, details)
    returned = child(first, "RtrInf")
    return Movement(
        seq=1,
        bank_reference=text_of(first, "Refs/AcctSvcrRef") or text_of(entry, "AcctSvcrRef", "NtryRef"),
        booked_on=booked_on,
        value_on=day_of(entry, "ValDt") or booked_on,
        amount=amount,
        counterparty_iban=iban,
        counterparty_name=name,
        reference=reference,
        text=text[:TEXT_LENGTH],
        end_to_end_id=text_of(first, "Refs/EndToEndId"),
        mandate_id=text_of(first, "Refs/MndtId"),
        is_return=returned is not None or text_of(entry, "RvslInd") in ("true", "1"),
        return_reason="" if returned is None else text_of(returned, "Rsn/Cd", "Rsn/Prtry"),
        batch_id=_batch_id(entry, first),
    )


def _batch_id(entry: Element, detail: Element) -> str:
    """The payment information, else the message, that the bank says the payment came with."""
    said = [text_of(detail, f"Refs/{name}") or text_of(entry, f"NtryDtls/Btch/{name}") for name in ("PmtInfId", "MsgId")]
    return next((one for one in said if one not in ("", "NOTPROVIDED")), "")


def _other_side(detail: Element, amount: Decimal, own_iban: str) -> tuple[str, str]:
    """IBAN and name of who paid or was paid. Of a collection handed back the debtor stays the debtor: so whoever is not us."""
    sides = ("Dbtr", "Cdtr") if amount > 0 else ("Cdtr", "Dbtr")
    for side in sides:
        account = text_of(detail, f"RltdPties/{side}Acct/Id/IBAN", f"RltdPties/{side}Acct/Id/Othr/Id").replace(" ", "").upper()
        if account and account != own_iban:
            return account, text_of(detail, f"RltdPties/{side}/Nm", f"RltdPties/{side}/Pty/Nm")
    for side in sides[:1]:
        name = text_of(detail, f"RltdPties/{side}/Nm", f"RltdPties/{side}/Pty/Nm")
        if name:
            return "", name
    return "", ""


def _remittance(entry: Element, details: list[Element]) -> tuple[str, str]:
    """The structured communication of its own field, and all else that is said, references of other kinds among it."""
    structured: list[str] = []
    words: list[str] = []
    for detail in details:
        for found in children(detail, "RmtInf/Strd/CdtrRefInf"):
            written = text_of(found, "Ref")
            (structured if len(digits_of(written)) == 12 and not _letters(written) else words).append(written)
        words += [" ".join((found.text or "").split()) for found in children(detail, "RmtInf/Ustrd")]
        words.append(text_of(detail, "AddtlTxInf"))
    words.append(text_of(entry, "AddtlNtryInf"))
    reference = digits_of(structured[0]) if structured else ""
    return reference, " | ".join([*structured[1:], *(word for word in words if word)])


def _letters(written: str) -> bool:
    return any(character.isalpha() for character in written)


__all__ = ["movements_of"]
