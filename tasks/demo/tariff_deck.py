"""The rate decks of the invented operator: real country codes and number ranges, invented prices.

Ranges come from the numbering plans (`number_ranges`), names of countries from the CLDR. One list of destinations serves the three
decks; each deck has its own level of prices, and SIP Trunking its increments.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zlib import crc32

from babel import Locale

from tasks.demo.months import Calendar
from tasks.demo.number_ranges import country_regions, fixed_ranges, free_ranges, mobile_ranges, north_american_regions
from tasks.demo.records import Rate

SINCE = date(2026, 1, 1)
HOME = "32"
KAZAKHSTAN_PREFIX = "77"              # shares country code 7 with Russia
FORGOTTEN_PREFIX = "383"              # Kosovo: calls to it are unrated until somebody adds the prefix
CHANGED_DESTINATION = "United Kingdom mobile"
CHANGE_DAY = 15
CHANGE_FACTOR = Decimal("1.25")

EU = frozenset(["AT", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL",
                "PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO"])  # and the EEA
_NEIGHBOURS = frozenset(["FR", "NL", "DE", "LU", "GB"])
_NEAR = frozenset(["GB", "CH", "US", "CA", "AD", "MC", "SM", "VA"])
_MIDDLE = frozenset(["TR", "MA", "DZ", "TN", "AL", "BA", "ME", "MK", "RS", "UA", "MD", "AU", "NZ", "JP", "CN", "HK", "SG", "KR", "IN",
                     "BR", "MX", "AR", "CL", "ZA", "IL", "AE", "EG", "RU", "TH", "MY"])
_DEAR = frozenset(["CU", "SO", "KP", "AQ", "SH", "FK", "TK", "TV", "WF", "NU", "KI", "NR", "CK", "WS", "SB", "VU", "TO", "PG", "MG", "GN"])
_WITH_MOBILE = EU | _NEAR | frozenset(["TR", "MA", "DZ", "TN", "AL", "BA", "RS", "UA", "AU", "NZ", "JP", "ZA", "IL", "AE", "EG", "RU",
                                       "TH"])

# group: per minute, setup; Business Telephony level
_GROUP_PRICES = {
    "belgium_fixed": ("0.0190", "0"), "belgium_mobile": ("0.0790", "0"), "shared_cost": ("0.2500", "0"), "premium": ("1.5000", "0.2500"),
    "m2m": ("0.0990", "0"), "eu_fixed": ("0.0290", "0"), "eu_mobile": ("0.0990", "0"), "world_1": ("0.0450", "0"),
    "world_1_mobile": ("0.1490", "0"), "world_2": ("0.1900", "0"), "world_2_mobile": ("0.2400", "0"), "world_3": ("0.3900", "0.0200"),
    "world_4": ("2.4500", "0.0500"), "free_number": ("0", "0"), "emergency": ("0", "0"), "short_service": ("0.9000", "0.5000"),
}
_LEVEL = {"business_telephony": Decimal("1"), "sip_trunking": Decimal("0.80"), "telavox": Decimal("1.05")}
_FIXED_PRICE = frozenset(["premium", "shared_cost", "free_number", "emergency", "short_service"])
_SIP_INCREMENTS = {"world_1": (30, 6), "world_1_mobile": (30, 6), "world_2": (60, 60), "world_2_mobile": (60, 60), "world_3": (60, 60),
                   "world_4": (60, 60), "premium": (60, 60), "shared_cost": (60, 60)}

_EMERGENCY = {"100": "Ambulance and fire brigade", "101": "Police", "112": "European emergency number", "110": "Child Focus helpline",
              "103": "Helpline for young people", "107": "Tele-Onthaal helpline", "116000": "Missing children", "116111": "Child helpline"}
_SHORT_SERVICES = {"1207": "Directory enquiries 1207", "1307": "Directory enquiries 1307", "1299": "Directory enquiries 1299",
                   "1414": "Information service 1414"}


@dataclass(frozen=True, slots=True)
class Destination:
    """Prefixes that share a name and a price."""

    name: str
    group: str
    prefixes: tuple[str, ...]

    @property
    def price_group(self) -> str:
        """What sets the price: mobile numbers of the world cost more than fixed ones of the same zone."""
        mobile = f"{self.group}_mobile"
        return mobile if self.name.endswith(" mobile") and mobile in _GROUP_PRICES else self.group


def rates(calendar: Calendar, *, forgotten: bool) -> tuple[Rate, ...]:
    """The three decks. With `forgotten`, Kosovo is missing; one destination gets dearer on the 15th of the last month."""
    known = [place for place in destinations() if not (forgotten and FORGOTTEN_PREFIX in place.prefixes)]
    changed = calendar.in_last_month(CHANGE_DAY)
    listed = [rate for deck in _LEVEL for place in known for rate in _versions(deck, place, changed)]
    return (*listed, *_messages_and_data(), *_abroad())


def destinations() -> tuple[Destination, ...]:
    """Every destination once, Belgium first. No prefix stands twice."""
    return (*_belgium(), *_countries(), *_north_america(), *_networks())


def _belgium() -> Iterator[Destination]:
    """Belgian ranges: the areas and 045–049 from the numbering plan; 077 carries machines, 070 and 078 share cost, 0900 is premium."""
    yield Destination("Belgium fixed", "belgium_fixed", (HOME, *(HOME + area for area in fixed_ranges("BE", 3))))
    yield Destination("Belgium mobile", "belgium_mobile", tuple(HOME + start for start in mobile_ranges("BE", 3)))
    yield Destination("Belgium free number 0800", "free_number", tuple(HOME + start for start in free_ranges("BE", 3)))
    yield Destination("Belgium machine to machine 077", "m2m", (HOME + "77",))
    yield Destination("Belgium 070", "shared_cost", (HOME + "70",))
    yield Destination("Belgium 078", "shared_cost", (HOME + "78",))
    yield Destination("Belgium premium 090", "premium", tuple(f"{HOME}90{n}" for n in range(10)))
    for number, name in _EMERGENCY.items():
        yield Destination(name, "emergency", (f"s{number}",))
    for number, name in _SHORT_SERVICES.items():
        yield Destination(name, "short_service", (f"s{number}",))


def _countries() -> Iterator[Destination]:
    for code, region in country_regions().items():
        if code in {HOME, "1"}:
            continue
        zone, name = zone_of(region), _name(region)
        yield Destination(name, "eu_fixed" if zone == "eu" else zone, (code,))
        mobile = mobile_ranges(region, _depth(region)) if region in _WITH_MOBILE else ()
        if mobile:
            prefixes = tuple(code + start for start in mobile if code + start != KAZAKHSTAN_PREFIX)
            yield Destination(f"{name} mobile", "eu_mobile" if zone == "eu" else zone, prefixes)
    yield Destination(_name("KZ"), zone_of("KZ"), (KAZAKHSTAN_PREFIX,))


def _north_america() -> Iterator[Destination]:
    """Country code 1: the United States for the whole of it, then the area codes of the others."""
    taken: set[str] = set()
    yield Destination("United States", "world_1", ("1",))
    for region in north_american_regions():
        areas = [area for area in fixed_ranges(region, 3) if len(area) == 3 and area not in taken]
        taken.update(areas)
        if areas:
            yield Destination(_name(region), zone_of(region), tuple("1" + area for area in areas))


def _networks() -> Iterator[Destination]:
    yield Destination("International freephone", "free_number", ("800",))
    yield Destination("Inmarsat", "world_4", ("870",))
    yield Destination("Satellite networks", "world_4", ("8816", "8817", "8818", "8819"))
    yield Destination("International networks", "world_4", ("882",))


def zone_of(region: str) -> str:
    """The zone of a region: `eu`, or `world_1` to `world_4`."""
    zones = {"eu": EU, "world_1": _NEAR, "world_2": _MIDDLE, "world_4": _DEAR}
    return next((zone for zone, members in zones.items() if region in members), "world_3")


def _depth(region: str) -> int:
    if region in _NEIGHBOURS:
        return 4
    return 3 if region in EU | _NEAR else 2


def _name(region: str) -> str:
    return str(Locale("en").territories.get(region, region))


def _versions(deck: str, place: Destination, changed: date) -> Iterator[Rate]:
    per_minute, setup = _price(deck, place)
    increments = _SIP_INCREMENTS.get(place.price_group, (1, 1)) if deck == "sip_trunking" else (None, None)
    for prefix in place.prefixes:
        yield Rate(deck, prefix, place.name, place.group, SINCE, per_minute, setup, *increments)
        if place.name == CHANGED_DESTINATION:
            dearer = (per_minute * CHANGE_FACTOR).quantize(Decimal("0.0001"))
            yield Rate(deck, prefix, place.name, place.group, changed, dearer, setup, *increments)


def _price(deck: str, place: Destination) -> tuple[Decimal, Decimal]:
    """Per minute and setup. Abroad the price moves by up to a fifth from country to country, always the same way."""
    per_minute, setup = map(Decimal, _GROUP_PRICES[place.price_group])
    if place.group in _FIXED_PRICE:
        return per_minute, setup
    percent = 100 if place.group.startswith(("belgium", "eu")) else 80 + crc32(place.name.encode()) % 41
    return (per_minute * _LEVEL[deck] * percent / 100).quantize(Decimal("0.0001")), setup


def _messages_and_data() -> Iterator[Rate]:
    """Telavox alone: a message costs its setup; data past the bundle 0.000001 EUR a "minute" of 60 bytes, about 1.67 cents a megabyte."""
    none = (None, None)
    for code, region in country_regions().items():
        group = "sms_belgium" if code == HOME else "sms_eu" if region in EU else "sms_world"
        price = {"sms_belgium": "0.05", "sms_eu": "0.06", "sms_world": "0.15"}[group]
        yield Rate("telavox", f"sms{code}", f"Messages to {_name(region)}", group, SINCE, Decimal(0), Decimal(price), *none)
    yield Rate("telavox", "data", "Mobile data", "data", SINCE, Decimal("0.000001"), Decimal(0), *none)


def _abroad() -> Iterator[Rate]:
    """Telavox alone: data beyond the roaming limit in the Union, and usage made in two countries outside it (GC-6)."""
    none = (None, None)
    yield Rate("telavox", "eu:data", "Roaming data beyond the limit", "roaming_surcharge", SINCE, Decimal("0.000001"), Decimal(0), *none)
    for country, name, minute, home, message in (
        ("us", "the United States", "1.9000", "0.9500", "0.35"), ("ch", "Switzerland", "0.4900", "0.2500", "0.15"),
    ):
        for prefix, what, group, per_minute, setup in (
            ("", "Calls made in", "roaming_calls", minute, "0"), (HOME, "Calls to Belgium made in", "roaming_calls", home, "0"),
            ("sms", "Messages sent in", "roaming_sms", "0", message), ("data", "Data used in", "roaming_data", "0.000005", "0"),
        ):
            yield Rate("telavox", f"{country}:{prefix}", f"{what} {name}", group, SINCE, Decimal(per_minute), Decimal(setup), *none)
