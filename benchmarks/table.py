"""Write the results as Markdown into docs/BENCHMARKS.md and README.md, so that no figure is typed by hand."""

from pathlib import Path

from benchmarks import cluster, pointing, quality_tables, starts, sweeps, time_tables
from benchmarks.headlines import headlines
from benchmarks.keeping import Result, kept

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- written by: python -m benchmarks table --write -->", "<!-- end of the generated tables -->"


def tables(results: dict[str, Result]) -> str:
    """Return the tables of all benchmarks that were measured."""
    quality = results.get("quality", {})
    sections = (
        quality_tables.reconstruction(quality),
        quality_tables.denoising(quality, results.get("skips", {})),
        quality_tables.codes(quality),
        quality_tables.elbo(quality),
        time_tables.speed(results.get("speed", {})),
        time_tables.time_to_quality(results.get("quality_time", {})),
        time_tables.memory(results.get("memory", {})),
        time_tables.watching(results.get("watching", {})),
        starts.table(results.get("starts", {})),
        sweeps.table(results.get("sweeps", {})),
        pointing.table(results.get("pointing", {})),
        cluster.table(results.get("cluster", {})),
    )
    return "\n\n".join(section for section in sections if section)


def write() -> None:
    """Write the kept results into the two documents, between their marks."""
    results = kept()
    for path, text in ((ROOT / "docs" / "BENCHMARKS.md", tables(results)), (ROOT / "README.md", headlines(results))):
        before, rest = path.read_text(encoding="utf-8").split(BEGIN)
        path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
