"""A bank statement as its bank would write it: CODA version 2 and CAMT.053.001.08, with what the demo's payments say."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from billing.bank import Movement, Statement

HOLDER, BANK_BIC = "EXAMPLE CLOUD TELEPHONY", "GKCCBEBB"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def coda_bytes(statement: Statement) -> bytes:
    """The statement as CODA: lines of 128 characters in windows-1252."""
    lines = [f"{line:<128}"[:128] for line in _coda_lines(statement)]
    return "".join(f"{line}\r\n" for line in lines).encode("windows-1252", errors="replace")


def camt_bytes(statement: Statement) -> bytes:
    """The statement as CAMT.053."""
    number, made = statement.number, f"{statement.to_day}T20:00:00+01:00"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>', f'<Document xmlns="{NAMESPACE}">', "<BkToCstmrStmt>",
        f"<GrpHdr><MsgId>{BANK_BIC}-{number}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>",
        f"<Stmt><Id>{statement.to_day.year}-{number}</Id>",
        f"<ElctrncSeqNb>{number}</ElctrncSeqNb><LglSeqNb>{number}</LglSeqNb><CreDtTm>{made}</CreDtTm>",
        f"<Acct><Id><IBAN>{statement.iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>",
        _balance("OPBD", statement.opening, statement.from_day), _balance("CLBD", statement.closing, statement.to_day),
        *map(_entry, statement.movements),
        "</Stmt>", "</BkToCstmrStmt>", "</Document>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _coda_lines(statement: Statement) -> Iterator[str]:
    day, number, account = f"{statement.to_day:%d%m%y}", f"{statement.number or 0:03d}", f"{statement.iban:<34}EUR"
    moved = [movement.amount for movement in statement.movements]
    yield f"{f'00000{day}09605':<24}{1:010d}{HOLDER:<26}{BANK_BIC:<11}{'00123456749 00000':<56}2"
    yield f"12{number}{account}{_signed(statement.opening)}{statement.from_day:%d%m%y}{HOLDER:<26}{'':<35}{number}"
    for movement in statement.movements:
        yield from _coda_movement(movement, number)
    yield f"8{number}{account}{_signed(statement.closing)}{day}"
    debit, credit = -sum(one for one in moved if one < 0), sum(one for one in moved if one > 0)
    yield f"9{'':<15}{2 + 3 * len(moved):06d}{_thousandths(Decimal(debit))}{_thousandths(Decimal(credit))}{'':<75}2"


def _coda_movement(movement: Movement, number: str) -> Iterator[str]:
    key = f"{movement.seq:04d}0000"
    said = f"1101{movement.reference}" if movement.reference else f"0{movement.text}"
    code = f"001{50 if movement.amount > 0 else '01'}000"
    returned = f"2{movement.return_reason:<4}" if movement.is_return else ""
    yield (
        f"21{key}{movement.bank_reference:<21}{_signed(movement.amount)}{movement.value_on:%d%m%y}{code}{said[:54]:<54}"
        f"{movement.booked_on:%d%m%y}{number}1"
    )
    yield f"22{key}{said[54:107]:<53}{movement.end_to_end_id:<35}{'':<14}{returned}"
    yield f"23{key}{movement.counterparty_iban:<34}{'EUR' if movement.counterparty_iban else '':<3}{movement.counterparty_name[:35]:<35}"


def _signed(amount: Decimal) -> str:
    return ("1" if amount < 0 else "0") + _thousandths(abs(amount))


def _thousandths(amount: Decimal) -> str:
    return f"{int(amount.scaleb(3)):015d}"


def _balance(kind: str, amount: Decimal, day: date) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(amount)}<Dt><Dt>{day}</Dt></Dt></Bal>"


def _entry(movement: Movement) -> str:
    days = f"<BookgDt><Dt>{movement.booked_on}</Dt></BookgDt><ValDt><Dt>{movement.value_on}</Dt></ValDt>"
    head = f"<Ntry>{_amount(movement.amount)}<Sts><Cd>BOOK</Cd></Sts>{days}<AcctSvcrRef>{movement.bank_reference}</AcctSvcrRef>"
    side = "Dbtr" if movement.amount > 0 or movement.is_return else "Cdtr"
    party = f"<{side}><Pty><Nm>{escape(movement.counterparty_name)}</Nm></Pty></{side}>" if movement.counterparty_name else ""
    if movement.counterparty_iban:
        party += f"<{side}Acct><Id><IBAN>{movement.counterparty_iban}</IBAN></Id></{side}Acct>"
    kind = "<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>BBA</Issr></Tp>"
    said = f"<Ustrd>{escape(movement.text)}</Ustrd>"
    if movement.reference:
        said = f"<Strd><CdtrRefInf>{kind}<Ref>{movement.reference}</Ref></CdtrRefInf></Strd>"
    returned = f"<RtrInf><Rsn><Cd>{movement.return_reason}</Cd></Rsn></RtrInf>" if movement.is_return else ""
    refs = f"<Refs><EndToEndId>{movement.end_to_end_id or 'NOTPROVIDED'}</EndToEndId></Refs>"
    details = f"{refs}<RltdPties>{party}</RltdPties><RmtInf>{said}</RmtInf>{returned}"
    return f"{head}<NtryDtls><TxDtls>{details}</TxDtls></NtryDtls></Ntry>"


def _amount(amount: Decimal) -> str:
    return f'<Amt Ccy="EUR">{abs(amount):.2f}</Amt><CdtDbtInd>{"DBIT" if amount < 0 else "CRDT"}</CdtDbtInd>'
