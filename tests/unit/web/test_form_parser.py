"""Forms as browsers send them, read as the standard says, within bounds."""

import random
from urllib.parse import parse_qsl, quote_plus

import pytest
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.test import EnvironBuilder

from cooperation.web.form_parser import FORM_PARTS, KEPT_BYTES, url_encoded_pairs
from cooperation.web.incoming import UPLOAD_BYTES, PlatformRequest


def read_multipart(body: str, most: int = KEPT_BYTES) -> PlatformRequest:
    builder = EnvironBuilder(
        method="POST", data=body.encode(), content_type="multipart/form-data; boundary=b"
    )
    sent = PlatformRequest(builder.get_environ())
    sent.max_content_length = most
    return sent


def part(head: str, content: str) -> str:
    return f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n"


@pytest.mark.parametrize(
    "body",
    [
        *("", "&", "a", "a=", "=a", "a=b=c", "a&a=1&&b", "a+b=c+d", "a%3Db=%26%25%2B", "%=%"),
        *("a=100%", "a=%4", "a=%zz&b=%41", "a=%0d%0a=%0D%0A", "a==3D=\n", "a=%3D41", "a= b "),
        *("a=" + quote_plus("Côte d’Ivoire, 中国, \U0001f600"), "ü=ü", "a=b;c=d"),
    ],
)
def test_a_form_reads_as_the_library_reads_it(body):
    assert url_encoded_pairs(body.encode()) == parse_qsl(body, keep_blank_values=True)


def test_any_bytes_read_as_the_library_reads_them():
    chance = random.Random(3)
    for _number in range(500):
        body = "".join(chance.choices("%=&+a4F\n\r \t_?.", k=chance.randrange(60)))

        assert url_encoded_pairs(body.encode()) == parse_qsl(body, keep_blank_values=True)


def test_what_is_no_text_is_shown_as_such():
    assert url_encoded_pairs(b"a=%ff%e4") == [("a", "\ufffd\ufffd")]


def test_a_thousand_fields_are_read_and_no_more():
    assert len(url_encoded_pairs(b"a=1&" * (FORM_PARTS - 1) + b"a=1")) == FORM_PARTS
    with pytest.raises(RequestEntityTooLarge):
        url_encoded_pairs(b"&" * FORM_PARTS)


def test_a_body_of_stray_percent_signs_is_refused():
    with pytest.raises(BadRequest):
        url_encoded_pairs(b"a=" + b"%" * 2000)


def test_a_part_whose_head_is_long_is_refused_before_it_is_read():
    first = part('name="a"', "1\r\n\r\n2")
    for head in (f'name="{"x" * 5000}"', 'name="b"; ' * 1000):
        with pytest.raises(RequestEntityTooLarge):
            read_multipart(first + part(head, "2") + "--b--").form  # noqa: B018 - asking is reading


def test_long_contents_and_ends_are_read():
    body = part('name="a"', "x" * 9000) + part('name="b"', "--\n\n--x") + "--b--\r\n" + "y" * 9000

    assert read_multipart(body).form.to_dict() == {"a": "x" * 9000, "b": "--\n\n--x"}


def test_names_of_files_hold_nothing_unseen():
    body = part('name="file"; filename="\u2068lo\u200bi e\u0301te\u0301.pdf\u2069"', "x") + "--b--"

    upload = read_multipart(body, UPLOAD_BYTES).files["file"]

    assert (upload.filename, upload.read()) == ("loi \u00e9t\u00e9.pdf", b"x")
