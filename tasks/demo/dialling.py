"""Whom the invented customers call: lists of numbers by kind of destination, and how likely each kind is."""

from random import Random

from tasks.demo.number_ranges import example, mobile_ranges
from tasks.demo.tariff_deck import FORGOTTEN_PREFIX

# kind, numbers in the list, share of the outgoing calls of an office, share of those of a call centre
_KINDS = (
    ("belgium_mobile", 6_000, 0.455, 0.26),
    ("belgium_fixed", 6_000, 0.385, 0.22),
    ("neighbours_fixed", 900, 0.045, 0.16),
    ("neighbours_mobile", 900, 0.030, 0.12),
    ("eu", 500, 0.012, 0.09),
    ("world", 400, 0.010, 0.12),
    ("free", 120, 0.035, 0.02),
    ("shared_cost", 60, 0.016, 0.005),
    ("premium", 20, 0.0015, 0.0005),
    ("m2m", 20, 0.001, 0.0),
    ("emergency", 4, 0.0005, 0.0005),
    ("short_service", 3, 0.004, 0.001),
)
KINDS = tuple(kind for kind, *_ in _KINDS)
PEOPLE = frozenset({"belgium_mobile", "belgium_fixed", "neighbours_fixed", "neighbours_mobile", "eu", "world"})  # who also call in
OFFICE_SHARES = tuple(share for *_, share, _ in _KINDS)
CENTRE_SHARES = tuple(share for *_, share in _KINDS)

_AREAS = ("2", "3", "2", "9", "42", "43", "10", "16", "65", "67", "71", "81", "50", "51", "56", "11", "15", "14", "19", "63")
_NEIGHBOURS = (("33", "FR"), ("33", "FR"), ("31", "NL"), ("31", "NL"), ("49", "DE"), ("352", "LU"), ("44", "GB"))
_EU = (("34", "ES"), ("39", "IT"), ("351", "PT"), ("48", "PL"), ("40", "RO"), ("46", "SE"), ("353", "IE"), ("30", "GR"))
_WORLD = (("1", "US"), ("1", "US"), ("41", "CH"), ("90", "TR"), ("212", "MA"), ("212", "MA"), ("91", "IN"), ("86", "CN"), ("243", "CD"),
          ("971", "AE"), ("237", "CM"), ("55", "BR"))
_EMERGENCY = ("112", "112", "101", "100")
_SHORT_SERVICES = ("1207", "1307", "1299")
_NATIONAL_DIGITS = 8


def numbers_of(kind: str, rng: Random) -> list[str]:
    """A list of numbers of this kind, as dialled: `+` and E.164, or a short code as it is. Its length is that of the kind."""
    count = next(size for name, size, *_ in _KINDS if name == kind)
    return [_number(kind, rng) for _ in range(count)]


def forgotten_numbers(rng: Random, count: int) -> list[str]:
    """Mobile numbers of the country that the deck forgot."""
    return [f"+{FORGOTTEN_PREFIX}4{rng.randint(3, 9)}{rng.randint(0, 999999):06d}" for _ in range(count)]


def _number(kind: str, rng: Random) -> str:
    if kind == "emergency":
        return rng.choice(_EMERGENCY)
    if kind == "short_service":
        return rng.choice(_SHORT_SERVICES)
    if kind.startswith("belgium"):
        return "+32" + _belgian(kind, rng)
    if kind in _SPECIAL:
        start, digits = _SPECIAL[kind]
        return "+32" + rng.choice(start) + _tail(rng, digits)
    if kind == "neighbours_mobile":
        return _abroad(rng, *rng.choice(_NEIGHBOURS), mobile=True)
    code, region = rng.choice({"neighbours_fixed": _NEIGHBOURS, "eu": _EU, "world": _WORLD}[kind])
    return _abroad(rng, code, region, mobile=kind != "neighbours_fixed" and rng.random() < 0.4)


# Leading digits, and how many follow: 0800 1…9, 070 and 078, 0900 to 0909, 077.
_SPECIAL: dict[str, tuple[tuple[str, ...], int]] = {
    "free": (tuple(f"800{n}" for n in range(1, 10)), 4), "shared_cost": (("7022", "7835", "7815"), 4), "premium": (("900", "902", "903"),
        5),
    "m2m": (("77",), 7),
}


def _belgian(kind: str, rng: Random) -> str:
    if kind == "belgium_mobile":
        return rng.choice(mobile_ranges("BE", 3)) + _tail(rng, 7)
    area = rng.choice(_AREAS)
    start = area + str(rng.randint(2, 8))
    return start + _tail(rng, _NATIONAL_DIGITS - len(start))


def _abroad(rng: Random, code: str, region: str, *, mobile: bool) -> str:
    """A number like the plan's own example, with other last digits."""
    national = example(region, mobile=mobile) or example(region, mobile=False) or ""
    kept = national[:-5]
    return f"+{code}{kept}{_tail(rng, len(national) - len(kept))}"


def _tail(rng: Random, digits: int) -> str:
    return str(rng.randrange(10 ** digits)).zfill(digits)
