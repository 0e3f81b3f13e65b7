"""A thousand invoices delivered through a real mail server over a bad line, and the ones it returns booked: the whole way of a mail."""

import email
import os
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from email.message import Message

import pytest

from tasks.bounce_mail import read_bounces
from tasks.dunning.unreachable import unreachable
from tasks.outside import Outside
from tests.faults.killed_delivery import Sender
from tests.faulty_line import Fault, FaultyLine
from tests.many_invoices import Billed, billed_payers
from tests.postfix import Postfix, why_not
from tests.steps.delivery_scene import Scene

pytestmark = [
    pytest.mark.clause("CG-2.b"),
    pytest.mark.skipif(bool(why_not()) and not os.environ.get("CI"), reason=why_not() or "never"),
]

INVOICES = 1000
UNKNOWN = range(5, INVOICES, 100)  # ten payers, whose only address nobody has
WITH_SECOND = frozenset({5, 105, 205, 305})  # of these, who gave a second address; the one of 305 does not work either
REFUSED_ONE, RETURNED_ONE = 50, 51  # payers with three addresses: the server refuses one, or takes it and returns it
# By the number of the attempt, from 1: every place a connection can break at, and a process killed four times.
FAULTS: dict[int, Fault] = {
    **dict.fromkeys(range(40, 1000, 97), "inside"),
    **dict.fromkeys((6, *range(60, 1000, 131)), "unanswered"),
    **dict.fromkeys(range(30, 1000, 77), "busy"),
    150: "killed late", 333: "killed early", 610: "killed late", 820: "killed early",
}  # fmt: skip
ON, LATER = date(2026, 10, 28), date(2026, 10, 30)


def addresses(index: int) -> str:
    """The addresses of a payer."""
    if index in UNKNOWN:
        return f"nosuch-{index:04d}@payer.example"
    own = f"p{index:04d}@payer.example"
    beside = {REFUSED_ONE: ["refused@payer.example"], RETURNED_ONE: ["nosuch-too@payer.example"]}.get(index, [])
    return ";".join([own, *beside, f"also-{own}"] if beside else [own])


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    assert not why_not(), why_not()
    with Postfix() as running:
        yield running


@dataclass
class Month:
    """What was billed, sent and arrived."""

    outside: Outside
    scene: Scene
    payers: list[Billed]
    sender: Sender
    line: FaultyLine

    def number_of(self, message_id: str) -> str:
        """The invoice of a Message-ID."""
        found = message_id.removeprefix("<").partition(".invoice@")[0]
        assert found in {one.number for one in self.payers}
        return found


@pytest.fixture
def month(outside: Outside, postfix: Postfix) -> Month:
    """A thousand invoices delivered over the bad line, and everything that Postfix makes of them done."""
    scene = Scene(outside)
    run = scene.close(on=ON)
    second = {at: f"{'nosuch-' if at == 305 else ''}second-{at:04d}@payer.example" for at in WITH_SECOND}
    payers = billed_payers(scene, run, [addresses(index) for index in range(INVOICES)], second)
    sender = Sender(outside, run)
    with FaultyLine(postfix.port, FAULTS, sender.kill) as line:
        sender.deliver(line.url)
    postfix.wait_until_delivered()
    changes = {"smtp_url": f"smtp://127.0.0.1:{postfix.port}", "bounce_mailbox": f"maildir:{postfix.bounces}",
               "bounce_address": "bounces@operator.example"}  # fmt: skip
    here = replace(outside, settings=outside.settings.model_copy(update=changes))
    return Month(here, scene, payers, sender, line)


def arrived(postfix: Postfix) -> list[Message]:
    """The mails in the mailboxes of payers."""
    return [email.message_from_bytes(path.read_bytes()) for path in sorted((postfix.payers / "new").iterdir())]


