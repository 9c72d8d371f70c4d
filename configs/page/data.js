// What the page knows: blocks of JSON and base64 in <script> elements, read when they are needed.
const data = (() => {
  const text = (id) => document.getElementById(id)?.textContent ?? null;
  const kept = new Map();
  const json = (id) => {
    if (!kept.has(id)) {
      const found = text(id);
      kept.set(id, found === null ? null : JSON.parse(found));
    }
    return kept.get(id);
  };
  const index = json('index');
  const runs = index.runs;
  const classes = Math.max(...runs.map((run) => run.cells.length));
  const picture = (id) => {
    const found = text(id);
    return found === null ? null : 'data:image/png;base64,' + found;
  };

  return {
    index, runs, classes,
    // Its name, where some run knows one.
    label(k) {
      const names = runs.map((run) => run.labels[k]).filter((name) => name);
      return names.find((name) => name !== String(k)) ?? String(k);
    },
    // The class numbers of the page; an ascent makes images for some classes only.
    shown: [...Array(classes).keys()].filter((k) =>
      runs.every((run) => run.kind === 'evolve') || runs.some((run) => run.cells[k])),
    ascent: (r) => runs[r].kind === 'ascend',
    what: (r) => {
      const {encoding, search, ascend, seed} = runs[r].config;
      return encoding ? `${encoding.type}, ${search.type}, ${runs[r].model}, seed ${seed}`
        : `gradient ascent (${Object.keys(ascend.settings ?? {}).join(', ')}), ${runs[r].model}, seed ${seed}`;
    },
    // The champion of class k in run r, or null.
    cell(r, k) {
      const cell = runs[r].cells[k];
      return cell ? {confidence: cell[0], generation: cell[1], item: cell[2], pictured: cell[3] === 1} : null;
    },
    more: (r, k) => json(`cell-${r}-${k}`),
    line: (r, item) => json(`line-${r}-${item}`),
    genome: (r, item) => json(`genome-${r}-${item}`),
    logged(r, item) {
      const found = json(`items-${r}`)?.[item];
      return found
        ? {generation: found[0], parents: found[1], cells: found[2], best: found[3], confidence: found[4]}
        : null;
    },
    image: (r, item) => picture(`image-${r}-${item}`),
    ancestor: (r, item) => picture(`small-${r}-${item}`) ?? picture(`image-${r}-${item}`),
  };
})();

// Numbers for people.
const say = (() => {
  const grouped = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
  // Cut and not rounded, since .99997 is not 1.
  const cut = (p, digits) => (Math.floor(p * 10 ** digits + 1e-9) / 10 ** digits).toFixed(digits);
  return {
    count: (n) => (n === null || n === undefined ? '–' : grouped.format(n)),
    confidence(p) {
      if (p === null || p === undefined) return '–';
      if (p > 0 && p < 0.001) return p.toExponential(1).replace('e-', 'e−');
      return cut(p, 4);
    },
    exactly: (p) => String(p),
    generation: (g) => (g < 0 ? 'initial population' : `generation ${g}`),
    duration(seconds) {
      const s = Math.round(seconds);
      if (s < 60) return `${s} s`;
      if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
      return `${Math.floor(s / 3600)} h ${Math.floor(s / 60) % 60} min`;
    },
    plural: (n, word, words = word + 's') => `${grouped.format(n)} ${n === 1 ? word : words}`,
  };
})();

// An element: make('p', {class: 'x'}, 'text', child, ...). Texts are texts, never HTML.
function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}
function makeSvg(name, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}
function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// The colour of a run, as a class that the styles know.
const runColour = (r) => `run-${r % 8}`;
const runMark = (r) => make('span', {class: `mark ${runColour(r)}`, 'aria-hidden': 'true'});

// A picture of a champion, or the place of one.
function champion(r, k, cell, attributes = {}) {
  const source = cell && cell.pictured ? data.image(r, cell.item) : null;
  const of = data.runs.length > 1 ? `, run ${data.runs[r].name}` : '';
  if (!source) {
    return make('span', {class: 'no-picture', role: 'img', 'aria-label': `No picture for ${data.label(k)}${of}`},
      cell ? 'no picture yet' : 'no champion');
  }
  const [height, width] = data.runs[r].shape;
  return make('img', {
    src: source, width, height, class: Math.max(width, height) < 100 ? 'pixels' : null,
    alt: `Image that the network takes for ${data.label(k)}, confidence ${say.confidence(cell.confidence)}${of}`,
    ...attributes,
  });
}
