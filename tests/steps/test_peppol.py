"""E-invoices to an access point over HTTPS: a real server with a certificate of its own, that answers well, badly, late, or not at all."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from tasks import delivery, peppol
from tasks.ledger import Run, Stopped
from tasks.outside import Outside
from tasks.peppol.envelope import document_type
from tasks.settings import SettingsError, read_settings
from tasks.status import status
from tests.office import free_port
from tests.steps.access_point_server import DRIPPING_ANSWER, DRIPPING_HEADERS, HANG_UP, LATE, TOKEN, AccessPointServer, Reply
from tests.steps.peppol_scene import ALFA, BETA, Reached, content, three_payers

TAKEN = (202, '{"id": "AP-7"}')
FIRST, SECOND = "<2026-000001.e-invoice@operator.example>", "<2026-000002.e-invoice@operator.example>"
BILLING = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
WAITS = [("2026-000001", ALFA, "pending", 0, "", ""), ("2026-000002", BETA, "pending", 0, "", "")]


def to(taker: AccessPointServer, outside: Outside, **changes: object) -> Outside:
    """The outside world with this server as its access point."""
    given = {
        "access_point_url": taker.url, "access_point_token": SecretStr(TOKEN), "access_point_ca": str(taker.ca),
        "access_point_attempts": 3, "access_point_backoff_s": 0.01, "access_point_timeout_s": 0.4, **changes,
    }  # fmt: skip
    return replace(outside, settings=outside.settings.model_copy(update=given))


@pytest.fixture
def scene(outside: Outside) -> Reached:
    return Reached(outside)


@pytest.fixture
def run(scene: Reached) -> Run:
    return three_payers(scene)


@pytest.fixture
def taker(tmp_path: Path) -> Iterator[AccessPointServer]:
    with AccessPointServer(tmp_path, [TAKEN]) as taker:
        yield taker


# ------------------------------------------------------------------------------------------------ all goes well
@pytest.mark.clause("CG-2.b")
def test_who_is_reached_through_peppol_gets_the_file_of_the_documents_step_and_nobody_else(
    outside: Outside, scene: Reached, run: Run, taker: AccessPointServer
) -> None:
    assert peppol.publish(to(taker, outside), run) == {"e-invoices sent": 2}
    assert taker.sent == {FIRST: content("2026-000001"), SECOND: content("2026-000002")}
    assert scene.e_invoices() == [("2026-000001", ALFA, "sent", 1, "", "AP-7"), ("2026-000002", BETA, "sent", 1, "", "AP-7")]


def test_an_access_point_is_told_from_whom_to_whom_and_what_it_is(
    outside: Outside, run: Run, scene: Reached, taker: AccessPointServer
) -> None:
    scene.reach("DELTA", vat_number="BE0403019261")
    scene.e_invoice(run, "DELTA")
    peppol.publish(to(taker, outside), run)
    names = ("X-Sender", "X-Receiver", "X-Document-Number", "X-Process", "Content-Type")
    assert [tuple(headers[name] for name in names) for headers in taker.headers] == [
        (
            "iso6523-actorid-upis::0208:0123456749", f"iso6523-actorid-upis::{receiver}", number,
            "cenbii-procid-ubl::urn:fdc:peppol.eu:2017:poacc:billing:01:1.0", "application/xml; charset=utf-8",
        )
        for receiver, number in ((ALFA, "2026-000001"), (BETA, "2026-000002"), ("0208:0403019261", "2026-000004"))
    ]  # fmt: skip
    assert {headers["X-Document-Type"] for headers in taker.headers} == {
        f"busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice##{BILLING}::2.1"
    }


def test_a_credit_note_is_a_document_of_its_own_type_and_a_debit_note_an_invoice() -> None:
    credit_note = f"busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2::CreditNote##{BILLING}::2.1"
    assert (document_type("credit_note"), document_type("debit_note")) == (credit_note, document_type("invoice"))


def test_publishing_again_sends_nothing(outside: Outside, run: Run, taker: AccessPointServer) -> None:
    world = to(taker, outside)
    peppol.publish(world, run)
    assert peppol.publish(world, run) == {"e-invoices sent": 2}
    assert len(taker.keys) == 2


def test_the_delivery_step_sends_mail_and_e_invoices_and_counts_each_apart(
    outside: Outside, scene: Reached, run: Run, taker: AccessPointServer
) -> None:
    receipt = delivery.stage(to(taker, outside), run)
    assert receipt.figures == {"mailed": 3, "e-invoices sent": 2}
    assert [state for _, state, _, _ in scene.states()] == ["sent", "sent", "sent"]


@pytest.mark.parametrize("text", ["", "OK", "[1]", "[" * 100_000, '{"id": null}'], ids=["nothing", "OK", "a list", "deep", "no id"])
def test_any_other_yes_is_taken(outside: Outside, scene: Reached, run: Run, taker: AccessPointServer, text: str) -> None:
    taker.replies = [(200, text)]
    assert peppol.publish(to(taker, outside), run) == {"e-invoices sent": 2}
    assert {row[-1] for row in scene.e_invoices()} == {"taken"}


# ------------------------------------------------------------------------------------------------ a bad day
def test_a_refused_e_invoice_holds_back_no_other_and_is_told_with_its_reason(
    outside: Outside, scene: Reached, run: Run, taker: AccessPointServer
) -> None:
    taker.replies = [(422, '{"reason": "receiver is not registered"}'), TAKEN]
    assert peppol.publish(to(taker, outside), run) == {"e-invoices sent": 1, "e-invoices refused": 1}
    assert [row[2:] for row in scene.e_invoices()] == [
        ("failed", 1, "the access point answers 422: receiver is not registered", ""),
        ("sent", 1, "", "AP-7"),
    ]
    assert (
        "the e-invoice of 2026-000001 to payer ALFA was refused: the access point answers 422: receiver is not registered; "
        "put it right with the access point, then `billing e-invoices --again 2026-000001`"
    ) in status(outside.engine)


def test_what_is_refused_goes_again_when_asked_and_under_the_same_key(
    outside: Outside, scene: Reached, run: Run, taker: AccessPointServer
) -> None:
    taker.replies = [(422, "not registered"), TAKEN]
    world = to(taker, outside)
    peppol.publish(world, run)
    peppol.send_pending(world)
    assert taker.keys == [FIRST, SECOND]
    assert peppol.send_again(world, "2026-000001") == {"e-invoices sent": 2}
    assert taker.keys == [FIRST, SECOND, FIRST]
    with pytest.raises(Stopped, match="no e-invoice of 2026-000001 was refused"):
        peppol.send_again(world, "2026-000001")


def test_two_500_then_taken_is_one_e_invoice_under_one_key(outside: Outside, scene: Reached, run: Run, taker: AccessPointServer) -> None:
    taker.replies = [(500, "out of order"), (503, ""), TAKEN]
    peppol.publish(to(taker, outside), run)
    assert taker.keys == [FIRST, FIRST, FIRST, SECOND]
    assert [row[2:4] for row in scene.e_invoices()] == [("sent", 3), ("sent", 1)]


def test_too_many_is_tried_again_after_the_pause_that_is_asked_for(outside: Outside, run: Run, taker: AccessPointServer) -> None:
    taker.replies = [(429, "", {"Retry-After": "1"}), TAKEN]
    began = time.monotonic()
    assert peppol.publish(to(taker, outside), run) == {"e-invoices sent": 2}
    assert time.monotonic() - began >= 1


def test_who_asks_for_an_hour_is_not_waited_for(outside: Outside, scene: Reached, run: Run, taker: AccessPointServer) -> None:
    taker.replies = [(429, "", {"Retry-After": "3600"})]
    assert peppol.publish(to(taker, outside), run) == {"e-invoices waiting": 2}
    assert [row[2:5] for row in scene.e_invoices()] == [("pending", 1, "the access point answers 429")] * 2


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        pytest.param((500, "no\nmore"), "the access point answers 500: no", id="500 every time"),
        pytest.param((409, ""), "the access point answers 409", id="409: the earlier post is not through"),
        pytest.param(LATE, "the access point did not answer within 0.4 s", id="times out every time"),
        pytest.param(DRIPPING_HEADERS, "the access point did not answer within 0.4 s", id="headers that drip"),
        pytest.param(DRIPPING_ANSWER, "the access point did not answer within 0.4 s", id="an answer that drips"),
        pytest.param(HANG_UP, "the connection to the access point was lost", id="hangs up after the body"),
    ],
)
def test_an_access_point_that_does_not_answer_leaves_them_waiting_and_a_later_day_sends_each_once(
    outside: Outside, scene: Reached, run: Run, taker: AccessPointServer, reply: Reply, says: str
) -> None:
    taker.replies = [reply]
    world = to(taker, outside, access_point_attempts=2)
    began = time.monotonic()
    assert peppol.publish(world, run) == {"e-invoices waiting": 2}
    assert time.monotonic() - began < 10
    assert [(row[2], row[3]) for row in scene.e_invoices()] == [("pending", 2)] * 2
    assert all(str(row[4]).startswith(says) for row in scene.e_invoices())
    assert "2 e-invoices wait, the first 2026-000001: " in status(outside.engine)
    taker.replies = [TAKEN]
    assert peppol.send_pending(world) == {"e-invoices sent": 2}
    assert sorted(taker.sent) == [FIRST, SECOND]


def test_an_access_point_that_cannot_be_reached_stops_no_mail(outside: Outside, scene: Reached, run: Run, taker: AccessPointServer) -> None:
    nowhere = to(taker, outside, access_point_url=f"https://localhost:{free_port()}/e-invoices")
    assert delivery.stage(nowhere, run).figures == {"mailed": 3, "e-invoices waiting": 2}
    assert all(str(row[4]).startswith("the access point cannot be reached: ") for row in scene.e_invoices())


def test_a_certificate_that_is_not_trusted_is_no_access_point(outside: Outside, scene: Reached, run: Run, taker: AccessPointServer) -> None:
    peppol.publish(to(taker, outside, access_point_ca=""), run)
    assert taker.keys == []
    assert all("certificate verify failed" in str(row[4]) for row in scene.e_invoices())


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        pytest.param((307, "", {"Location": "/elsewhere"}), "the access point answers 307", id="a redirect is not followed"),
        pytest.param((403, "no contract"), "the access point answers 403: no contract", id="403"),
    ],
)
def test_an_access_point_that_lets_nothing_in_is_asked_once_and_refuses_no_e_invoice_for_good(
    outside: Outside, scene: Reached, run: Run, taker: AccessPointServer, reply: Reply, says: str
) -> None:
    taker.replies = [reply]
    assert peppol.publish(to(taker, outside), run) == {"e-invoices waiting": 2}
    assert [row[2:5] for row in scene.e_invoices()] == [("pending", 1, says), ("pending", 0, "")]
    assert len(taker.keys) == 1


def test_with_another_token_nothing_is_sent_and_nothing_is_refused(
    outside: Outside, scene: Reached, run: Run, taker: AccessPointServer
) -> None:
    assert peppol.publish(to(taker, outside, access_point_token=SecretStr("guessed")), run) == {"e-invoices waiting": 2}
    assert (taker.forged, taker.sent) == (1, {})


def test_after_three_without_an_answer_the_rest_waits_and_goes_first_next_time(
    outside: Outside, scene: Reached, run: Run, taker: AccessPointServer
) -> None:
    for days in (31, 32, 33):
        scene.e_invoice(run, "ALFA", days=days)
    taker.replies = [(500, "")]
    world = to(taker, outside, access_point_attempts=1)
    peppol.publish(world, run)
    assert [str(key)[1:12] for key in taker.keys] == ["2026-000001", "2026-000002", "2026-000004"]
    taker.replies, taker.keys = [TAKEN], []
    peppol.send_pending(world)
    assert [str(key)[1:12] for key in taker.keys] == ["2026-000005", "2026-000006", "2026-000001", "2026-000002", "2026-000004"]


# ------------------------------------------------------------------------------------------------ the outbox
def test_the_outbox_is_committed_before_anything_is_sent(outside: Outside, scene: Reached, run: Run, taker: AccessPointServer) -> None:
    seen: list[list[tuple[object, ...]]] = []
    taker.on_yes = lambda: seen.append(scene.e_invoices())
    peppol.publish(to(taker, outside), run)
    assert seen == [WAITS, [("2026-000001", ALFA, "sent", 1, "", "AP-7"), WAITS[1]]]


def test_two_processes_at_it_send_each_once(outside: Outside, scene: Reached, run: Run, taker: AccessPointServer) -> None:
    world = to(taker, outside)
    peppol.record(world, run)
    others: list[threading.Thread] = []

    def another() -> None:
        taker.on_yes = lambda: None
        others.append(threading.Thread(target=peppol.send_pending, args=(world,)))
        others[0].start()
        others[0].join(20)  # it passes over the one that is on its way

    taker.on_yes = another
    peppol.send_pending(world)
    assert (sorted(taker.keys), [row[2] for row in scene.e_invoices()]) == ([FIRST, SECOND], ["sent", "sent"])


def test_a_file_that_changed_is_not_sent_and_stops_the_step_once_the_others_are_through(
    outside: Outside, scene: Reached, run: Run, taker: AccessPointServer
) -> None:
    scene.path("2026-000001").write_bytes(b"<Invoice>another</Invoice>")
    with pytest.raises(Stopped, match=r"2026-000001.pdf is not the file that was rendered; run the step `documents` again"):
        peppol.publish(to(taker, outside), run)
    assert taker.keys == [SECOND]
    assert scene.e_invoices()[0] == WAITS[0]


def test_an_invoice_without_its_e_invoice_stops_the_step_once_the_others_are_through(
    outside: Outside, scene: Reached, run: Run, taker: AccessPointServer
) -> None:
    scene.say("delete from document where kind = 'e_invoice' and path like '%000001%'")
    with pytest.raises(Stopped, match="invoice 2026-000001 has no e-invoice to send; run the step `documents` again"):
        peppol.publish(to(taker, outside), run)
    assert taker.keys == [SECOND]


# ------------------------------------------------------------------------------------------------ settings
@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"access_point_url": "https://a.example/"}, "an access point needs a token to know us by", id="no token"),
        pytest.param(
            {"access_point_url": "http://a.example/", "access_point_token": "s3cret"}, "http:// is for an access point on this machine",
            id="http to elsewhere",
        ),
        pytest.param({"access_point_url": "https://u:p@a.example/", "access_point_token": "s3cret"}, "without user and password", id="a password"),
        pytest.param({"access_point_url": "https://", "access_point_token": "s3cret"}, "expected https://host/path", id="no host"),
        pytest.param({"access_point_token": "s3cret\nX-Other: 1"}, "expected the token alone", id="a token of two lines"),
        pytest.param({"access_point_ca": "/nowhere/ca.pem"}, "there is no such file", id="certificates that are not there"),
    ],
)  # fmt: skip
def test_settings_of_an_access_point_that_cannot_be_used_are_refused_and_never_show_the_token(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(**given)
    assert says in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_seller_without_a_belgian_number_has_no_sender(outside: Outside, run: Run, taker: AccessPointServer) -> None:
    with pytest.raises(SettingsError, match="seller_vat = 'none': not a Belgian number, so e-invoices have no sender"):
        peppol.publish(to(taker, outside, seller_vat="none"), run)
