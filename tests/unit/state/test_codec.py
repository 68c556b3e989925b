"""Model values as JSON and back: equal values are equal texts, and another version's are refused, not cut."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.errors import StateError
from syncd.model.links import Approval, KnownRemote, KnownTask, Link, Pair
from syncd.model.remote import Issue, Ref
from syncd.model.values import Field, TaskState, Uid
from syncd.state.codec import decode, encode, moment
from tests.unit.state import samples

# Lone low surrogates are what `surrogateescape` makes of bytes that are no UTF-8.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=8,
)
LINKS = st.builds(
    Link,
    uid=TEXTS.map(Uid),
    remote=TEXTS,
    ref=st.builds(Ref, st.integers(), TEXTS),
    base=st.dictionaries(st.sampled_from(Field), st.builds(Pair, VALUES, VALUES)),
    managed=st.frozensets(TEXTS),
)


@given(LINKS)
def test_any_link_comes_back(link: Link) -> None:
    text = encode(link)
    assert decode(Link, text) == link
    assert text.isascii()


@given(LINKS)
def test_equal_links_are_equal_texts(link: Link) -> None:
    twin = Link(
        link.uid,
        link.remote,
        link.ref,
        link.kind,
        dict(reversed(list(link.base.items()))),
        frozenset(link.managed),
    )
    assert encode(twin) == encode(link)


@pytest.mark.parametrize(
    "value", [samples.TASK, samples.ISSUE, samples.STONE, samples.INTENT, samples.CONTEST, samples.ENTRY]
)
def test_every_kind_comes_back_with_its_types(value: object) -> None:
    assert decode(type(value), encode(value)) == value


def test_states_and_refs_come_back_as_what_they_are() -> None:
    issue = decode(Issue, encode(samples.ISSUE))
    assert issue.state is TaskState.IN_PROGRESS
    assert isinstance(issue.ref, Ref)
    assert issue.marker == samples.ISSUE.marker


def test_sets_are_sorted_for_their_own_order_differs_from_process_to_process() -> None:
    text = encode(Approval("d", frozenset("hgfedcba")))
    assert text == '{"actions":["a","b","c","d","e","f","g","h"],"digest":"d"}'


def test_one_moment_is_one_text_in_any_zone() -> None:
    here = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    assert encode(KnownRemote("a", "b", "c", swept_at=here)) == encode(
        KnownRemote("a", "b", "c", swept_at=here.astimezone(UTC))
    )
    assert moment(here) < moment(here + timedelta(microseconds=1)) < moment(here + timedelta(seconds=1))


def test_a_key_that_this_version_does_not_know_is_refused_not_dropped() -> None:
    text = encode(samples.TASK).replace('"removed"', '"retired"')
    with pytest.raises(StateError):
        decode(KnownTask, text)


def test_a_key_that_the_model_gained_since_takes_its_default() -> None:
    assert decode(KnownTask, '{"title":"T","uid":"t"}') == KnownTask(Uid("t"), "T")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", '{"uid":"t"}', '{"digest":"d","actions":7}'])
def test_what_is_no_such_value_is_refused(text: str) -> None:
    with pytest.raises(StateError):
        decode(Approval, text)
