"""docs/FINDINGS.md and its figures are those of the results that are kept."""

from ae.plots import findings_file
from ae.plots.findings_shape import alt
from ae.runs.findings import keeping
from ae.runs.findings.questions import QUESTIONS


def test_the_document_is_written_from_the_kept_results():
    assert (findings_file.DOCS / "FINDINGS.md").read_text(encoding="utf-8") == findings_file.text()


def test_every_kept_result_answers_its_question_with_its_own_seeds_and_has_its_figure():
    files = {path.stem for path in keeping.KEPT.glob("*.json")}
    assert files <= set(QUESTIONS)
    for name in files:
        question, finding = QUESTIONS[name], keeping.kept(QUESTIONS[name])
        assert (finding.dataset, finding.seeds) == question.scope
        assert finding.runs == sum(part.grid.count for part in question.parts(question.scope))
        assert (keeping.KEPT / f"{name}.json").stat().st_size < 20_000
        picture = (findings_file.DOCS / findings_file.PICTURES / f"{name}.svg").read_text(encoding="utf-8")
        titles = [panel.title for panel in question.panels(finding.rows)]
        assert all(title.replace("'", "") in picture.replace("'", "") for title in titles)
        assert alt(question.panels(finding.rows)[0])
