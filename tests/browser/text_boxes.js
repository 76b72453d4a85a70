// Notes every text that a canvas is told to draw, with the corners of its box. Bokeh draws text on
// canvases, so this is how a test can see whether two texts overlap.
(() => {
  const drawn = new WeakMap()
  const {fillText, clearRect} = CanvasRenderingContext2D.prototype
  CanvasRenderingContext2D.prototype.clearRect = function (x, y, w, h) {
    if (w >= this.canvas.clientWidth - 2 && h >= this.canvas.clientHeight - 2) drawn.set(this.canvas, [])
    return clearRect.call(this, x, y, w, h)
  }
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
    const m = this.measureText(text), transform = this.getTransform()
    const left = x - m.actualBoundingBoxLeft, right = x + m.actualBoundingBoxRight
    const top = y - m.actualBoundingBoxAscent, bottom = y + m.actualBoundingBoxDescent
    const corners = [[left, top], [right, top], [right, bottom], [left, bottom]].map(([u, v]) => {
      const at = transform.transformPoint(new DOMPoint(u, v))
      return [at.x, at.y]
    })
    if (!drawn.has(this.canvas)) drawn.set(this.canvas, [])
    if (text.trim()) drawn.get(this.canvas).push({text, corners})
    return fillText.call(this, text, x, y, ...rest)
  }

  const GAP = 1.5 // pixels between two texts that are read as two
  // two convex shapes are apart if they are along the normal of some side (separating axes)
  const apart = (a, b) => [a, b].some(shape => shape.some(([x, y], i) => {
    const [u, v] = shape[(i + 1) % 4], length = Math.hypot(u - x, v - y) || 1
    const along = points => points.map(([p, q]) => (p * (v - y) - q * (u - x)) / length)
    const [A, B] = [along(a), along(b)]
    return Math.max(...A) + GAP <= Math.min(...B) || Math.max(...B) + GAP <= Math.min(...A)
  }))

  const canvases = root => [...root.querySelectorAll("*"), ...(root.shadowRoot?.querySelectorAll("*") ?? [])]
    .flatMap(each => each.tagName === "CANVAS" ? [each] : each.shadowRoot ? canvases(each) : [])

  const views = () => {
    const seen = new Set(), found = []
    const walk = view => {
      if (!view || seen.has(view)) return
      seen.add(view)
      if (view.model.type === "Plot") found.push(view)
      for (const child of view.child_views ?? []) walk(child)
    }
    for (const root of Bokeh.index.roots ?? Object.values(Bokeh.index)) walk(root)
    return found
  }

  window.plots = views

  // Whether the first row and column of pixels, which Bokeh never clears, are hidden.
  window.corners = () => views().map(view => ({
    hidden: getComputedStyle(view.el).clipPath.startsWith("inset(2px"),
  }))

  // Of every plot: its size on the page in pixels per unit, its texts, those that overlap or are cut.
  window.drawings = () => views().map(view => {
    const {x_range, y_range, renderers} = view.model, frame = view.frame.bbox
    // what lies behind points, such as a field, is not what the picture is about
    const glyphs = renderers.map((each) => each.glyph.type)
    const glyph = glyphs.includes("Scatter") && glyphs[0] === "Image" ? "Scatter" : glyphs[0] ?? ""
    const texts = canvases(view.el).flatMap(canvas =>
      (drawn.get(canvas) ?? []).map(each => ({...each, width: canvas.width, height: canvas.height})))
    const overlapping = texts.flatMap((each, i) => texts.slice(0, i)
      .filter(other => !apart(each.corners, other.corners))
      .map(other => [other.text, each.text]))
    const cut = texts.filter(({corners, width, height}) =>
      corners.some(([x, y]) => x < -1 || y < -1 || x > width + 1 || y > height + 1))
    return {
      glyph,
      bar: (view.model.right ?? []).some((each) => each.type === "ColorBar"), // of a heat map
      across: frame.width / Math.abs(x_range.end - x_range.start),
      up: frame.height / Math.abs(y_range.end - y_range.start),
      wide: Math.abs(x_range.end - x_range.start),
      linear: [view.model.x_scale.type, view.model.y_scale.type].every(t => t === "LinearScale"),
      rows: [...(view.model.left[0]?.major_label_overrides?.values() ?? [])].filter(name => name.trim()),
      texts: texts.map(each => each.text),
      overlapping,
      cut: cut.map(each => each.text),
    }
  })
})()
