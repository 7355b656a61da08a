// Many runs of a sweep in groups: a thin line for each run, a thick one for each group's mean, and a line of text for
// each run, with a button to stop it, instead of a row of images.
import { make, setText } from "./elements.js";

// Add the lines and the rows to a sweep's view, and return its groups. Each has its runs, those of the view, and
// update(mean), which shows how far it is, and its mean curve [xs, ys] if that is new.
export function addGroups(view, lines) {
  const { about, curve, root } = view;
  const groups = about.groups.map((name, i) => ({ id: `group-${i}`, name, runs: [] }));
  const colours = groups.map((_, i) => lines.find((line) => line.group === i).colour);
  curve.setSeries([
    ...lines.map((line) => ({
      ...line,
      of: groups[line.group].id,
      width: 1,
      faint: true,
      colour: `color-mix(in srgb, ${line.colour} 38%, transparent)`,
    })),
    ...groups.map(({ id, name }, i) => ({ id, name, colour: colours[i], width: 3, x: [], y: [] })),
  ]);
  make(root, "div", "sweep-note", "Thick lines are means, thin ones the runs.");
  const list = make(root, "div", "sweep-groups");
  groups.forEach((group, i) => {
    const head = make(list, "div", "sweep-group");
    make(head, "i", "sweep-dot").style.background = colours[i];
    make(head, "strong", "", group.name);
    const words = make(head, "span", "sweep-state");
    group.rows = make(list, "div", "sweep-list");
    group.update = (mean) => {
      const finished = group.runs.filter((run) => run.words === "Finished").length;
      const losses = group.runs.map((run) => run.loss).filter((loss) => loss !== null);
      const loss = losses.length ? ` · mean loss ${(losses.reduce((a, b) => a + b) / losses.length).toPrecision(3)}` : "";
      setText(words, `${finished} of ${group.runs.length} finished${loss}`);
      if (mean) curve.replace(group.id, ...mean);
    };
  });
  view.strips = [];
  view.runs = about.runs.map((run) => {
    const added = addLine(groups[run.group].rows, run, view);
    groups[run.group].runs.push(added);
    return added;
  });
  return groups;
}

function addLine(parent, { id, name }, view) {
  const row = make(parent, "div", "sweep-line");
  const open = make(row, "button", "sweep-name", name);
  open.type = "button";
  open.title = `Show ${name} alone`;
  open.onclick = () => view.send("open", id);
  const state = make(row, "span", "sweep-state");
  const end = make(row, "button", "sweep-end");
  end.type = "button";
  end.onclick = () => {
    end.disabled = true;
    view.send("end", id);
  };
  return { id, name, state, end, last: -1, written: 0, loss: null, words: "" };
}

// The mean of the runs' curves, at every epoch that one of them has: the epochs, and the means of those that have it.
export function meanCurve(curve, runs) {
  const sums = new Map();
  for (const { id } of runs) {
    const { x, y } = curve.series.get(id);
    x.forEach((epoch, i) => {
      if (!Number.isFinite(y[i])) return;
      const [sum, count] = sums.get(epoch) ?? [0, 0];
      sums.set(epoch, [sum + y[i], count + 1]);
    });
  }
  const xs = [...sums.keys()].sort((a, b) => a - b);
  return [xs, xs.map((epoch) => sums.get(epoch)[0] / sums.get(epoch)[1])];
}
