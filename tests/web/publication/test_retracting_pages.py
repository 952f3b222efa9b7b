"""Taking back on screen: what will happen, who proposed, and what State and readers see after."""

PLACE = "/publication/2026/retract/AF01/A-07"


def propose(pages, person="officer"):
    visitor = pages.visitor(person)
    page = visitor.get(PLACE)
    assert "Readable since" in page.text
    return visitor.submit(page, page.form(has="reason"), {"reason": "It names a person."})


def test_officer_reaches_it_from_the_published_answer(published):
    page = published.visitor("officer").get("/published/2026/states/AF01")
    assert PLACE in page.links

    other = published.visitor("other_focal").get("/published/2026/states/AF01")
    assert PLACE not in other.links


def test_officer_proposes_head_takes_back_and_everybody_sees_it(published):
    page = propose(published)
    assert "You proposed this" in page.text

    head = published.visitor("head")
    assert "Taking back A-07 of AF01" in head.get("/").text
    page = head.get(page.path)
    assert "It names a person." in page.text
    page = head.submit(page, page.form(action="/approve"))
    assert "Taken back. The State is told" in page.text

    reader = published.visitor("other_focal").get("/published/2026/states/AF01")
    assert "it had been published in error" in reader.text
    assert "It names a person." not in reader.text
    state = published.visitor("focal").get("/our-answers/2026")
    assert "The Secretariat has taken back 1 published answer" in state.text
    assert "It names a person." in state.text
    assert "Release the chosen answers" in state.text


def test_proposal_without_a_reason_comes_back(published):
    visitor = published.visitor("officer")
    page = visitor.get(PLACE)

    page = visitor.submit(page, page.form(has="reason"), {"reason": " "})

    assert page.status == 422
    assert "Say what the error was" in page.text
