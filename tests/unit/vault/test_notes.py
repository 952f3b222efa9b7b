"""Signed notes and checkpoints: one spelling each, and a known note of another implementation."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.vault.errors import NoteRefusedError
from cooperation.vault.keys import SigningKey
from cooperation.vault.signed_notes import (
    LOG_KIND,
    WITNESS_KIND,
    NoteKey,
    TreeHead,
    cosignature,
    cosigned_at,
    from_base64,
    number_of,
    parse_note,
    parse_tree_head,
    parse_vkey,
    signed_note,
    to_base64,
    verify_note,
    vkey_of,
)

KEY = SigningKey(bytes(range(32)))
NAME = "cooperation.log/0b5f0a3e-6a3f-4c58-9d4e-0d6b8a1f2c33/1"
HEAD = TreeHead(NAME, 42, bytes(range(32)))
LOG = parse_vkey(vkey_of(NAME, KEY))
WITNESS = NoteKey("court.example", KEY.public_bytes(), WITNESS_KIND)

GO_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6"
    "KE6RyyBwJnAM=\n"
)
"""The example of golang.org/x/mod/sumdb/note, where the format comes from."""


def test_the_known_note_of_another_implementation_is_verified():
    assert verify_note(GO_NOTE, parse_vkey(GO_VKEY)).startswith("If you think")


def test_a_checkpoint_is_signed_read_and_verified():
    note = signed_note(HEAD.text, NAME, KEY)

    assert parse_tree_head(verify_note(note, LOG)) == HEAD
    assert note.splitlines()[:3] == [NAME, "42", to_base64(HEAD.root)]


def test_a_cosignature_says_when_and_is_bound_to_name_and_text():
    line = cosignature(HEAD.text, WITNESS.name, KEY, 1_795_338_000)

    assert cosigned_at(HEAD.text, line, WITNESS) == 1_795_338_000
    other = TreeHead(NAME, 43, HEAD.root)
    with pytest.raises(NoteRefusedError):
        cosigned_at(other.text, line, WITNESS)
    with pytest.raises(NoteRefusedError):
        cosigned_at(HEAD.text, line, NoteKey("other.example", KEY.public_bytes(), WITNESS_KIND))
    with pytest.raises(NoteRefusedError):
        cosigned_at(HEAD.text, line, NoteKey(WITNESS.name, KEY.public_bytes(), LOG_KIND))


def test_every_bit_flipped_in_a_signed_checkpoint_is_refused():
    note = signed_note(HEAD.text, NAME, KEY).encode()

    def is_taken(changed):
        try:
            return verify_note(changed.decode(), LOG) is not None
        except (UnicodeDecodeError, NoteRefusedError):
            return False

    taken = [
        (place, bit)
        for place in range(len(note))
        for bit in range(8)
        if is_taken(note[:place] + bytes([note[place] ^ 1 << bit]) + note[place + 1 :])
    ]
    assert taken == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        HEAD.text[:-1],
        HEAD.text + "more\n",
        HEAD.text.replace("42", "042"),
        HEAD.text.replace("42", "+42"),
        HEAD.text.replace("42", "-42"),
        HEAD.text.replace("42", " 42"),
        HEAD.text.replace("42", "４２"),
        HEAD.text.replace("=\n", "\n"),
        HEAD.text.replace("Hh8=", "Hh9="),
        HEAD.text.replace("\n42", "\r\n42"),
        f"{NAME}\n42\n{to_base64(bytes(31))}\n",
        f"two words\n42\n{to_base64(HEAD.root)}\n",
    ],
)
def test_a_checkpoint_has_one_spelling(text):
    with pytest.raises(NoteRefusedError):
        parse_tree_head(text)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— a\n",
        "text\n\n— a b\n",
        "text\n\n- a eHh4eHh4eHg=\n",
        "text\n\n— a eHh4eHh4eHg=",
        "text\n\n— a eHh4eHh4eHg=\n\n",
        "text\n\n— a eHh4eHh4eHg= \n",
        "text\n\n—  eHh4eHh4eHg=\n",
        "te\txt\n\n— a eHh4eHh4eHg=\n",
        "text\n\n" + "— a eHh4eHh4eHg=\n" * 101,
    ],
)
def test_what_is_no_note_is_refused(note):
    with pytest.raises(NoteRefusedError):
        parse_note(note)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a+b+c",
        GO_VKEY.replace("c74f20a3", "c74f20a4"),
        GO_VKEY.replace("Peter", "Pieter"),
        GO_VKEY + "=",
        "two words" + GO_VKEY.removeprefix("PeterNeumann"),
        NoteKey("a", bytes(32)).vkey.replace("+AQ", "+Ag"),
    ],
)
def test_a_key_that_is_not_its_own_is_refused(vkey):
    with pytest.raises(NoteRefusedError):
        parse_vkey(vkey)


@given(st.binary(max_size=80))
@settings(max_examples=100, deadline=None)
def test_base64_has_one_spelling(content):
    text = to_base64(content)

    assert from_base64(text) == content
    assert text == base64.b64encode(content).decode()
    for other in (text + "=", text + "\n", " " + text, text.rstrip("=") + "~"):
        with pytest.raises(NoteRefusedError):
            from_base64(other)


@pytest.mark.parametrize("text", ["", "00", "1_000", "1.0", "१", "9" * 20])
def test_a_number_has_one_spelling(text):
    with pytest.raises(NoteRefusedError):
        number_of(text)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_refused_in_one_way(text):
    for parse in (parse_note, parse_tree_head, parse_vkey):
        with pytest.raises(NoteRefusedError):
            parse(text)
