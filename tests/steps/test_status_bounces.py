"""What `billing status` says of mail that came back, until somebody has done something about it."""

from datetime import date

import pytest

from tasks.bounces import book_bounce
from tasks.outside import Outside
from tasks.status import status
from tests.steps.delivery_scene import Scene

pytestmark = pytest.mark.clause("CG-2.b")

ID = "<2026-000001.invoice@operator.example>"
TWO = "one@alfa.example;two@alfa.example"


@pytest.fixture
def scene(outside: Outside) -> Scene:
    """ALFA's invoice 2026-000001 went to two addresses on 28 October."""
    scene = Scene(outside)
    run = scene.close()
    scene.payer("ALFA", mail=TWO)
    scene.invoice(run, "ALFA")
    scene.say(
        "insert into delivery (run_id, purpose, invoice_id, payer_id, channel, recipients, message_id, state)"
        " select run_id, 'invoice', invoice_id, payer_id, 'email', :to, :id, 'sent' from invoice",
        to=TWO, id=ID,
    )  # fmt: skip
    for address in TWO.split(";"):
        scene.say("insert into delivery_recipient (delivery_id, address, state) values (1, :a, 'accepted')", a=address)
    return scene


def told(outside: Outside) -> list[str]:
    return [line for line in status(outside.engine).splitlines() if "came back" in line]


def test_nothing_came_back(outside: Outside, scene: Scene) -> None:
    assert told(outside) == []


def test_from_one_address_of_two(outside: Outside, scene: Scene) -> None:
    book_bounce(outside.engine, ID, date(2026, 10, 30), "550 no such user", "One@ALFA.example")
    assert told(outside) == [
        (
            "invoice 2026-000001 to payer ALFA came back from one@alfa.example on 2026-10-30: 550 no such user; "
            "another address took it; correct billing_emails in parties.csv"
        )
    ]
    scene.payer("ALFA", mail="two@alfa.example")
    assert told(outside) == []


def test_from_all_until_a_copy_arrived(outside: Outside, scene: Scene) -> None:
    book_bounce(outside.engine, ID, date(2026, 10, 30), "550 no such user", "one@alfa.example")
    book_bounce(outside.engine, ID, date(2026, 11, 2), "", "two@alfa.example")
    send_again = "send it again: `billing deliver --resend 2026-000001`"
    assert told(outside) == [
        f"invoice 2026-000001 to payer ALFA came back from two@alfa.example on 2026-11-02; correct billing_emails in parties.csv, then {send_again}",
        (
            "invoice 2026-000001 to payer ALFA came back from one@alfa.example on 2026-10-30: 550 no such user; "
            f"correct billing_emails in parties.csv, then {send_again}"
        ),
    ]
    scene.payer("ALFA", mail="new@alfa.example")
    assert [line.rpartition("; ")[2] for line in told(outside)] == [send_again] * 2
    scene.say(
        "insert into delivery (run_id, purpose, invoice_id, payer_id, channel, recipients, message_id, state, asked_by)"
        " select run_id, 'copy', invoice_id, payer_id, 'email', 'new@alfa.example', '<c@operator.example>', 'sent', 'Anne' from invoice"
    )
    assert told(outside) == []


def test_from_an_address_of_an_earlier_release(outside: Outside, scene: Scene) -> None:
    scene.say("delete from delivery_recipient")
    book_bounce(outside.engine, ID, date(2026, 10, 30), "", "two@alfa.example")
    (line,) = told(outside)
    assert line.startswith(f"invoice 2026-000001 to payer ALFA came back from {TWO} on 2026-10-30; ")
