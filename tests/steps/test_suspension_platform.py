"""Orders to a webhook over HTTPS: a real server with a certificate of its own, that answers well, badly, late, or not at all."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from tasks import suspension
from tasks.outside import Outside
from tasks.settings import Settings, SettingsError, read_settings
from tasks.suspension.deciding import approve, listed, reject
from tests.databases import locks_given_back
from tests.office import free_port
from tests.steps.platform_server import HANG_UP, LATE, SECRET, PlatformServer, Reply, done
from tests.steps.suspension_scene import ORDERED, Arrears

NEXT = date(2026, 12, 29)
DONE = done("2026-12-29")
IN_FORCE = [(client, NEXT, None, "order 1") for client in ("E-ANNA", "E-BERT", "E-CLEO")]


def to(server: PlatformServer, outside: Outside, **changes: object) -> Outside:
    """The outside world with this server as its platform."""
    given = {
        "platform_url": server.url, "platform_secret": SecretStr(SECRET), "platform_ca": str(server.ca), "platform_attempts": 3,
        "platform_backoff_s": 0.01, "platform_timeout_s": 0.4, "suspension_approval": "automatic", **changes,
    }  # fmt: skip
    return replace(outside, settings=outside.settings.model_copy(update=given))


@pytest.fixture
def scene(outside: Outside) -> Arrears:
    """PARTNER's suspension is approved and has not left."""
    arrears = Arrears(outside)
    arrears.review(ORDERED, "PARTNER", suspension_approval="automatic")
    return arrears


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[PlatformServer]:
    with PlatformServer(tmp_path) as server:
        yield server


def test_an_order_is_signed_and_carries_its_key_and_whom_it_reaches(scene: Arrears, platform: PlatformServer) -> None:
    platform.replies = [DONE]
    sending = suspension.send(to(platform, scene.outside), ORDERED)
    assert (sending.sent, sending.acknowledged, sending.told, platform.forged) == ([1], [1], [], 0)
    [told] = platform.heard
    assert told == {
        "order": 1,
        "idempotency_key": platform.keys[0],
        "measure": "minimum_service",
        "restores_order": None,
        "ordered_on": "2026-12-28",
        "payer": "PARTNER",
        "grounds": ["GC-9.1.a"],
        "end_clients": [
            {"id": "E-ANNA", "name": "Anna Zwart"},
            {"id": "E-BERT", "name": "Bert Appel"},
            {"id": "E-CLEO", "name": "Cleo Mertens"},
        ],
    }
    assert scene.on_minimum_service() == IN_FORCE


def test_with_another_secret_the_platform_refuses_and_the_order_waits_for_a_person(scene: Arrears, platform: PlatformServer) -> None:
    sending = suspension.send(to(platform, scene.outside, platform_secret=SecretStr("guessed")), ORDERED)
    assert (sending.sent, platform.forged, platform.carried_out) == ([], 1, {})
    assert sending.told == [
        (
            "order 1 is refused: the platform answers 401: wrong signature; put it right and "
            "`billing approve-suspension 1 --by NAME --on DAY`, or `billing reject-suspension 1 --by NAME --on DAY --reason TEXT`"
        )
    ]


def test_two_500_then_done_is_one_order_under_one_key(scene: Arrears, platform: PlatformServer) -> None:
    platform.replies = [(500, "out of order"), (503, ""), DONE]
    assert suspension.send(to(platform, scene.outside), ORDERED).acknowledged == [1]
    assert (len(platform.keys), len(set(platform.keys)), len(platform.carried_out)) == (3, 1, 1)
    assert scene.orders()[0].row.attempts == 3


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        pytest.param((500, "no\nmore"), "the platform answers 500: no", id="500 every time"),
        pytest.param((429, ""), "the platform answers 429", id="429 every time"),
        pytest.param(LATE, "the platform did not answer within 0.4 s", id="times out every time"),
        pytest.param(HANG_UP, "the connection to the platform was lost", id="hangs up every time"),
    ],
)
def test_a_platform_that_does_not_answer_leaves_the_order_pending_and_is_told(
    scene: Arrears, platform: PlatformServer, reply: Reply, says: str
) -> None:
    platform.replies = [reply]
    sending = suspension.send(to(platform, scene.outside), ORDERED)
    [line] = sending.told
    assert line.startswith(f"order 1: {says}")
    assert line.endswith("; the next run tries again")
    row = scene.orders()[0].row
    assert (sending.sent, row.state, row.attempts, row.sent_on, row.maybe_sent_on) == ([], "approved", 3, None, ORDERED)
    platform.replies = [DONE]
    assert suspension.send(to(platform, scene.outside), NEXT).acknowledged == [1]
    assert (len(set(platform.keys)), len(platform.carried_out)) == (1, 1)


