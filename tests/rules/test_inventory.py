"""The hash of a snapshot changes with anything in it, and with nothing else (BT-2.f)."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.inventory import content_hash

rows = st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3), st.text(max_size=3), st.text(max_size=3)), max_size=5)


@pytest.mark.clause("BT-2.f")
def test_the_hash_is_of_one_json_array_a_line() -> None:
    written = '["L1","e1","user","Chloé"]\n["L1","e2","user","a \\"b\\""]\n'
    assert content_hash([("L1", "e2", "user", 'a "b"'), ("L1", "e1", "user", "Chloé")]) == hashlib.sha256(written.encode()).hexdigest()


@pytest.mark.clause("BT-2.f")
def test_an_empty_snapshot_has_the_hash_of_nothing() -> None:
    assert content_hash([]) == hashlib.sha256().hexdigest()


@pytest.mark.clause("BT-2.f")
def test_a_label_cannot_imitate_another_column() -> None:
    assert content_hash([("L1", "a,b", "user", "")]) != content_hash([("L1", "a", "b,user", "")])
    assert content_hash([("L1", "e1", "user", "x\n")]) != content_hash([("L1", "e1", "user", "x")])


@pytest.mark.clause("BT-2.f")
@given(rows, st.randoms())
def test_the_order_of_the_file_does_not_matter(elements: list[tuple[str, str, str, str]], random: object) -> None:
    shuffled = list(elements)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert content_hash(shuffled) == content_hash(elements)


@pytest.mark.clause("BT-2.f")
@given(rows, rows)
def test_two_snapshots_have_one_hash_only_when_they_are_the_same(
    one: list[tuple[str, str, str, str]], other: list[tuple[str, str, str, str]]
) -> None:
    assert (content_hash(one) == content_hash(other)) == (sorted(one) == sorted(other))
