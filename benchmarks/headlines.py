"""The README's small table of headline figures, each beside the figure that it is compared with."""

from benchmarks import published
from benchmarks.keeping import Result
from benchmarks.markdown import grouped, spread, table

Line = tuple[str, str, str]


def headlines(results: dict[str, Result]) -> str:
    """Return the table of the headline figures that were measured."""
    lines = [
        *quality(results.get("quality", {})),
        *speed(results.get("speed", {})),
        *time_to_quality(results.get("quality_time", {})),
    ]
    return table(("on MNIST", "here", "compared with"), lines) if lines else ""


def quality(found: Result) -> list[Line]:
    """Return lines on how well the presets reconstruct and denoise, and how well their codes separate the classes."""
    groups, lines = grouped(found.get("rows", [])), []
    for size in (2, 8, 30):
        if runs := groups.get(("best", size)):
            mse, source = published.PUBLISHED_MSE[size]
            mine = f"{spread(runs, 'test_mse', '{:.4f}')} (*best*, n = {len(runs)})"
            compared = f"{mse:.4f} ({source}); PCA {found['pca'][str(size)]:.4f}"
            lines.append((f"test MSE per pixel, bottleneck size {size}", mine, compared))
    if runs := groups.get(("best", 8)):
        knn, source = published.PUBLISHED_KNN[8]
        mine = f"{spread(runs, 'knn_accuracy', '{:.3f}')} (*best*, n = {len(runs)})"
        lines.append(("kNN accuracy of the codes, bottleneck size 8", mine, f"{knn:.3f} ({source})"))
    if runs := groups.get(("best-denoiser", 64)):
        at = [run["denoising"]["0.3"] for run in runs]
        noisy, (psnr, ssim) = found["filters"]["Noisy"]["0.3"], published.PUBLISHED_DENOISING[0.3]
        mine = f"{spread(at, 'psnr', '{:.1f}')} dB / {spread(at, 'ssim', '{:.3f}')} (*best-denoiser*, n = {len(runs)})"
        compared = f"{psnr} dB / {ssim} (best public checkpoint of the course lab); noisy {noisy['psnr']:.1f} dB"
        lines.append(("denoising, Gaussian σ 0.3: PSNR / SSIM", mine, compared))
    return lines


def speed(found: Result) -> list[Line]:
    """Return a line on the duration of an epoch of the lab's recipe."""
    if not (runners := found.get("seconds_an_epoch", {}).get("lab")):
        return []
    seconds = ", ".join(
        f"{one['median']:.2f} s in {name.removeprefix('ours, ')}"
        for name, one in runners.items()
        if name.startswith("ours")
    )
    loop = f"{runners['plain loop']['median']:.2f} s (a plain PyTorch loop)"
    return [("an epoch of the course lab's recipe", f"{seconds} (median of {found['n']})", loop)]


def time_to_quality(found: Result) -> list[Line]:
    """Return a line on the time to reach the lab's quality."""
    if not found:
        return []
    mine, loop = found["mean_seconds"]["fast"], found["mean_seconds"]["lab's loop"]
    what = f"training to a test MSE of {found['target']}, bottleneck size 8"
    return [
        (
            what,
            f"{mine:.1f} s (*fast*, n = {found['n']})",
            f"{loop:.0f} s (a plain PyTorch loop, the course lab's recipe)",
        )
    ]