def test_a_platform_that_cannot_be_reached_has_surely_not_got_the_order(scene: Arrears, platform: PlatformServer) -> None:
    nowhere = to(platform, scene.outside, platform_url=f"https://localhost:{free_port()}/orders")
    [line] = suspension.send(nowhere, ORDERED).told
    assert line.startswith("order 1: the platform cannot be reached: ")
    assert scene.orders()[0].row.maybe_sent_on is None
    assert reject(scene.outside.engine, 1, by="Nora", on=ORDERED, reason="not now").startswith("order 1 is rejected")


def test_a_certificate_that_is_not_trusted_is_no_platform(scene: Arrears, platform: PlatformServer) -> None:
    [line] = suspension.send(to(platform, scene.outside, platform_ca=""), ORDERED).told
    assert "certificate verify failed" in line
    assert platform.heard == []


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        pytest.param((400, "\nE-ANNA is unknown\nand more"), "the platform answers 400: E-ANNA is unknown", id="400 with its first line"),
        pytest.param((307, ""), "the platform answers 307", id="a redirect is not followed"),
    ],
)
def test_what_is_refused_waits_for_a_person_and_is_sent_again_once_approved_again(
    scene: Arrears, platform: PlatformServer, reply: Reply, says: str
) -> None:
    platform.replies = [reply]
    world = to(platform, scene.outside)
    [line] = suspension.send(world, ORDERED).told
    assert line.startswith(f"order 1 is refused: {says};")
    assert suspension.send(world, NEXT).told == [line]
    assert len(platform.heard) == 1
    assert f"not sent: {says}" in listed(scene.outside.engine)
    platform.replies = [DONE]
    approve(scene.outside.engine, 1, by="Nora", on=NEXT)
    assert suspension.send(world, NEXT).acknowledged == [1]


def test_done_late_is_asked_again_with_the_same_key_until_it_is_acknowledged(scene: Arrears, platform: PlatformServer) -> None:
    world = to(platform, scene.outside)
    platform.replies = [(202, "queued"), (200, json.dumps({"state": "queued"})), DONE]
    assert suspension.send(world, ORDERED).sent == [1]
    assert suspension.send(world, ORDERED).acknowledged == []
    assert (scene.orders()[0].row.state, scene.on_minimum_service()) == ("sent", [])
    assert suspension.send(world, NEXT).acknowledged == [1]
    assert (len(platform.keys), len(set(platform.keys))) == (3, 1)
    assert scene.on_minimum_service() == IN_FORCE
    assert scene.orders()[0].row.sent_on == ORDERED
    suspension.send(world, NEXT)
    assert len(platform.keys) == 3


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        pytest.param(done("2026-12-01"), "acknowledged from 2026-12-01, before it was ordered on 2026-12-28", id="a day before the order"),
        pytest.param((200, '{"state": "done"}'), "acknowledged without a day", id="no day"),
    ],
)
def test_done_on_a_day_that_cannot_be_is_sent_and_told(scene: Arrears, platform: PlatformServer, reply: Reply, says: str) -> None:
    platform.replies = [reply]
    [line] = suspension.send(to(platform, scene.outside), ORDERED).told
    assert says in line
    assert (scene.orders()[0].row.state, scene.on_minimum_service()) == ("sent", [])


@pytest.mark.parametrize("text", ["", "OK", "[1]", "[" * 100_000, '"' + "x" * 200_000], ids=["nothing", "OK", "a list", "deep", "long"])
def test_any_other_yes_is_taken(scene: Arrears, platform: PlatformServer, text: str) -> None:
    platform.replies = [(200, text)]
    assert suspension.send(to(platform, scene.outside), ORDERED).sent == [1]
    assert scene.orders()[0].row.state == "sent"


