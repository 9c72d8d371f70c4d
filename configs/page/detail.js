// One class in full: its images, how they came about, and what they are made of.
const detail = (() => {
  const dialog = document.getElementById('detail');
  let now = null;  // {k, place}

  // The runs that have evolved an image for the class.
  const held = (k) => data.runs.map((run, r) => r).filter((r) => data.cell(r, k) && !data.ascent(r));

  // How many iterations an ascent took to be so sure.
  function ascentFacts(r, k, cell) {
    const more = data.more(r, k);
    const to = (key) => (more[`iteration_to_${key}`] === undefined ? 'never' : say.count(more[`iteration_to_${key}`]));
    return list([
      ['Confidence', say.exactly(cell.confidence)],
      ['Iteration', `${say.count(cell.generation)} of ${say.count(more.iterations)}${more.complete ? '' : ', interrupted'}`],
      ['Iterations to first choice, .9, .99, .9999', ['majority', '90', '99', '9999'].map(to).join(', ')],
      ['From the start, from the mean colour', `${say.count(more.distance)}, ${say.count(more.norm)} levels`],
      ['Start', String(more.start)],
    ].concat(more.gradient ? [['Gradient', more.gradient]] : []));
  }

  const list = (rows) => make('dl', {class: 'facts'}, ...rows.map(([name, value]) =>
    make('div', {}, make('dt', {}, name), make('dd', {}, value))));

  function facts(r, k, cell) {
    if (data.ascent(r)) return ascentFacts(r, k, cell);
    const more = data.more(r, k);
    const reached = (i) => (more.to[i] === 0 ? 'not yet' : say.count(more.to[i]));
    const rows = [
      ['Confidence', say.exactly(cell.confidence)],
      ['Made in', say.generation(cell.generation)],
      ['Evaluation', say.count(cell.item + 1)],
      ['Champions so far', say.count(more.replacements)],
      ['Evaluations to .5, .9, .99', more.to[0] === 0 ? 'not yet' : [0, 1, 2].map(reached).join(', ')],
      ['Item', `${cell.item}, child of ${more.parents.length > 0 ? more.parents.join(' and ') : 'nobody'}`],
    ];
    return list(rows);
  }

  function portrait(r, k) {
    const cell = data.cell(r, k);
    const name = data.runs.length > 1 ? make('h3', {}, runMark(r), data.runs[r].name) : null;
    return make('section', {class: `portrait ${runColour(r)}`, 'aria-label': data.runs[r].name}, name,
      make('div', {class: 'large'}, champion(r, k, cell)), cell ? facts(r, k, cell) : null);
  }

  function history(k) {
    const series = held(k).map((r) => {
      const steps = data.more(r, k).history;
      const evaluations = data.runs[r].metrics.evaluations ?? [];
      return {name: data.runs[r].name, colour: runColour(r), step: true,
        until: evaluations[evaluations.length - 1] ?? 0,
        x: steps.map((step) => step[1] + 1), y: steps.map((step) => step[2])};
    });
    const words = series.filter((s) => s.y.length > 0).map((s) =>
      `${s.name}: ${s.y.length} steps from ${say.confidence(s.y[0])} to ${say.confidence(s.y[s.y.length - 1])}`);
    return chart.draw({
      title: 'Confidence of the best image so far', xName: 'evaluations', series, size: window.innerWidth < 700 ? 'narrow' : 'wide',
      until: Math.max(...series.map((s) => s.until)),
      scale: document.getElementById('scale').value,
      describe: `How the confidence of ${data.label(k)} grew. ${words.join('; ')}`,
    });
  }

  // From the first ancestor to the champion, one step after the other.
  function lineage(r, k) {
    const cell = data.cell(r, k);
    const {items, drawn} = data.line(r, cell.item);
    const own = new Map(data.more(r, k).history.map((step) => [step[1], step[2]]));
    const steps = items.map((item, i) => {
      const logged = data.logged(r, item);
      const last = i === items.length - 1;
      const source = last && cell.pictured ? data.image(r, item) : drawn ? data.ancestor(r, item) : null;
      const here = last ? cell.confidence : own.get(item);
      const role = here !== undefined ? ['this class', say.confidence(here)]
        : logged && logged.best !== undefined ? [`as ${data.label(logged.best)}`, say.confidence(logged.confidence)] : [];
      const when = logged ? (logged.generation < 0 ? 'initial' : `gen. ${logged.generation}`) : `item ${item}`;
      return {item, logged, last, source, role, when, here};
    });
    const small = data.runs[r].shape[0] < 100;
    const strip = make('ol', {class: 'line'}, ...steps.filter((step) => step.source).map((step) =>
      make('li', {class: step.here !== undefined ? 'own' : null},
        make('img', {src: step.source, class: small ? 'pixels' : null, width: 72, height: 72,
          alt: `Item ${step.item}, ${step.when}${step.role.length > 0 ? `: ${step.role.join(', ')}` : ''}`}),
        make('span', {class: 'when'}, step.when), ...step.role.map((word) => make('span', {}, word)))));
    const whole = steps[0].logged ? steps[0].logged.parents.length === 0 : false;
    const others = new Set(steps.map((step) => step.logged?.best).filter((best) => best !== undefined && best !== k));
    const two = steps.some((step) => step.logged && step.logged.parents.length > 1);
    return make('section', {'aria-label': 'Ancestors'},
      make('h3', {}, 'Ancestors'),
      make('p', {class: 'facts'},
        items.length === 1
          ? (whole ? 'It is one of the random images that the run began with.'
            : 'Its parent was never the best for a class, so the log does not know it.')
          : `${say.plural(items.length, 'image')} from ${whole ? 'the first random one' : 'the earliest that the log knows'} to this one` +
        (others.size > 0 ? `; on the way the best for ${say.plural(others.size, 'other class', 'other classes')}` : '') + '.' +
        (two ? ' Along the first of two parents.' : '') +
        (drawn || items.length === 1 ? '' : ' Their pictures are not stored and cannot be drawn again.')),
      strip.children.length > 1
        ? make('div', {class: 'wide', tabindex: '0', role: 'group', 'aria-label': 'Ancestors, scrolls sideways'}, strip) : null,
      make('details', {}, make('summary', {}, 'All of them as a table'),
        make('table', {},
          make('thead', {}, make('tr', {}, ...['Generation', 'Item', 'Parents', 'Classes taken', 'Best for', 'Confidence there', 'Confidence here']
            .map((name) => make('th', {scope: 'col'}, name)))),
          make('tbody', {}, ...steps.map((step) => make('tr', {},
            make('td', {class: 'number'}, step.logged ? (step.logged.generation < 0 ? 'initial' : step.logged.generation) : '–'),
            make('td', {class: 'number'}, step.item),
            make('td', {class: 'number'}, step.logged ? step.logged.parents.join(' ') || '–' : '–'),
            make('td', {class: 'number'}, step.logged ? step.logged.cells : '–'),
            make('td', {}, step.logged?.best !== undefined ? `${step.logged.best} ${data.label(step.logged.best)}` : '–'),
            make('td', {class: 'number'}, step.logged?.best !== undefined ? say.confidence(step.logged.confidence) : '–'),
            make('td', {class: 'number'}, step.here !== undefined ? say.confidence(step.here) : '–')))))));
  }

  function genome(r, k) {
    const run = data.runs[r];
    const cell = data.cell(r, k);
    const json = data.genome(r, cell.item);
    const section = make('section', {'aria-label': 'Genome'}, make('h3', {}, 'Genome'));
    if (!json || json.too_long) {
      section.append(make('p', {class: 'facts'}, json
        ? `${say.count(json.too_long)} characters, too long for a page; fool render IMAGE --json prints it.`
        : 'It is not stored yet.'));
      return section;
    }
    if (json.nodes && json.edges) {
      section.append(graph.draw(run, json));
    } else {
      const shape = Object.entries(json).filter(([, value]) => typeof value !== 'string' || value.length < 60);
      section.append(make('p', {class: 'facts'},
        shape.map(([key, value]) => `${key} ${Array.isArray(value) ? value.join(' × ') : value}`).join(', ') + '; the numbers are packed.'));
    }
    const whole = JSON.stringify({shape: run.shape, encoding: run.config.encoding, genome: json});
    const name = `${String(k).padStart(4, '0')}.json`;
    section.append(make('details', {}, make('summary', {}, 'As JSON'),
      make('p', {class: 'facts'},
        make('a', {download: name, href: 'data:application/json;charset=utf-8,' + encodeURIComponent(whole)}, `Save as ${name}`),
        ` for “fool render ${name} --size 1024”`),
      make('pre', {tabindex: '0'}, JSON.stringify(json, null, 1).replace(/\n {2,}/g, ' ').replace(/\n \]/g, ' ]'))));
    return section;
  }

  // Lineage and genome of one run; a choice of runs above where there are several.
  function inside(k) {
    const place = make('div', {class: 'inside'});
    const runs = held(k);
    const show = (r) => place.replaceChildren(lineage(r, k), genome(r, k));
    if (runs.length === 0) {
      return make('p', {class: 'facts'}, data.runs.some((run, r) => data.cell(r, k))
        ? 'Gradient ascent changes pixels: there is no genome, and no ancestors.'
        : 'No run has an image for this class yet.');
    }
    show(runs[0]);
    if (runs.length === 1) return place;
    return make('div', {}, make('fieldset', {class: 'which'},
      make('legend', {}, 'Ancestors and genome of'),
      ...runs.map((r) => make('label', {},
        make('input', {type: 'radio', name: 'which', checked: r === runs[0], onchange: () => show(r)}),
        runMark(r), data.runs[r].name))), place);
  }

  function step(by) {
    const next = now && gallery.beside(now.place, by);
    if (next) open(next.k, next.place);
  }

  function open(k, place) {
    now = {k, place};
    const to = (by, name, sign) => make('button', {
      type: 'button', class: 'plain', 'aria-label': name, disabled: !gallery.beside(place, by), onclick: () => step(by),
    }, sign);
    dialog.replaceChildren(
      make('header', {},
        make('div', {}, make('p', {class: 'kind'}, data.label(k) === String(k) ? 'Class' : `Class ${k}`), make('h2', {id: 'detail-title', tabindex: '-1'}, data.label(k))),
        make('div', {class: 'moves'}, to(-1, 'Previous class', '←'), to(1, 'Next class', '→'),
          make('button', {type: 'button', class: 'plain', 'aria-label': 'Close', onclick: () => dialog.close()}, '✕'))),
      make('div', {class: 'body'},
        make('div', {class: data.runs.length > 1 ? 'portraits several' : 'portraits'}, ...data.runs.map((run, r) => portrait(r, k))),
        held(k).length === 0 ? null : make('section', {class: 'growth', 'aria-label': 'History'},
          make('h3', {}, 'History'), chart.legend(data.runs.map((run) => run.name)), history(k)),
        inside(k)));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    document.getElementById('detail-title').focus();
    window.history.replaceState(null, '', `#class-${k}`);
  }

  dialog.addEventListener('keydown', (event) => {
    const busy = event.target.closest('input, select, textarea, .wide');
    if (busy || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowRight') step(1);
    else if (event.key === 'ArrowLeft') step(-1);
    else return;
    event.preventDefault();
  });
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener('close', () => {
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
    if (now) gallery.focus(now.place);
    now = null;
  });

  return {open};
})();
