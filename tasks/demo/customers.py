"""The customers: partners with their end clients, the planted stories, and a crowd of ordinary direct clients."""

from datetime import date
from random import Random

from tasks.demo.book import Book
from tasks.demo.leaving_stories import BANKRUPT, PROVEN_ON
from tasks.demo.months import DAY, Calendar, add_months
from tasks.demo.names import Namer, belgian_vat, domain, french_vat, luxembourg_vat
from tasks.demo.records import Party
from tasks.demo.services import business_telephony, grow, ordered_once, sip_trunking, telavox, web_meeting
from tasks.demo.stories import STORY_CLIENTS, tell

LEAST_PAYERS = 43
FRAME_PARTNER = "PA02"  # one contract for all its end clients; the other partners have one each
_LANGUAGES = ("fr", "nl", "fr", "nl", "fr", "nl", "en")
_SHAPES = ("office", "office", "office", "shop", "care")


def order_book(calendar: Calendar, payers: int, seed: int) -> Book:
    """All customers, the same for the same seed. Payers: about one in eight a partner, the others direct clients `CL001…`.

    ValueError when there are too few payers to tell every story.
    """
    if payers < LEAST_PAYERS:
        raise ValueError(f"{payers} payers are too few for the stories of the demo; ask for {LEAST_PAYERS} or more")
    rng = Random(seed)
    book = Book(calendar, rng, Namer(rng))
    partners = max(2, round(payers * 8 / 60))
    for number in range(1, partners + 1):
        _partner(book, f"PA{number:02d}")
    for number in range(1, payers - partners + 1):
        _direct(book, f"CL{number:03d}")
    return book


def _partner(book: Book, partner_id: str) -> None:
    rng, calendar = book.rng, book.calendar
    language = rng.choice(_LANGUAGES)
    book.parties.append(party(book, partner_id, language, name=book.namer.partner(), role="partner"))
    frame = book.contract(partner_id, add_months(calendar.first_day, -36)) if partner_id == FRAME_PARTNER else None
    for number in range(1, rng.randint(3, 12) + 1):
        client_id = f"{partner_id}-E{number:02d}"
        book.parties.append(party(book, client_id, rng.choice((language, language, "nl", "fr")), partner_id=partner_id))
        starts_on = _old(book)
        if number == 3:  # one new end client in the middle month
            starts_on = calendar.in_middle_month(rng.randint(2, 27))
        contract_id = frame or book.contract(partner_id, starts_on, client_id=client_id)
        _ordinary(book, contract_id, client_id, starts_on)
        if client_id == BANKRUPT:
            book.leave(client_id, calendar.in_last_month(PROVEN_ON - 1))


def _direct(book: Book, client_id: str) -> None:
    cells = STORY_CLIENTS.get(client_id, {})
    language = cells.get("language") or book.rng.choice(_LANGUAGES)
    book.parties.append(party(book, client_id, language, **{key: value for key, value in cells.items() if key != "language"}))
    if tell(book, client_id):
        return
    starts_on = _old(book) if book.rng.random() < 0.85 else book.calendar.first_day + book.rng.randint(0, 60) * DAY
    telavox_terms = book.rng.random() < 0.18
    contract_id = book.contract(client_id, starts_on, terms="telavox" if telavox_terms else "allocloud")
    if telavox_terms:
        telavox(book, contract_id, client_id, book.rng.randint(2, 12), book.rng.choice((0, 2, 4)), starts_on,
                shape=book.rng.choice(_SHAPES))
    else:
        _ordinary(book, contract_id, client_id, starts_on)


def _ordinary(book: Book, contract_id: str, client_id: str, starts_on: date) -> None:
    """Mostly Business Telephony of 2 to 20 users, sometimes a SIP trunk instead or Web Meeting beside it; a third grows a little."""
    rng = book.rng
    shape, chance = rng.choice(_SHAPES), rng.random()
    if chance < 0.22:
        sip_trunking(book, contract_id, client_id, rng.randint(2, 8), starts_on, shape=shape, packs=rng.choice((0, 1, 2)))
        return
    users = min(rng.randint(2, 12), rng.randint(2, 28))
    line_id = business_telephony(book, contract_id, client_id, users, starts_on, shape=shape, pack=rng.random() < 0.75)
    if rng.random() < 0.33:
        grow(book, line_id, rng.randint(1, 3))
    if starts_on >= book.calendar.first_day:
        ordered_once(book, contract_id, client_id, users, starts_on)
    if chance > 0.9:
        web_meeting(book, contract_id, client_id, rng.randint(1, 3), starts_on)


def _old(book: Book) -> date:
    """The first day of a month between 2 and 34 months before the feed begins."""
    return add_months(book.calendar.first_day, -book.rng.randint(2, 34))


def party(
    book: Book, party_id: str, language: str, *, name: str = "", role: str = "client", partner_id: str = "", country: str = "BE",
    delivery: str = "email", mail: str = "", vat: str = "",
) -> Party:
    """A party with an address in its country. `mail` or `vat` "none" leaves the cell empty."""
    name = name or book.namer.company(language)
    street, postal_code, city = book.namer.address(language, country)
    serial = len(book.parties) + 1
    known = {"BE": belgian_vat, "LU": luxembourg_vat, "FR": french_vat}
    vat_number = known[country](serial) if country in known and vat != "none" else ""
    peppol = f"0208:{vat_number[2:]}" if country == "BE" else f"9938:{vat_number}" if country == "LU" and vat_number else ""
    local = {"fr": "facturation", "nl": "boekhouding", "en": "billing"}[language]
    emails = f"{local}@{domain(name)}"
    if role == "partner":
        emails += f";finance@{domain(name)}"
    return Party(party_id, role, partner_id, name, language, "" if mail == "none" else emails, delivery, street, postal_code, city, country,
                 vat_number, peppol)
