"""The PDF of a submission, for its own State."""

from cooperation.responses import service


def test_a_state_prints_its_submission(filled):
    submission = filled.submit()

    with filled.reading("focal") as ctx:
        content = service.submission_pdf(ctx, submission.id)

    assert content.startswith(b"%PDF-1.7")
