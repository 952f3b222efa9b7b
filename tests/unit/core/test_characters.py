"""What people type, made what is kept: one list of unwanted characters, one spelling."""

import random
import unicodedata

import pytest

from cooperation.core.characters import (
    MOST_MARKS,
    clean_code,
    clean_line,
    clean_lines,
    clean_token,
    folded,
    holds_unwanted,
    nfc,
    plain_digits,
    tidied,
    without_unwanted,
)

UNWANTED = (
    *("\x00", "\x08", "\x1b", "\x7f", "\x9f"),
    *("\u202a", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u206a", "\u206f"),
    *("\ufeff", "\ufff9", "\ufffe", "\uffff", "\ud800", "\U000e0041"),
)
UNSEEN = (
    *("\u00ad", "\u034f", "\u061c", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f"),
    *("\u2060", "\u3164", "\ufe0f", "\U000e0100"),
)
MARKS = [sign for sign in map(chr, range(0x110000)) if unicodedata.combining(sign)]
LOOSE = ("\u0f73", "\u0f75", "\u0f81")


@pytest.mark.parametrize("sign", UNWANTED)
def test_what_nobody_types_is_taken_out_and_told(sign):
    assert tidied(f"The {sign}ministry{sign} answers.") == ("The ministry answers.", True)


@pytest.mark.parametrize(
    "sign", ["\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\t", "\n", "é"]
)
def test_what_a_script_is_written_with_stays_in_prose(sign):
    assert tidied(f"a{sign}b") == (f"a{sign}b", False)


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_end_of_a_line_becomes_a_line_feed_without_a_word(ending):
    assert tidied(f"a{ending}b") == ("a\nb", False)


@pytest.mark.parametrize("sign", [*UNWANTED, *UNSEEN, " ", "\n", "\u00a0", "\u3000"])
def test_what_a_machine_reads_holds_nothing_unseen(sign):
    assert clean_token(f"{sign}name@min{sign.strip()}istry.example{sign}") == (
        "name@ministry.example"
    )


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "030",
            "\u200e030",
            "030\u200f",
            "\u2068030\u2069",
            "\ufeff0 30",
            "0\u00a030",
            "0\u202f30",
        ),
        *("٠٣٠", "۰۳۰", "০৩০", "０３０", "०३०", "𝟎𝟑𝟎"),
    ],
)
def test_numbers_and_codes_are_read_in_the_digits_of_all_scripts(typed):
    assert clean_code(typed) == "030"


def test_what_only_looks_like_a_digit_is_none():
    assert plain_digits("a²½Ⅷ①") == "a²½Ⅷ①"


def test_marks_on_one_letter_are_taken_out_beyond_the_thirtieth():
    thirty = "a" + "\u0315" * MOST_MARKS

    assert tidied(thirty * 3) == (unicodedata.normalize("NFC", thirty * 3), False)
    assert tidied(f"{thirty}\u0300b") == (f"{thirty}b", True)
    assert tidied("\u0315" * 31) == ("\u0315" * 30, True)


def test_what_is_taken_out_leaves_no_longer_run():
    assert holds_unwanted("a" + ("\u0315" * 20 + "\u202e") * 2)
    assert without_unwanted("a" + ("\u0315" * 20 + "\u202e") * 2) == "a" + "\u0315" * 30


@pytest.mark.parametrize("sign", LOOSE)
def test_marks_that_hide_in_one_sign_are_counted(sign):
    kept, was_unwanted = tidied("a" + sign * 100)

    assert was_unwanted
    assert kept == unicodedata.normalize("NFC", "a" + sign * (MOST_MARKS // 2))


def test_no_other_sign_becomes_marks_alone():
    """The counting asks for combining classes: each sign that becomes marks must have one."""
    found = [
        sign
        for sign in map(chr, range(0x110000))
        if not unicodedata.combining(sign)
        and all(map(unicodedata.combining, unicodedata.normalize("NFD", sign)))
    ]

    assert tuple(found) == LOOSE


def test_nothing_but_nfc_is_done_to_what_is_hashed():
    chance = random.Random(5)
    signs = [*MARKS, *LOOSE, *"aeoéü\u1100\u1161\u11a8\u0958\ufeff\u202e\n\r"]
    for _number in range(300):
        text = "".join(chance.choices(signs, k=chance.randrange(300)))

        assert nfc(text) == unicodedata.normalize("NFC", text)


def test_lines_are_trimmed_and_one_line_has_no_ends():
    assert clean_lines(" a\r\nb\u202e ") == "a\nb\u202e"
    assert clean_line(" a\r\nb\tc ") == "a b c"


def test_words_are_compared_without_accents_and_case():
    assert folded("CÔTE D'Ivoire") == folded("Co\u0302te d\u2019ivoire").replace("\u2019", "'")
