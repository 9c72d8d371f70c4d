// What stands above and below the gallery: the runs in figures, their curves, their settings.
const overview = (() => {
  const last = (column) => (column && column.length > 0 ? column[column.length - 1] : null);
  const inOrder = (numbers) => [...numbers].sort((a, b) => a - b);

  // Of a run's classes in rising order; an empty one counts as 0, but not where there was no need of it.
  const confidences = (r) => inOrder(data.runs[r].cells.filter((cell) => cell || !data.ascent(r))
    .map((cell) => (cell ? cell[0] : 0)));

  // Over a run's classes as they are now.
  function figures(r) {
    const run = data.runs[r];
    const all = confidences(r);
    const half = all.length / 2;
    const median = all.length === 0 ? null
      : all.length % 2 === 1 ? all[Math.floor(half)] : (all[half - 1] + all[half]) / 2;
    return {
      median,
      mean: all.length === 0 ? null : all.reduce((sum, p) => sum + p, 0) / all.length,
      at99: all.filter((p) => p >= 0.99).length,
      at9999: all.filter((p) => p >= 0.9999).length,
      filled: run.cells.filter((cell) => cell).length,
      classes: all.length,
      evaluations: last(run.metrics.evaluations),
      seconds: last(run.metrics.seconds),
      generation: last(run.metrics.generation),
    };
  }

  function lead() {
    const first = data.runs[0];
    const shape = first.shape[0] > 0 ? ` of ${first.shape[1]} × ${first.shape[0]} pixels` : '';
    if (data.runs.length === 1) {
      return `Images${shape} that ${first.model} takes for one of ${say.plural(data.shown.length, 'class', 'classes')}: ` +
        `${data.what(0)}.`;
    }
    const models = [...new Set(data.runs.map((run) => run.model))];
    return `${say.plural(data.runs.length, 'run')} side by side, ${say.plural(data.shown.length, 'class', 'classes')}; ` +
      `${models.length === 1 ? 'network' : 'networks'} ${models.join(', ')}.`;
  }

  function runs() {
    const columns = [
      ['Median', (f) => say.confidence(f.median)], ['Mean', (f) => say.confidence(f.mean)],
      ['≥ .99', (f) => `${say.count(f.at99)} of ${say.count(f.classes)}`], ['≥ .9999', (f) => say.count(f.at9999)],
      ['Evaluations', (f) => say.count(f.evaluations)], ['Generation', (f) => (f.generation === null ? '–' : say.count(f.generation))],
      ['Time', (f) => (f.seconds === null ? '–' : say.duration(f.seconds))],
    ];
    const parts = [];
    if (data.runs.length === 1) {
      const f = figures(0);
      parts.push(make('dl', {class: 'figures'}, ...columns.map(([name, of]) =>
        make('div', {}, make('dt', {}, name), make('dd', {}, of(f))))));
    } else {
      const show = (r) => (event) => gallery.showRun(r, event.target.checked);
      parts.push(make('div', {class: 'wide', tabindex: '0', role: 'group', 'aria-label': 'Table of runs'},
        make('table', {class: 'runs'},
          make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, 'Run'), make('th', {scope: 'col'}, 'What'),
            ...columns.map(([name]) => make('th', {scope: 'col', class: 'number'}, name)))),
          make('tbody', {}, ...data.runs.map((run, r) => {
            const f = figures(r);
            return make('tr', {},
              make('th', {scope: 'row'}, make('label', {},
                make('input', {type: 'checkbox', checked: true, onchange: show(r),
                  'aria-label': `Show ${run.name} in the gallery`}), runMark(r), run.name)),
              make('td', {}, data.what(r)),
              ...columns.map(([, of]) => make('td', {class: 'number'}, of(f))));
          })))));
    }
    for (const run of data.runs) {
      const of = data.runs.length > 1 ? `${run.name}: ` : '';
      if (run.state !== 'complete') parts.push(make('p', {class: 'notice'}, `${of}${run.state}.`));
      if (run.notes.length > 0) {
        parts.push(make('details', {class: 'notes'},
          make('summary', {}, `${of}${say.plural(run.notes.length, 'note')} on what is missing or special`),
          make('ul', {}, ...run.notes.map((note) => make('li', {}, note)))));
      }
    }
    return parts;
  }

  const chosen = (run, key, x, y) => {
    // Without the lines that lack either.
    const xs = run.metrics[x] ?? [], ys = run.metrics[key] ?? [];
    const places = [...xs.keys()].filter((i) => xs[i] !== null && ys[i] !== null);
    return y === 'x' ? places.map((i) => xs[i]) : places.map((i) => ys[i]);
  };

  function charts(scale) {
    const x = 'equivalents';
    const curve = (r, key, more = {}) => {
      const run = data.runs[r];
      return {name: run.name, colour: runColour(r), x: chosen(run, key, x, 'x'), y: chosen(run, key, x, 'y'), ...more};
    };
    const each = (of) => data.runs.map((run, r) => of(r));
    const logged = data.runs.some((run) => (run.metrics.generation ?? []).length > 0);
    const gradients = data.runs.some((run) => last(run.metrics.equivalents) !== last(run.metrics.evaluations));
    const xName = gradients ? 'cost in evaluations' : 'evaluations';
    const sorted = (r) => {
      const run = data.runs[r];
      const y = confidences(r).reverse();
      return {name: run.name, colour: runColour(r), x: y.map((p, i) => i + 1), y};
    };
    const ends = (key) => data.runs.map((run) => {
      const ys = run.metrics[key] ?? [];
      return ys.length === 0 ? `${run.name}: nothing` : `${run.name}: from ${say.confidence(ys[0])} to ${say.confidence(last(ys))}`;
    }).join('; ');
    return [
      chart.legend(data.runs.map((run) => run.name)),
      !logged ? null : chart.draw({
        title: data.runs.length > 3 ? 'Median of the classes' : 'Median, and the middle 80 % of the classes', xName, scale,
        describe: `Median confidence over ${xName}. ${ends('median')}`,
        series: each((r) => curve(r, 'median', data.runs.length > 3 ? {}
          : {low: chosen(data.runs[r], 'p10', x, 'y'), high: chosen(data.runs[r], 'p90', x, 'y')})),
      }),
      !logged ? null : chart.draw({
        title: 'Classes at .99 or more; dashed: at .9999', xName, y: 'count', nameAlways: false,
        describe: `Number of classes with a confidence of at least .99, and of at least .9999, over ${xName}`,
        series: each((r) => [curve(r, 'at_least_99'),
          curve(r, 'at_least_9999', {dash: true, name: `${data.runs[r].name} at .9999`})]).flat(),
      }),
      chart.draw({
        title: 'Classes in order of their confidence', xName: 'classes', scale,
        describe: 'Confidence of each class, the highest first',
        series: each(sorted),
      }),
    ];
  }

  // Settings as dotted names.
  function leaves(json, prefix = '', into = new Map()) {
    for (const [key, value] of Object.entries(json ?? {})) {
      const name = prefix ? `${prefix}.${key}` : key;
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) leaves(value, name, into);
      else into.set(name, Array.isArray(value) ? value.join(', ') : String(value));
    }
    return into;
  }

  function table(maps) {
    const keys = [...new Set(maps.flatMap((map) => [...map.keys()]))];
    const differs = (key) => new Set(maps.map((map) => map.get(key))).size > 1;
    const rows = [...keys.filter(differs), ...keys.filter((key) => !differs(key))];
    return make('div', {class: 'wide', tabindex: '0', role: 'group', 'aria-label': 'Table of settings'},
      make('table', {class: 'settings'},
        data.runs.length < 2 ? null : make('thead', {}, make('tr', {}, make('th', {scope: 'col'}, 'Setting'),
          ...data.runs.map((run, r) => make('th', {scope: 'col'}, runMark(r), run.name)))),
        make('tbody', {}, ...rows.map((key) => make('tr', {class: differs(key) ? 'differs' : null},
          make('th', {scope: 'row'}, key), ...maps.map((map) => make('td', {}, map.get(key) ?? '–')))))));
  }

  function settings() {
    const facts = data.runs.map((run) => leaves({
      command: ['fool', ...run.command].join(' '), started: run.started, 'fool version': run.version,
      model: run.model, 'weights sha256': run.weights_sha256 || 'not known', host: run.host,
    }));
    const section = (title, maps, open) => make('details', {open: open ? true : null},
      make('summary', {}, title), table(maps));
    return [
      section('What was run, and where', facts, true),
      section('Configuration', data.runs.map((run) => leaves(run.config)), false),
      section('Fingerprint: everything that can change a bit of the result',
        data.runs.map((run) => leaves(run.fingerprint)), false),
      data.runs.length > 1 ? make('p', {class: 'hint'}, 'What differs between the runs stands first, in bold.') : null,
    ].filter((part) => part);
  }

  // Where half of the classes are crowded at one end, a linear scale shows nothing.
  const crowded = () => data.runs.some((run, r) => {
    const {median} = figures(r);
    return median !== null && (median > 0.97 || median < 0.1);
  });

  return {
    figures,
    show() {
      if (crowded()) document.getElementById('scale').value = 'logit';
      document.getElementById('lead').textContent = lead();
      document.getElementById('runs').append(...runs());
      document.getElementById('settings').append(...settings());
      document.getElementById('bottom').append(make('p', {},
        `Made by fool ${data.index.fool} on ${data.index.made.slice(0, 10)}. One file; nothing is loaded from elsewhere. ` +
        'After Nguyen, Yosinski and Clune, “Deep Neural Networks are Easily Fooled” (CVPR 2015).'));
      this.draw();
    },
    draw() {
      const place = document.getElementById('charts');
      place.replaceChildren(...charts(document.getElementById('scale').value).filter((part) => part));
    },
  };
})();