def test_a_thousand_invoices_over_a_bad_line_arrive_each_once_and_what_returns_is_booked(month: Month, postfix: Postfix) -> None:
    _every_invoice_arrived(month, postfix)
    _what_returned_is_booked(month)
    _a_second_address_was_tried(month, postfix)


def _every_invoice_arrived(month: Month, postfix: Postfix) -> None:
    """Each invoice is at each address that works: once, and twice only where the answer of the server was lost."""
    assert month.sender.codes == [-signal.SIGKILL] * 4 + [0]
    assert Counter(month.line.suffered) == Counter(fault for at, fault in FAULTS.items() if at <= month.line.attempts)
    copies = Counter((mail["X-Invoice"], mail["Delivered-To"]) for mail in arrived(postfix))
    working = {
        (one.number, address)
        for one in month.payers
        for address in one.addresses.split(";")
        if not address.startswith(("nosuch", "refused"))
    }
    assert set(copies) == working
    assert month.scene.say("select state, count(*) from delivery where purpose = 'invoice' group by 1") == [("sent", INVOICES)]
    twice = {number for (number, _), count in copies.items() if count > 1}
    assert set(copies.values()) <= {1, 2}
    assert twice == {month.number_of(lost) for lost in month.line.lost} - {month.payers[index].number for index in UNKNOWN}
    ids = {(mail["X-Invoice"], mail["Message-ID"]) for mail in arrived(postfix)}
    assert len(ids) == INVOICES - len(UNKNOWN)  # so a mailbox that drops what has a known Message-ID keeps one of two


def _what_returned_is_booked(month: Month) -> None:
    """The ten payers nobody has the address of, and the one address of three, each told once."""
    unknown = [month.payers[index] for index in UNKNOWN]
    twice = sum(one.number in {month.number_of(lost) for lost in month.line.lost} for one in unknown)
    said = str(read_bounces(month.outside, LATER))
    notices = len(UNKNOWN) + 1 + twice
    assert said.splitlines()[0].startswith(f"{notices} read: {notices} bounced (11 invoices), 0 delayed, 0 of no mail of ours")
    whole = month.scene.say("select payer_id, bounced_on from delivery where purpose = 'invoice' and bounced_on is not null order by 1")
    assert whole == [(one.payer_id, LATER) for one in unknown]
    returned = month.scene.say(
        "select payer_id, address, left(note, 6) from delivery_recipient join delivery using (delivery_id)"
        " where delivery_recipient.state = 'bounced' and purpose = 'invoice' order by 1, 2"
    )
    there = {(one.payer_id, one.addresses) for one in unknown} | {(month.payers[RETURNED_ONE].payer_id, "nosuch-too@payer.example")}
    assert returned == [(payer, address, "5.1.1 ") for payer, address in sorted(there)]
    refused = month.scene.say(
        "select payer_id, address from delivery_recipient join delivery using (delivery_id) where delivery_recipient.state = 'refused'"
    )
    assert refused == [(month.payers[REFUSED_ONE].payer_id, "refused@payer.example")]


def _a_second_address_was_tried(month: Month, postfix: Postfix) -> None:
    """For each payer that gave one; the one that does not work either comes back, and then the payer is on the list."""
    postfix.wait_until_delivered()
    copies = {mail["Delivered-To"]: mail["X-Invoice"] for mail in arrived(postfix) if "second-" in mail["Delivered-To"]}
    tried = {month.payers[index] for index in WITH_SECOND}
    assert copies == {one.fallback: one.number for one in tried if not one.fallback.startswith("nosuch")}
    assert str(read_bounces(month.outside, LATER)).startswith("1 read: 1 bounced (1 copy), 0 delayed, 0 of no mail of ours")
    assert str(read_bounces(month.outside, LATER)) == "nothing new in the bounce mailbox"
    with month.outside.engine.connect() as conn:
        listed = {one.payer_id for one in unreachable(conn, [], LATER)}
    assert listed == {month.payers[index].payer_id for index in UNKNOWN} - {one.payer_id for one in tried if "nosuch" not in one.fallback}
