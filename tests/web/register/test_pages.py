import pytest

from cooperation.access.rules import Role

POST = {
    "kind": "embassy_the_hague",
    "place": "",
    "lines": "Embassy\nStreet 1",
    "email": "post@kenya.example",
    "is_of_record": "y",
}
SHEET = b"state,kind,place,email,of_record\nKEN,ministry,Nairobi,a@kenya.example,yes\n"


def add_post(visitor, **changes):
    page = visitor.get("/register/KEN/addresses/new")
    return visitor.submit(page, page.form(has="lines"), POST | changes)


def upload(visitor, content, name="addresses.csv"):
    page = visitor.get("/register/import")
    return visitor.submit(page, page.form(action="/import"), {"file": (name, content)})


def change_link(visitor):
    page = visitor.get("/register/KEN")
    return next(link for link in page.links if "/addresses/" in link and "new" not in link)


def test_list_counts_parties_for_a_day_and_shows_what_to_watch(visitor):
    today = visitor.get("/register")
    earlier = visitor.get("/register?day=2023-12-04")

    assert today.status == earlier.status == 200
    assert "States Parties 125" in today.text
    assert "States Parties 123" in earlier.text
    assert "Withdrawal announced" in today.text
    assert "/register/KEN" in today.links


@pytest.mark.parametrize("day", ["yesterday", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_impossible_day_is_refused_with_a_sentence(visitor, day):
    page = visitor.get(f"/register?day={day}")

    assert page.status == 422
    assert "There is a problem" in page.text


def test_state_shows_names_history_and_warning(visitor):
    mali, hungary = visitor.get("/register/MLI"), visitor.get("/register/HUN")
    burundi = visitor.get("/register/BDI")

    assert "Mali" in mali.text
    assert "before the next note verbale goes out" in mali.text
    assert "Notice of withdrawal revoked" in hungary.text
    assert "before the next note verbale goes out" not in hungary.text
    assert "Not a State Party today" in burundi.text


@pytest.mark.parametrize("path", ["/register/XXX", "/register/ken", "/register/ABCDEFGHIJ"])
def test_unknown_state_is_not_found(visitor, path):
    assert visitor.get(path).status == 404


def test_officer_adds_changes_and_deletes_a_post(visitor):
    added = add_post(visitor)
    assert "The post was saved." in added.text
    assert "post@kenya.example" in added.text
    assert "Address of record" in added.text

    page = visitor.get(change_link(visitor))
    form = page.form(has="lines")
    assert form.fields["lines"] == ["Embassy\nStreet 1"]
    assert form.fields["place"] == ["The Hague"]
    changed = visitor.submit(page, form, {"email": "new@kenya.example"})
    assert "new@kenya.example" in changed.text

    page = visitor.get(change_link(visitor))
    deleted = visitor.submit(page, page.form(action="/delete"))
    assert "The post was deleted." in deleted.text
    assert "No post is known" in deleted.text


def test_a_post_keeps_its_language_through_changes_and_imports(visitor):
    add_post(visitor, language="ar-x-pseudo")

    page = visitor.get(change_link(visitor))
    assert page.form(has="lines").fields["language"] == ["ar-x-pseudo"]
    visitor.submit(page, page.form(has="lines"), {"email": "new@kenya.example"})
    preview = upload(visitor, SHEET.replace(b"ministry,Nairobi", b"embassy_the_hague,"))
    visitor.submit(preview, preview.form(action=preview.path))

    page = visitor.get(change_link(visitor))
    assert page.form(has="lines").fields["email"] == ["a@kenya.example"]
    assert page.form(has="lines").fields["language"] == ["ar-x-pseudo"]


def test_mistakes_come_back_at_their_fields_with_what_was_typed(visitor):
    page = add_post(visitor, email="nobody", kind="embassy_elsewhere")

    assert page.status == 422
    assert 'href="#email"' in page.html
    assert 'href="#place"' in page.html
    assert page.form(has="lines").fields["email"] == ["nobody"]


@pytest.mark.parametrize(
    "changes", [{"kind": "castle"}, {"version": "x"}, {"version": "99999999999999999999"}]
)
def test_malformed_form_is_refused(visitor, changes):
    assert add_post(visitor, **changes).status == 422


def test_two_officers_see_both_texts_and_lose_nothing(visitor):
    add_post(visitor)
    link = change_link(visitor)
    mine, theirs = visitor.get(link), visitor.get(link)
    visitor.submit(theirs, theirs.form(has="lines"), {"email": "theirs@kenya.example"})

    conflict = visitor.submit(mine, mine.form(has="lines"), {"email": "mine@kenya.example"})

    assert conflict.status == 409
    assert "theirs@kenya.example" in conflict.text
    assert conflict.form(has="lines").fields["email"] == ["mine@kenya.example"]
    saved = visitor.submit(conflict, conflict.form(has="lines"))
    assert "mine@kenya.example" in saved.text


def test_import_is_previewed_then_applied_exactly(visitor):
    preview = upload(visitor, SHEET)
    assert preview.status == 200
    assert "a@kenya.example" in preview.text
    assert "After this import 1 of 125 States Parties have an address." in preview.text
    assert "124 States Parties have no address" in preview.text
    assert "No post is known" in visitor.get("/register/KEN").text

    done = visitor.submit(preview, preview.form(action="/import/"))
    assert "One post was imported." in done.text or "1 post was imported." in done.text
    assert "a@kenya.example" in visitor.get("/register/KEN").text


def test_file_with_an_error_shows_rows_and_lines_and_imports_nothing(visitor):
    page = upload(visitor, SHEET + b"XXX,ministry,,,\nFRA,castle,,,\n")

    assert page.status == 422
    assert "Line 3:" in page.text
    assert "Line 4:" in page.text
    assert "a@kenya.example" in page.text
    assert "Import exactly this" not in page.text
    assert "No post is known" in visitor.get("/register/KEN").text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not empty"),
        (b"PK\x03\x04\x00\x00", "not a CSV file"),
        ("state,kind\nKEN,ministère\n".encode("latin-1"), "not in UTF-8"),
        (b"state,kind\n" + b"KEN,ministry\n" * 90_000, "larger than 1 MB"),
        (b"name,address\nKenya,Nairobi\n", "not known"),
    ],
)
def test_file_that_is_none_is_refused_with_a_sentence(visitor, content, sentence):
    page = upload(visitor, content)

    assert page.status == 422
    assert sentence in page.text
    assert page.form(action="/import")


def test_upload_without_a_file_is_refused_with_a_sentence(visitor):
    page = visitor.get("/register/import")

    for changes in ({}, {"file": "text instead of a file"}):
        refused = visitor.submit(page, page.form(action="/import"), changes)

        assert refused.status in {422}


def test_import_of_another_officer_is_not_found(world, visitor):
    preview = upload(visitor, SHEET)

    assert world.visitor_as(Role.OFFICER, number=2).get(preview.path).status == 404


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.OFFICER, Role.HEAD}])
@pytest.mark.parametrize("path", ["/register", "/register/KEN", "/register/import"])
def test_others_do_not_enter_the_register(world, role, path):
    assert world.visitor_as(role).get(path).status == 403
