from cooperation.responses import service
def test_it(filled, tmp_path):
    s = filled.submit()
    with filled.reading("focal") as ctx:
        pdf = service.submission_pdf(ctx, s.id)
    assert pdf.startswith(b"%PDF")
