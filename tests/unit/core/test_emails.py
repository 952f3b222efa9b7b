"""One pattern of e-mail: the same addresses are taken and refused wherever one is typed."""

import pytest

from cooperation.core.emails import email_problem, is_email, plain_email


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "post@mission.example",
            "a.b+c@sub.mission.example",
            "O'Neil_1@x.co",
            "n@xn--auen-wna.de",
        ),
        *("x" * 64 + "@a.org", "a@" + "b" * 63 + ".org", "a@b.xn--mgbc0a9azcg"),
    ],
)
def test_a_plain_address_is_kept_as_it_is(typed):
    assert plain_email(typed) == typed
    assert email_problem(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        *("", "a", "a@", "@b.org", "a@b", "a..b@example.org", ".a@example.org", "a.@example.org"),
        *("a@b..org", "a@.b.org", "a@b.org.", "a@-b.org", "a@b-.org", "a@127.0.0.1", "a@b.1"),
        *(
            "a b@c.org",
            "a@b.org,c@d.org",
            "a@b.org;c@d.org",
            "N <a@b.org>",
            '"a b"@c.org',
            "a@@b.org",
        ),
        *("x" * 65 + "@a.org", "a@" + "b" * 64 + ".org", "a@" + "b." * 130 + "org", "a@[1.2.3.4]"),
        *("a@b_c.org", "a@b.org\nBcc: c@d.org", "mailto:a@b.org"),
    ],
)
def test_what_no_mail_server_takes_is_refused_with_an_example(typed):
    assert not is_email(plain_email(typed))
    assert "name@ministry.example" in str(email_problem(plain_email(typed)))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("post@außen.example", "post@xn--auen-wna.example"),
        ("Post@BÜCHER.example", "Post@xn--bcher-kva.example"),
        ("post@bu\u0308cher.example", "post@xn--bcher-kva.example"),
        ("post@وزارة.example", "post@xn--mgbexc3i.example"),
        ("post@外交部。example", "post@xn--tlq87w5j9b.example"),
        ("post@ｍｆａ.example", "post@mfa.example"),
    ],
)
def test_a_domain_in_another_script_is_written_as_the_network_writes_it(typed, kept):
    assert plain_email(typed) == kept
    assert is_email(kept)


@pytest.mark.parametrize("typed", ["a@ü_b.example", "a@-ü.example", "a@" + "ü" * 100 + ".example"])
def test_a_domain_that_cannot_be_is_told(typed):
    assert "after the @" in str(email_problem(plain_email(typed)))


def test_letters_that_no_server_takes_are_told():
    assert "Before the @" in str(email_problem(plain_email("josé@ministry.example")))


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u200e", "\u2068"])
def test_nothing_unseen_is_part_of_an_address(sign):
    assert plain_email(f"{sign}na{sign}me@ministry.example{sign} ") == "name@ministry.example"
