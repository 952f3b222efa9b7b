"""JSON from outside is bounded before it is read."""

import json

import pytest

from cooperation.core.documents import DocumentRefusedError, read_json


def test_what_is_plain_is_read():
    assert read_json('{"a": [1, "[[[[{\\"", null]}', longest=100) == {"a": [1, '[[[[{"', None]}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 21 + "]" * 21,
        '{"a":' * 21 + "1" + "}" * 21,
        "[" * 100_000,
        "",
        "{",
        "NaN",
        "[Infinity]",
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 2}}',
        " " * 101,
        '"\\',
    ],
)
def test_what_is_deep_long_ambiguous_or_none_is_refused(text):
    with pytest.raises(DocumentRefusedError):
        read_json(text, longest=100 if text.isspace() else 1_000_000)


@pytest.mark.parametrize(
    ("text", "depth"),
    [('[["[[["], {"{": [1]}]', 3), ('["\\\\", [[]]]', 3)],
)
def test_depth_counts_brackets_outside_of_strings(text, depth):
    assert read_json(text, longest=100, deepest=depth) == json.loads(text)

    with pytest.raises(DocumentRefusedError):
        read_json(text, longest=100, deepest=depth - 1)
