"""What a customer typically takes of each service: the order lines, the numbers and the callers that belong together."""

from datetime import date
from decimal import Decimal

from tasks.demo.book import Book


def business_telephony(
    book: Book, contract_id: str, client_id: str, users: int, starts_on: date, *, shape: str = "office", busy: float = 1.0,
    pack: bool = True, unit_price: Decimal | None = None,
) -> str:
    """Users, numbers, mostly a Belgium pack, sometimes more; returns the id of the users' line."""
    rng = book.rng
    line_id = book.line(contract_id, client_id, "bt-user", users, starts_on, unit_price=unit_price)
    numbers = _numbers(book, contract_id, client_id, "bt-number", max(1, users // 2), starts_on)
    if pack:
        book.line(contract_id, client_id, "bt-pack-belgium", users, starts_on)
    if rng.random() < 0.25:
        book.line(contract_id, client_id, "bt-pack-europe", max(1, users // 4), starts_on)
    if rng.random() < 0.35:
        book.line(contract_id, client_id, "bt-channel", max(2, users // 3), starts_on)
    if rng.random() < 0.3:
        book.line(contract_id, client_id, "bt-recording", max(1, users // 3), starts_on)
    if rng.random() < 0.3:
        book.line(contract_id, client_id, "bt-reception", 1, starts_on)
    if rng.random() < 0.15:
        book.line(contract_id, client_id, "bt-number-int", 1, starts_on)
    book.calls(line_id, numbers, shape=shape, busy=busy)
    return line_id


def ordered_once(book: Book, contract_id: str, client_id: str, users: int, ordered_on: date) -> None:
    """Activation, telephones and, for the larger ones, an installation: billed at order (BT-2.a)."""
    book.line(contract_id, client_id, "bt-activation", 1, ordered_on)
    book.line(contract_id, client_id, "bt-phone", users, ordered_on)
    if users >= 10:
        book.line(contract_id, client_id, "bt-installation", 1, ordered_on)


def sip_trunking(book: Book, contract_id: str, client_id: str, channels: int, starts_on: date, *, shape: str = "office", busy: float = 1.0,
                 packs: int = 0) -> str:
    """Channels and numbers, perhaps packs; returns the id of the channels' line."""
    line_id = book.line(contract_id, client_id, "sip-channel", channels, starts_on)
    numbers = _numbers(book, contract_id, client_id, "sip-number", channels, starts_on)
    if packs:
        book.line(contract_id, client_id, "sip-pack-belgium", packs, starts_on)
    book.calls(line_id, numbers, shape=shape, busy=busy)
    return line_id


def telavox(book: Book, contract_id: str, client_id: str, users: int, mobiles: int, starts_on: date, *, bundle: str = "tlx-bundle-l",
            shape: str = "office", busy: float = 1.0) -> None:
    """Users and mobile users with a bundle each, in arrears (GC-5.2)."""
    if users:
        line_id = book.line(contract_id, client_id, "tlx-user", users, starts_on, suffix="tlx-user")
        numbers = _numbers(book, contract_id, client_id, "tlx-number", max(1, users // 2), starts_on)
        book.calls(line_id, numbers, shape=shape, busy=busy)
    if mobiles:
        line_id = book.line(contract_id, client_id, "tlx-mobile", mobiles, starts_on)
        book.line(contract_id, client_id, bundle, mobiles, starts_on)
        numbers = tuple(f"+32468{book.rng.randint(0, 999999):06d}" for _ in range(mobiles))
        book.calls(line_id, numbers, shape=shape, busy=busy, mobile=True)


def web_meeting(book: Book, contract_id: str, client_id: str, hosts: int, ordered_on: date, *, camera: bool = False) -> None:
    """Host licences by the year, paid in advance, perhaps a camera (WM-2)."""
    book.line(contract_id, client_id, "wm-host", hosts, ordered_on, suffix="wm-host")
    if camera:
        book.line(contract_id, client_id, "wm-camera", 1, ordered_on, suffix="wm-camera")


def grow(book: Book, line_id: str, steps: int) -> None:
    """One more element of the line at even distances over the months (BT-2.g)."""
    days = book.calendar.days
    for step in range(1, steps + 1):
        book.show(line_id, 1, days[step * (len(days) - 1) // (steps + 1)])


def _numbers(book: Book, contract_id: str, client_id: str, product: str, count: int, starts_on: date) -> tuple[str, ...]:
    line_id = book.line(contract_id, client_id, product, count, starts_on)
    return tuple(element.element_id for element in book.elements if element.line_id == line_id)