# ------------------------------------------------------------------------------------------------ killed, paid meanwhile, in turn
SEND = """
from datetime import date
from tasks import suspension
from tasks.outside import open_outside
suspension.send(open_outside(), date(2026, 12, 28))
"""


def test_killed_after_the_yes_of_the_platform_the_next_run_settles_the_same_order(
    scene: Arrears, tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BILLING_DATABASE_URL", scene.outside.engine.url.render_as_string(hide_password=False))
    with PlatformServer(tmp_path, [DONE]) as platform:
        for name, value in (("URL", platform.url), ("SECRET", SECRET), ("CA", str(platform.ca))):
            monkeypatch.setenv(f"BILLING_PLATFORM_{name}", value)
        child = subprocess.Popen([sys.executable, "-c", SEND])
        platform.on_yes = child.kill
        assert child.wait(60) == -signal.SIGKILL
        locks_given_back(scene.outside.engine.url)
        row = scene.orders()[0].row
        assert (len(platform.carried_out), row.state, row.maybe_sent_on, scene.on_minimum_service()) == (1, "approved", ORDERED, [])
        platform.on_yes = lambda: None
        assert suspension.send(to(platform, scene.outside), NEXT).acknowledged == [1]
        assert (len(platform.heard), len(set(platform.keys)), len(platform.carried_out)) == (2, 1, 1)
    assert scene.on_minimum_service() == IN_FORCE


@pytest.mark.clause("GC-9.1.a", "BT-2.k", "ST-2.f")
def test_paid_after_an_answer_was_lost_the_service_is_restored_and_never_asked_to_be_limited_again(
    scene: Arrears, platform: PlatformServer
) -> None:
    platform.replies = [HANG_UP]
    world = to(platform, scene.outside)
    suspension.send(world, ORDERED)
    with pytest.raises(Exception, match="order 1 may have reached the platform on 2026-12-28"):
        reject(scene.outside.engine, 1, by="Nora", on=ORDERED, reason="too late")
    scene.paid("2026-000001", "121.00", NEXT)
    platform.replies, platform.heard = [DONE], []
    scene.review(NEXT)
    sending = suspension.send(world, NEXT)
    assert [told["measure"] for told in platform.heard] == ["restore"]
    assert (sending.sent, [order.row.state for order in scene.orders()]) == ([2], ["sent", "acknowledged"])


@pytest.mark.clause("BT-2.k", "ST-2.f")
def test_restorations_leave_first_and_a_new_suspension_of_the_payer_waits_for_its_restoration(
    scene: Arrears, platform: PlatformServer
) -> None:
    world = to(platform, scene.outside)
    platform.replies = [DONE]
    suspension.send(world, ORDERED)
    scene.paid("2026-000001", "121.00", NEXT)
    scene.review(NEXT)
    scene.payer("DIRECT", name="Plomb")
    scene.service("DIRECT", "DIRECT")
    scene.remind("DIRECT", [scene.invoice(scene.run, "DIRECT", "50.00")])
    scene.record("deposit_requests", "R1", payer_id="PARTNER", on="2026-12-01", amount="500.00", due_by="2026-12-30")
    scene.review(date(2026, 12, 31), "DIRECT", suspension_approval="automatic")
    approve(scene.outside.engine, 4, by="Nora", on=date(2026, 12, 31))
    assert [(order.row.order_no, order.row.payer_id, order.row.measure) for order in scene.orders()] == [
        (1, "PARTNER", "minimum_service"),
        (2, "PARTNER", "restore"),
        (3, "DIRECT", "minimum_service"),
        (4, "PARTNER", "minimum_service"),
    ]
    platform.replies, platform.heard = [(400, "not now"), (202, "")], []
    sending = suspension.send(world, date(2026, 12, 31))
    assert [told["order"] for told in platform.heard] == [2, 3]
    assert sending.told == [
        "order 2: the platform answers 400: not now; the next run tries again",
        "order 4 waits: order 2 of PARTNER has not left",
    ]
    platform.heard = []
    assert suspension.send(world, date(2026, 12, 31)).sent == [2, 4]
    assert [told["order"] for told in platform.heard] == [2, 3, 4]


def test_after_three_orders_without_an_answer_the_rest_waits_for_the_next_run(outside: Outside, platform: PlatformServer) -> None:
    scene = Arrears(outside)
    payers = ["P1", "P2", "P3", "P4", "P5"]
    for payer in payers:
        scene.payer(payer)
        scene.service(payer, payer)
        scene.remind(payer, [scene.invoice(scene.run, payer, "50.00")])
    scene.review(ORDERED, *payers, suspension_approval="automatic")
    platform.replies = [(500, "")]
    sending = suspension.send(to(platform, outside, platform_attempts=1), ORDERED)
    assert len(platform.heard) == 3
    assert sending.told[3:] == [f"order {number} waits for the next run: the platform does not answer" for number in (4, 5)]


# ------------------------------------------------------------------------------------------------ where orders go
def test_a_folder_of_the_platform_takes_the_orders_and_gives_the_acknowledgements(scene: Arrears, tmp_path: Path) -> None:
    folder = tmp_path / "platform"
    world = scene.with_settings(platform_url=str(folder))
    assert suspension.send(world, ORDERED).sent == [1]
    assert [path.name for path in folder.iterdir()] == ["order-000001.json"]
    (folder / "order-000001.ack.json").write_text('{"effective_on": "2026-12-29"}')
    assert suspension.send(world, NEXT).acknowledged == [1]
    assert scene.on_minimum_service() == IN_FORCE


def test_a_folder_that_cannot_be_written_leaves_the_order_pending(scene: Arrears, tmp_path: Path) -> None:
    (tmp_path / "platform").write_text("a file")
    [line] = suspension.send(scene.with_settings(platform_url=str(tmp_path / "platform")), ORDERED).told
    assert line.startswith("order 1: could not write order-000001.json in ")
    assert scene.orders()[0].row.state == "approved"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        pytest.param({"platform_url": "https://p.example/o"}, "a webhook needs a secret to sign orders with", id="a webhook without a secret"),
        pytest.param(
            {"platform_url": "http://p.example/o", "platform_secret": "s3cret"}, "by https:// only; http:// is for a platform on this machine",
            id="http to elsewhere",
        ),
        pytest.param({"platform_url": "https://u:p@p.example/o", "platform_secret": "s3cret"}, "without user and password", id="a password"),
        pytest.param({"platform_url": "https://", "platform_secret": "s3cret"}, "expected https://host/path", id="no host"),
        pytest.param({"platform_url": "https://p.example:99999/", "platform_secret": "s3cret"}, "Port out of range", id="no such port"),
        pytest.param({"platform_ca": "/nowhere/ca.pem"}, "there is no such file", id="certificates that are not there"),
    ],
)  # fmt: skip
def test_settings_of_a_platform_that_cannot_be_used_are_refused_and_never_show_the_secret(given: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(**given)
    assert says in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_the_secret_is_shown_nowhere_and_a_platform_on_this_machine_may_use_http() -> None:
    settings: Settings = read_settings(platform_url="http://localhost:8080/orders", platform_secret="s3cret")
    assert "s3cret" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert settings.platform_secret.get_secret_value() == "s3cret"


def test_a_secret_in_the_settings_file_is_refused_without_showing_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "billing.toml").write_text('platform_secret = "s3cret"\n')
    monkeypatch.setenv("BILLING_CONFIG", str(here / "billing.toml"))
    with pytest.raises(SettingsError, match="a secret is kept in no file; set BILLING_PLATFORM_SECRET instead") as refused:
        read_settings()
    assert "s3cret" not in str(refused.value)


def test_certificates_that_cannot_be_read_stop_the_sending_with_the_setting(
    scene: Arrears, platform: PlatformServer, tmp_path: Path
) -> None:
    (tmp_path / "broken.pem").write_text("no certificate")
    with pytest.raises(SettingsError, match=r"platform_ca = .*broken.pem': holds no certificates that can be read"):
        suspension.send(to(platform, scene.outside, platform_ca=str(tmp_path / "broken.pem")), ORDERED)
