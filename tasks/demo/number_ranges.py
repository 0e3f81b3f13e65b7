"""Which digits the numbers of a country start with, read from the numbering plans of the `phonenumbers` metadata."""

from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc

DIGITS = "0123456789"


def country_regions() -> dict[str, str]:
    """Country code → the region that leads it (`44` → `GB`), without networks that belong to no country."""
    return {str(code): regions[0] for code, regions in sorted(COUNTRY_CODE_TO_REGION_CODE.items()) if regions[0] != "001"}


def north_american_regions() -> tuple[str, ...]:
    """The regions that share country code 1 with the United States."""
    return tuple(COUNTRY_CODE_TO_REGION_CODE[1][1:])


@cache
def mobile_ranges(region: str, depth: int) -> tuple[str, ...]:
    """The leading digits, at most `depth`, that only mobile numbers of the region have; empty where fixed and mobile share them."""
    plan = _plan(region)
    return _shortest(leading_digits(_pattern(plan.mobile), depth) - leading_digits(_pattern(plan.fixed_line), depth))


@cache
def fixed_ranges(region: str, depth: int) -> tuple[str, ...]:
    """The leading digits, at most `depth`, of the region's fixed numbers."""
    return _shortest(leading_digits(_pattern(_plan(region).fixed_line), depth))


def free_ranges(region: str, depth: int) -> tuple[str, ...]:
    """The leading digits, at most `depth`, of the region's free numbers."""
    return _shortest(leading_digits(_pattern(_plan(region).toll_free), depth))


def example(region: str, *, mobile: bool) -> str | None:
    """An example of a national number of the region, or None where the plan has none."""
    kind = _plan(region).mobile if mobile else _plan(region).fixed_line
    number: str | None = kind.example_number if kind is not None else None
    return number


def leading_digits(pattern: str, depth: int) -> set[str]:
    r"""Every string of `depth` digits that a number of the pattern may start with (shorter where the whole number is).

    Patterns are those of the numbering plans: digits, `\d`, `[…]`, `(?:…|…)`, and the repeats `?`, `{n}`, `{n,m}`.
    """
    starts, end = _alternatives(pattern, 0, depth) if pattern else (set[str](), 0)
    if end != len(pattern):
        raise ValueError(f"{pattern!r} is not a pattern of a numbering plan: it stops making sense at character {end + 1}")
    return starts


def _plan(region: str) -> PhoneMetadata:
    plan = PhoneMetadata.metadata_for_region(region)
    if plan is None:
        raise ValueError(f"there is no numbering plan for the region {region!r}")
    return plan


def _pattern(kind: PhoneNumberDesc | None) -> str:
    return (kind.national_number_pattern or "") if kind is not None else ""


def _alternatives(pattern: str, at: int, depth: int) -> tuple[set[str], int]:
    found, at = _sequence(pattern, at, depth)
    while at < len(pattern) and pattern[at] == "|":
        more, at = _sequence(pattern, at + 1, depth)
        found |= more
    return found, at


def _sequence(pattern: str, at: int, depth: int) -> tuple[set[str], int]:
    starts = {""}
    while at < len(pattern) and pattern[at] not in "|)":
        atom, at = _atom(pattern, at, depth)
        least, most, at = _repeats(pattern, at)
        grown = starts
        starts = starts if least == 0 else set()
        for count in range(1, min(most, max(depth, least)) + 1):
            grown = _joined(grown, atom, depth)
            if count >= least:
                starts = starts | grown
    return starts, at


def _joined(starts: set[str], atom: set[str], depth: int) -> set[str]:
    whole = {start for start in starts if len(start) >= depth}
    return whole | {(start + more)[:depth] for start in starts - whole for more in atom}


def _atom(pattern: str, at: int, depth: int) -> tuple[set[str], int]:
    if pattern.startswith("(?:", at):
        found, at = _alternatives(pattern, at + 3, depth)
        return found, at + 1
    if pattern.startswith("\\d", at):
        return set(DIGITS), at + 2
    if pattern[at] == "[":
        end = pattern.index("]", at)
        return _set_of(pattern[at + 1:end]), end + 1
    return {pattern[at]}, at + 1


def _set_of(inside: str) -> set[str]:
    found, at = set[str](), 0
    inside = inside.replace("\\d", "0-9")
    while at < len(inside):
        past = at + 3 if inside[at + 1:at + 2] == "-" else at + 1
        found |= set(DIGITS[int(inside[at]):int(inside[past - 1]) + 1])
        at = past
    return found


def _repeats(pattern: str, at: int) -> tuple[int, int, int]:
    if pattern[at:at + 1] == "?":
        return 0, 1, at + 1
    if pattern[at:at + 1] != "{":
        return 1, 1, at
    end = pattern.index("}", at)
    least, _, most = pattern[at + 1:end].partition(",")
    return int(least), int(most or least), end + 1


def _shortest(starts: set[str]) -> tuple[str, ...]:
    """Joins ten siblings into their parent, as often as it goes."""
    kept = set(starts)
    for length in range(max(map(len, kept), default=0), 1, -1):
        for parent in {start[:-1] for start in kept if len(start) == length}:
            children = {parent + digit for digit in DIGITS}
            if children <= kept:
                kept = (kept - children) | {parent}
    return tuple(sorted(kept))
