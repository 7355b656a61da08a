// The curves respond: the values under the pointer, and names that hide their curves.
if (document.getElementById("chart")) respond(document.getElementById("chart"))

function respond(figure) {
  const svg = figure.querySelector("svg")
  const output = figure.querySelector("output")
  const data = JSON.parse(document.getElementById("curves").textContent)
  const hidden = new Set()
  const rule = document.createElementNS("http://www.w3.org/2000/svg", "path")
  rule.setAttribute("stroke", "#8d93a1")
  svg.append(rule)

  function leave() {
    output.textContent = ""
    rule.removeAttribute("d")
  }

  function point(event) {
    const box = svg.getBoundingClientRect()
    const { low, high, start, end } = data.x
    const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width
    const epochs = data.curves.flatMap((curve, i) => (hidden.has(i) ? [] : curve.points.map((each) => each[0])))
    if (!epochs.length || x < start - 10 || x > end + 10) return leave()
    const wanted = low + ((x - start) / (end - start)) * (high - low)
    const epoch = epochs.reduce((best, each) => (Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best))
    const place = start + ((epoch - low) / (high - low)) * (end - start)
    rule.setAttribute("d", `M${place} ${data.top}V${data.y.start}`)
    output.replaceChildren(`Epoch ${epoch}`)
    data.curves.forEach((curve, i) => {
      const found = hidden.has(i) ? undefined : curve.points.find((each) => each[0] === epoch)
      if (!found) return
      const name = document.createElement("span")
      name.style.color = curve.colour
      name.textContent = "● "
      output.append("\n", name, `${curve.name}  ${found[1].toPrecision(4)}`)
    })
    const left = (place / svg.viewBox.baseVal.width) * box.width
    const flip = left > box.width / 2
    output.style.left = flip ? "auto" : `${left + 12}px`
    output.style.right = flip ? `${box.width - left + 12}px` : "auto"
  }

  function toggle(i) {
    hidden.has(i) ? hidden.delete(i) : hidden.add(i)
    for (const part of svg.querySelectorAll(`.curve-${i}`)) part.classList.toggle("off", hidden.has(i))
    leave()
  }

  svg.addEventListener("pointermove", point)
  svg.addEventListener("pointerleave", leave)
  svg.querySelectorAll("text[class^='curve-']").forEach((name) => {
    const i = Number(name.classList[0].slice(6))
    name.setAttribute("tabindex", "0")
    name.setAttribute("role", "switch")
    name.setAttribute("aria-checked", "true")
    const press = () => {
      toggle(i)
      name.setAttribute("aria-checked", String(!hidden.has(i)))
    }
    name.addEventListener("click", press)
    name.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault()
        press()
      }
    })
  })
}
