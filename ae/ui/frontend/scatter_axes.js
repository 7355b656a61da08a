// The axes of a scatter plot, and round values along them.

const SCATTER_TICKS = 5; // about so many on each axis

export function scatterAxes(scatter, pen, style) {
  const { plot, view, axes } = scatter;
  const font = style.getPropertyValue("--st-font") || "sans-serif";
  const text = style.getPropertyValue("--st-text-color") || style.color;
  pen.fillStyle = text;
  pen.font = `${12 * scatter.scale}px ${font}`;
  const bottom = plot.top + plot.height;
  if (scatter.ticks) {
    pen.globalAlpha = 0.75;
    pen.textAlign = "center";
    pen.textBaseline = "top";
    for (const [value, name] of scatterTicks(view.left, view.right)) {
      pen.fillText(name, scatter.toPixels(value, 0)[0], bottom + 5);
    }
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const [value, name] of scatterTicks(view.bottom, view.top)) {
      pen.fillText(name, plot.left - 5, scatter.toPixels(0, value)[1]);
    }
  }
  pen.globalAlpha = 0.9;
  pen.font = `${13 * scatter.scale}px ${font}`;
  pen.textAlign = "center";
  pen.textBaseline = "bottom";
  pen.fillText(axes[0], plot.left + plot.width / 2, scatter.canvas.clientHeight - 1);
  pen.save();
  pen.translate(1, plot.top + plot.height / 2);
  pen.rotate(-Math.PI / 2);
  pen.textBaseline = "top";
  pen.fillText(axes[1], 0, 0);
  pen.restore();
  pen.globalAlpha = 1;
}

// Round values between two ends, about so many, with their names.
export function scatterTicks(low, high, count = SCATTER_TICKS) {
  const raw = (high - low) / count;
  if (!(raw > 0) || !Number.isFinite(raw)) return [];
  const decade = 10 ** Math.floor(Math.log10(raw));
  const step = decade * [1, 2, 5, 10].reduce((a, b) => (Math.abs(b * decade - raw) < Math.abs(a * decade - raw) ? b : a));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = [];
  for (let n = Math.ceil(low / step); n * step <= high; n++) {
    const value = n * step;
    const plain = Math.abs(value) < 1e5 && decimals <= 4;
    const name = plain ? value.toFixed(decimals) : value.toExponential(1);
    ticks.push([value, name.replaceAll("-", "−")]);
  }
  return ticks;
}
