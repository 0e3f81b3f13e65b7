"""The planted stories: customers that each show one rule of the terms, under identifiers that never change."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from tasks.demo.book import Book
from tasks.demo.leaving_stories import LEAVING_STORIES, LEAVING_TELLERS
from tasks.demo.months import add_months
from tasks.demo.services import business_telephony, grow, ordered_once, sip_trunking, telavox, web_meeting

# What to look at, for the README and the summary of the demo.
STORIES: dict[str, str] = {
    "PA01": "partner with a contract per end client: one invoice with a subtotal for each (CG-2.a)",
    "PA02": "partner with one frame contract for all its end clients (CG-2.a)",
    "CL001": "starts on the 23rd of the last month: pro rata of that month and the whole next one on one bill (BT-2.b)",
    "CL002": "starts on the close date, the 28th",
    "CL003": "starts on the 29th, the day after the close date",
    "CL004": "starts on the last day of the last month",
    "CL005": "its recording licences end on the 15th of the last month",
    "CL006": "not in force: never confirmed in writing; its calls are held (GC-2.2)",
    "CL007": "drops from 40 users to 31 in the last month: 36 are charged (BT-2.h)",
    "CL008": "two international numbers, one removed before its 12 months: both are charged (BT-2.i)",
    "CL009": "grows from 12 to 19 users over the months (BT-2.g)",
    "CL010": "Luxembourg company with a VAT number: reverse charge",
    "CL011": "French company with a VAT number: reverse charge",
    "CL012": "Swiss company: outside the scope of VAT",
    "CL013": "Luxembourg customer without a VAT number",
    "CL014": "invoice through the portal, in French (CG-2.b)",
    "CL015": "invoice through the portal, in Dutch (CG-2.b)",
    "CL016": "wants its invoice by e-mail and gave no address: parked",
    "CL017": "Telavox mobiles with a small bundle: messages, data past the bundle, roaming in the EU (GC-6.1)",
    "CL018": "Telavox users: the rise of the last month was told 20 days ahead and does not apply on its day (GC-5.6)",
    "CL019": "call centre on SIP trunks: increments, calls to all the world; channels given up within the term are charged on (CG-3.a)",
    "CL020": "a small pack and many calls: split by the end of the pack (BT-2.d)",
    "CL021": "Web Meeting hosts and a camera in the middle month: billed at order (WM-2.a)",
    "CL022": "agreed for the 15th of the middle month, on the platform from the 2nd of the last: charged from the 15th (GC-5.4)",
    "CL023": "own price per user and 14 days to pay (GC-2.1)",
    "CL024": "Luxembourg SIP trunk, reverse charge",
    "CL025": "French Web Meeting customer, reverse charge; a renewal falls in the last month (WM-2.b)",
    "CL026": "Telavox with a deposit asked for and received (GC-5.3)",
    "CL027": "Telavox with a deposit asked for and never received: not in force (GC-2.2)",
} | LEAVING_STORIES

# What is particular about the party itself; all other cells are invented.
STORY_CLIENTS: dict[str, dict[str, str]] = {
    "CL001": {"language": "fr"}, "CL007": {"language": "nl"}, "CL009": {"language": "en"},
    "CL010": {"country": "LU", "language": "fr"}, "CL011": {"country": "FR", "language": "fr"},
    "CL012": {"country": "CH", "language": "en"},
    "CL013": {"country": "LU", "language": "fr", "vat": "none"}, "CL014": {"delivery": "portal", "language": "fr", "mail": "none"},
    "CL015": {"delivery": "portal", "language": "nl", "mail": "none"}, "CL016": {"mail": "none"},
    "CL024": {"country": "LU", "language": "en"}, "CL025": {"country": "FR", "language": "fr"},
}


def tell(book: Book, client_id: str) -> bool:
    """Writes the story of a client into the book; False for a client that has none."""
    story = _TELLERS.get(client_id)
    if story is not None:
        story(book, client_id)
    return story is not None


def _since(book: Book, months: int = 8) -> date:
    return add_months(book.calendar.first_day, -months)


def _telephony(users: int, months: int = 8, **ways: float) -> Callable[[Book, str], None]:
    def story(book: Book, client_id: str) -> None:
        starts_on = _since(book, months)
        business_telephony(book, book.contract(client_id, starts_on), client_id, users, starts_on, busy=ways.get("busy", 1.0))
    return story


def _new_in_last_month(day: int, users: int) -> Callable[[Book, str], None]:
    def story(book: Book, client_id: str) -> None:
        starts_on = book.calendar.in_last_month(day)
        contract_id = book.contract(client_id, starts_on)
        business_telephony(book, contract_id, client_id, users, starts_on)
        ordered_once(book, contract_id, client_id, users, starts_on)
    return story


def _line_that_ends(book: Book, client_id: str) -> None:
    contract_id = book.contract(client_id, _since(book, 14))
    business_telephony(book, contract_id, client_id, 9, _since(book, 14))
    book.line(contract_id, client_id, "bt-recording", 4, _since(book, 14), suffix="recording-ends", ends_on=book.calendar.in_last_month(15))


def _never_confirmed(book: Book, client_id: str) -> None:
    starts_on = book.calendar.in_middle_month(1)
    business_telephony(book, book.contract(client_id, starts_on, confirmed=False), client_id, 6, starts_on, busy=0.5)


def _fewer_users(book: Book, client_id: str) -> None:
    starts_on = _since(book, 20)
    line_id = business_telephony(book, book.contract(client_id, starts_on), client_id, 40, starts_on, busy=0.6)
    book.remove(line_id, 9, book.calendar.in_last_month(12))


def _international_numbers(book: Book, client_id: str) -> None:
    contract_id = book.contract(client_id, _since(book, 5))
    business_telephony(book, contract_id, client_id, 7, _since(book, 5))
    line_id = book.line(contract_id, client_id, "bt-number-int", 2, _since(book, 5), suffix="number-int-story")
    book.remove(line_id, 1, book.calendar.in_last_month(6))


def _growing(book: Book, client_id: str) -> None:
    line_id = business_telephony(book, book.contract(client_id, _since(book, 11)), client_id, 12, _since(book, 11))
    grow(book, line_id, 7)


def _mobiles(book: Book, client_id: str) -> None:
    starts_on = _since(book, 6)
    telavox(book, book.contract(client_id, starts_on, terms="telavox"), client_id, 0, 9, starts_on, bundle="tlx-bundle-s", busy=1.4)


def _late_notice(book: Book, client_id: str) -> None:
    starts_on = _since(book, 9)
    telavox(book, book.contract(client_id, starts_on, terms="telavox"), client_id, 18, 0, starts_on)


def _call_centre(book: Book, client_id: str) -> None:
    contract_id = book.contract(client_id, _since(book, 16))
    line_id = sip_trunking(book, contract_id, client_id, 12, _since(book, 16), shape="centre", busy=1.8, packs=2)
    book.remove(line_id, 2, book.calendar.in_last_month(5))


def _small_pack(book: Book, client_id: str) -> None:
    contract_id = book.contract(client_id, _since(book, 7))
    business_telephony(book, contract_id, client_id, 8, _since(book, 7), busy=2.5, pack=False)
    book.line(contract_id, client_id, "bt-pack-belgium", 3, _since(book, 7))


def _meetings(book: Book, client_id: str) -> None:
    ordered_on = book.calendar.in_middle_month(8)
    web_meeting(book, book.contract(client_id, ordered_on), client_id, 4, ordered_on, camera=True)


def _late_delivery(book: Book, client_id: str) -> None:
    agreed = book.calendar.in_middle_month(15)
    contract_id = book.contract(client_id, agreed)
    line_id = book.line(contract_id, client_id, "bt-user", 5, agreed, shown_from=book.calendar.in_last_month(2))
    book.calls(line_id, (book.next_number(),), shape="office")


def _own_price(book: Book, client_id: str) -> None:
    contract_id = book.contract(client_id, _since(book), payment_days=14)
    business_telephony(book, contract_id, client_id, 15, _since(book), unit_price=Decimal("8.25"))


def _luxembourg_trunk(book: Book, client_id: str) -> None:
    sip_trunking(book, book.contract(client_id, _since(book)), client_id, 6, _since(book))


def _renewed_meetings(book: Book, client_id: str) -> None:
    ordered_on = add_months(book.calendar.in_last_month(20), -12)
    web_meeting(book, book.contract(client_id, ordered_on), client_id, 3, ordered_on)


def _deposit(*, received: bool) -> Callable[[Book, str], None]:
    def story(book: Book, client_id: str) -> None:
        starts_on = _since(book, 4) if received else book.calendar.in_last_month(1)
        contract_id = book.contract(client_id, starts_on, terms="telavox", deposit=Decimal("500.00"), deposit_received=received)
        telavox(book, contract_id, client_id, 6 if received else 3, 2 if received else 0, starts_on, busy=1.0 if received else 0.3)
    return story


_TELLERS: dict[str, Callable[[Book, str], None]] = {
    "CL001": _new_in_last_month(23, 11), "CL002": _new_in_last_month(28, 5), "CL003": _new_in_last_month(29, 4),
    "CL004": _new_in_last_month(31, 3), "CL005": _line_that_ends, "CL006": _never_confirmed, "CL007": _fewer_users,
    "CL008": _international_numbers, "CL009": _growing, "CL010": _telephony(14), "CL011": _telephony(9), "CL012": _telephony(6),
    "CL013": _telephony(2), "CL014": _telephony(8), "CL015": _telephony(10), "CL016": _telephony(4), "CL017": _mobiles,
    "CL018": _late_notice, "CL019": _call_centre, "CL020": _small_pack, "CL021": _meetings, "CL022": _late_delivery, "CL023": _own_price,
    "CL024": _luxembourg_trunk, "CL025": _renewed_meetings, "CL026": _deposit(received=True), "CL027": _deposit(received=False),
} | LEAVING_TELLERS
