"""Bank statements for cases: CODA lines of exactly 128 characters and CAMT.053 of any version, written from the same payments."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

D = Decimal
OURS = "BE71096123456769"
PAYERS = {"ALFA": "BE68539007547034", "BETA": "BE54000000000197", "GAMMA": "BE43068999999501"}


@dataclass(frozen=True)
class Paid:
    """A movement as a case says it: `amount` with its sign, the communication as the payer wrote it (twelve digits: structured)."""

    amount: str
    said: str = ""
    iban: str = ""
    name: str = ""
    end_to_end: str = ""
    returned: str = ""  # a reason, as MS03
    details: Sequence["Paid"] = ()
    total_kind: str = "1"  # of a CODA total: 1 or 2 divided by payments, 3 explained
    batch: str = ""  # of a CAMT entry: the payment information it is the batch of


@dataclass(frozen=True)
class StatementOf:
    """A statement of one day."""

    number: int | None
    day: date
    opening: str
    paid: Sequence[Paid] = field(default_factory=tuple)
    iban: str = OURS
    closing: str = ""
    currency: str = "EUR"

    @property
    def closes_with(self) -> Decimal:
        return D(self.closing) if self.closing else D(self.opening) + sum((D(one.amount) for one in self.paid), D(0))


def coda(*statements: StatementOf) -> bytes:
    """The statements as CODA version 2."""
    return "".join(line + "\r\n" for statement in statements for line in coda_lines(statement)).encode("windows-1252")


def coda_lines(statement: StatementOf) -> list[str]:
    """The lines of one statement, its trailer last."""
    day, number = f"{statement.day:%d%m%y}", statement.number or 0
    account = f"{statement.iban:<34}{statement.currency}"
    lines = [
        f"00000{day}09605        0000000001{'EXAMPLE CLOUD TELEPHONY':<26}{'GKCCBEBB':<11}00123456749 00000",
        f"12{number:03d}{account}{_signed(D(statement.opening))}{day}{'EXAMPLE CLOUD TELEPHONY':<26}{'':<35}{number:03d}",
    ]
    for seq, paid in enumerate(statement.paid, start=1):
        lines += _move(seq, 0, paid, day, number, paid.total_kind if paid.details else "0")
        for n, detail in enumerate(paid.details, start=1):
            lines += _move(seq, n, detail, day, number, {"1": "5", "2": "6", "3": "8"}[paid.total_kind])
    lines.append(f"8{number:03d}{account}{_signed(statement.closes_with)}{day}")
    counted = sum(line[0] in "1238" for line in lines)
    amounts = [D(paid.amount) for paid in statement.paid]
    debit, credit = -sum(a for a in amounts if a < 0), sum(a for a in amounts if a > 0)
    lines.append(f"9{'':<15}{counted:06d}{_thousandths(D(debit))}{_thousandths(D(credit))}{'':<75}2")
    lines[0] = f"{lines[0]:<127}2"
    made = [f"{line:<128}" for line in lines]
    assert {len(line) for line in made} == {128}, [len(line) for line in made]
    return made


def _move(seq: int, detail: int, paid: Paid, day: str, number: int, kind: str) -> list[str]:
    structured = paid.said.isdigit() and len(paid.said) == 12
    said = f"1101{paid.said}" if structured else f"0{paid.said}"
    operation = "50" if D(paid.amount) >= 0 else "01"
    key = f"{seq:04d}{detail:04d}"
    first = f"21{key}{f'REF{number:03d}{seq:04d}{detail:04d}':<21}{_signed(D(paid.amount))}{day}{kind}01{operation}000{said[:54]:<54}{day}{number:03d}1"
    r = f"{'2' if paid.returned else ' '}{paid.returned:<4}"
    second = f"22{key}{said[54:107]:<53}{paid.end_to_end:<35}{'':<11}{'':<3}{r}"
    third = f"23{key}{paid.iban:<34}{'EUR' if paid.iban else '':<3}{paid.name[:35]:<35}"
    return [first, second, third]


def _signed(amount: Decimal) -> str:
    return ("1" if amount < 0 else "0") + _thousandths(abs(amount))


def _thousandths(amount: Decimal) -> str:
    return f"{int(amount * 1000):015d}"


def camt(*statements: StatementOf, version: str = "08", head: str = "") -> bytes:
    """The statements as CAMT.053 of a version."""
    body = "".join(_stmt(statement, version) for statement in statements)
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{head}<Document xmlns="{namespace}"><BkToCstmrStmt>\n'
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-10T18:00:00</CreDtTm></GrpHdr>\n{body}</BkToCstmrStmt></Document>\n"
    ).encode()


def _stmt(statement: StatementOf, version: str) -> str:
    number = "" if statement.number is None else f"<ElctrncSeqNb>{statement.number}</ElctrncSeqNb><LglSeqNb>{statement.number}</LglSeqNb>"
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(amount, statement.currency)}<Dt><Dt>{statement.day}</Dt></Dt></Bal>\n"
        for kind, amount in (("OPBD", D(statement.opening)), ("CLBD", statement.closes_with))
    )
    entries = "".join(_entry(paid, statement, version) for paid in statement.paid)
    return (
        f"<Stmt><Id>S{statement.number}</Id>{number}<CreDtTm>2026-11-10T18:00:00</CreDtTm>\n"
        f"<Acct><Id><IBAN>{statement.iban}</IBAN></Id><Ccy>{statement.currency}</Ccy></Acct>\n{balances}{entries}</Stmt>\n"
    )


def _entry(paid: Paid, statement: StatementOf, version: str) -> str:
    booked = f"<BookgDt><Dt>{statement.day}</Dt></BookgDt><ValDt><Dt>{statement.day}</Dt></ValDt>"
    state = "BOOK" if version < "07" else "<Cd>BOOK</Cd>"
    details = "".join(_details(one, version, with_amount=bool(paid.details)) for one in paid.details or (paid,))
    batch = f"<Btch><PmtInfId>{paid.batch}</PmtInfId></Btch>" if paid.batch else ""
    return f"<Ntry>{_amount(D(paid.amount), statement.currency)}<Sts>{state}</Sts>{booked}<NtryDtls>{batch}{details}</NtryDtls></Ntry>\n"


def _details(paid: Paid, version: str, *, with_amount: bool) -> str:
    side = "Dbtr" if D(paid.amount) > 0 or paid.returned else "Cdtr"
    name = f"<Nm>{escape(paid.name)}</Nm>" if version < "07" else f"<Pty><Nm>{escape(paid.name)}</Nm></Pty>"
    party = f"<{side}>{name}</{side}>" if paid.name else ""
    party += f"<{side}Acct><Id><IBAN>{paid.iban}</IBAN></Id></{side}Acct>" if paid.iban else ""
    structured = paid.said.isdigit() and len(paid.said) == 12
    kind = "<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>BBA</Issr></Tp>"
    said = f"<Strd><CdtrRefInf>{kind}<Ref>{paid.said}</Ref></CdtrRefInf></Strd>" if structured else f"<Ustrd>{escape(paid.said)}</Ustrd>"
    end = f"<EndToEndId>{paid.end_to_end or 'NOTPROVIDED'}</EndToEndId>"
    amount = _amount(D(paid.amount), "EUR") if with_amount else ""
    returned = f"<RtrInf><Rsn><Cd>{paid.returned}</Cd></Rsn></RtrInf>" if paid.returned else ""
    remitted = f"<RmtInf>{said}</RmtInf>" if paid.said else ""
    return f"<TxDtls><Refs>{end}</Refs>{amount}<RltdPties>{party}</RltdPties>{remitted}{returned}</TxDtls>"


def _amount(amount: Decimal, currency: str) -> str:
    return f'<Amt Ccy="{currency}">{abs(amount):.2f}</Amt><CdtDbtInd>{"DBIT" if amount < 0 else "CRDT"}</CdtDbtInd>'
