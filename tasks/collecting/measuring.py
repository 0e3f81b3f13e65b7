"""What the gate of direct debits cannot see in a query: whether a file says what its rows say."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

import sql
from billing.money import ZERO
from reports.gate_page import Example
from tasks.measured import Measured
from tasks.outside import Outside


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that waits for its gate, with the end-to-end ids and amounts of its rows, in the same order."""

    message_id: str
    content: bytes
    end_to_end_ids: list[str]
    amounts: list[str]


def files_that_differ(outside: Outside) -> Measured:
    """The files whose debits, numbers of debits or sums are not those of their rows."""
    with outside.engine.connect() as conn:
        staged = sql.rows(conn, StagedFile, "collecting/staged_files")
    found: list[Example] = [{"file": file.message_id, "differs": wrong} for file in staged for wrong in _differences(file)]
    return {"file_differs": tuple(found)}


def _differences(file: StagedFile) -> list[str]:
    root = etree.fromstring(bytes(file.content))
    debits = {_text(one, "EndToEndId"): Decimal(_text(one, "InstdAmt")) for one in _all(root, "DrctDbtTxInf")}
    rows = dict(zip(file.end_to_end_ids, map(Decimal, file.amounts), strict=True))
    wrong = [f"{name}: {debits.get(name)} in the file, {rows.get(name)} in its rows" for name in sorted(debits.keys() | rows.keys())
             if debits.get(name) != rows.get(name)]  # fmt: skip
    for part in (*_all(root, "GrpHdr"), *_all(root, "PmtInf")):
        inside = [Decimal(_text(one, "InstdAmt")) for one in _all(part if _all(part, "DrctDbtTxInf") else root, "DrctDbtTxInf")]
        said = (int(_text(part, "NbOfTxs")), Decimal(_text(part, "CtrlSum")))
        if said != (len(inside), sum(inside, ZERO)):
            wrong.append(f"{said[0]} debits of {said[1]} announced, {len(inside)} of {sum(inside, ZERO)} there")
    return wrong


def _all(element: Any, name: str) -> list[Any]:
    return list(element.iter(f"{{*}}{name}"))


def _text(element: Any, name: str) -> str:
    found = next(iter(_all(element, name)), None)
    return "" if found is None else str(found.text)


__all__ = ["files_that_differ"]
