// Curves as inline SVG: steps, lines and bands over a shared axis, with a reading under the pointer.
const chart = (() => {
  const sizes = {
    narrow: {width: 400, height: 240, left: 66, right: 20, top: 12, bottom: 42},
    wide: {width: 760, height: 280, left: 68, right: 22, top: 12, bottom: 44},
  };
  const logit = (p) => {
    const kept = Math.min(Math.max(p, 1e-7), 1 - 1e-7);
    return Math.log10(kept / (1 - kept));
  };
  const trim = (p) => String(p).replace(/^0\./, '.');

  // Confidence scales: where a value is between 0 and 1, and which values are marked.
  const scales = {
    linear: (values) => ({
      at: (p) => p,
      ticks: [0, 0.25, 0.5, 0.75, 1].map((p) => [p, trim(p)]),
    }),
    logit(values) {
      const known = values.filter((p) => p !== null);
      const low = Math.floor(logit(Math.min(0.5, ...known)));
      const high = Math.max(Math.ceil(logit(Math.max(0.5, ...known))), low + 1);
      const ticks = [];
      for (let e = low; e <= high; ++e) {
        const shown = e < 0 ? 10 ** e : e === 0 ? 0.5 : 1 - 10 ** -e;
        const word = e < -3 ? `1e−${-e}` : e > 4 ? `1−1e−${e}` : trim(e <= 0 ? shown : shown.toFixed(e));
        if (high - low < 9 || e % 2 === 0) ticks.push([shown, word]);
      }
      return {at: (p) => (logit(p) - low) / (high - low), ticks};
    },
  };

  // Values for an axis from 0: round ones, about `wanted` of them.
  function roundTicks(most, wanted) {
    const rough = most / wanted;
    const power = 10 ** Math.floor(Math.log10(rough || 1));
    const step = Math.max(1, [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough) ?? power);
    const ticks = [];
    for (let v = 0; v <= most * 1.0001; v += step) ticks.push(v);
    return ticks;
  }
  const short = (n) =>
    n >= 1e6 ? `${+(n / 1e6).toFixed(1)}M` : n >= 1e4 ? `${+(n / 1e3).toFixed(0)}k` : say.count(n);

  // options: {title, describe, xName, y: 'count' or else confidence, scale, series, size, until}
  // a series: {name, colour, x: [], y: [], low: [], high: [], dash, step, until}: steps go on to there
  function draw(options) {
    const {width, height, left, right, top, bottom} = sizes[options.size ?? 'narrow'];
    const series = options.series.filter((s) => s.x.length > 0);
    const figure = make('figure', {class: 'chart'}, make('figcaption', {}, options.title));
    if (series.length === 0) {
      figure.append(make('p', {class: 'empty'}, 'Nothing is logged for this.'));
      return figure;
    }
    const all = series.flatMap((s) => [...s.y, ...(s.low ?? []), ...(s.high ?? [])]);
    const mostX = Math.max(...series.map((s) => s.x[s.x.length - 1]), options.until ?? 0, 1);
    const isCount = options.y === 'count';
    const mostY = isCount ? Math.max(...all, 1) : 1;
    const scale = isCount
      ? {at: (v) => v / mostY, ticks: roundTicks(mostY, 4).map((v) => [v, short(v)])}
      : scales[options.scale ?? 'linear'](all);
    const x = (v) => left + (v / mostX) * (width - left - right);
    const y = (v) => height - bottom - Math.min(Math.max(scale.at(v), 0), 1) * (height - top - bottom);
    const f = (v) => v.toFixed(1);

    const svg = makeSvg('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': options.describe});
    for (const [value, word] of scale.ticks) {
      svg.append(
        makeSvg('line', {class: 'grid', x1: left, x2: width - right, y1: f(y(value)), y2: f(y(value))}),
        makeSvg('text', {class: 'tick', x: left - 8, y: f(y(value) + 4), 'text-anchor': 'end'}, word));
    }
    for (const value of roundTicks(mostX, 5)) {
      svg.append(makeSvg('text', {class: 'tick', x: f(x(value)), y: height - bottom + 17, 'text-anchor': 'middle'},
        short(value)));
    }
    svg.append(makeSvg('text', {class: 'axis', x: (left + width - right) / 2, y: height - 6, 'text-anchor': 'middle'},
      options.xName));

    const path = (xs, ys, step) => xs.map((v, i) => {
      const point = `${f(x(v))} ${f(y(ys[i]))}`;
      return i === 0 ? `M${point}` : step ? `H${f(x(v))}V${f(y(ys[i]))}` : `L${point}`;
    }).join('');
    for (const s of series.filter((one) => one.low)) {
      const back = [...s.x.keys()].reverse().map((i) => `L${f(x(s.x[i]))} ${f(y(s.low[i]))}`).join('');
      svg.append(makeSvg('path', {class: `band ${s.colour}`, d: `${path(s.x, s.high, false)}${back}Z`}));
    }
    for (const s of series) {
      svg.append(makeSvg('path', {class: `curve ${s.colour}${s.dash ? ' dashed' : ''}`,
        d: path(s.x, s.y, s.step) + (s.step && s.until ? `H${f(x(Math.min(s.until, mostX)))}` : '')}));
      if (s.x.length === 1) {
        svg.append(makeSvg('circle', {class: `dot ${s.colour}`, cx: f(x(s.x[0])), cy: f(y(s.y[0])), r: 3}));
      }
    }
    const reading = make('output', {class: 'reading'}, ' ');
    read(svg, reading, series, options, {x, mostX, left, right, width, height, top, bottom});
    figure.append(svg, reading);
    return figure;
  }

  // A line under the pointer, and what the curves say there.
  function read(svg, reading, series, options, at) {
    const line = makeSvg('line', {class: 'pointer', y1: at.top, y2: at.height - at.bottom, visibility: 'hidden'});
    svg.append(line);
    svg.addEventListener('pointermove', (event) => {
      const box = svg.getBoundingClientRect();
      const inside = ((event.clientX - box.left) / box.width) * at.width;
      const share = (inside - at.left) / (at.width - at.left - at.right);
      const value = Math.min(Math.max(share, 0), 1) * at.mostX;
      line.setAttribute('x1', at.x(value));
      line.setAttribute('x2', at.x(value));
      line.setAttribute('visibility', 'visible');
      const parts = series.map((s) => {
        let i = s.x.findIndex((v) => v > value);
        i = i < 0 ? s.x.length - 1 : i - 1;
        if (i < 0) return null;
        const shown = options.y === 'count' ? say.count(s.y[i]) : say.confidence(s.y[i]);
        return (series.length > 1 || options.nameAlways ? `${s.name} ` : '') + shown;
      });
      reading.textContent =
        `${options.xName} ${say.count(value)}: ` + parts.filter((part) => part !== null).join(', ');
    });
    svg.addEventListener('pointerleave', () => {
      line.setAttribute('visibility', 'hidden');
      reading.textContent = ' ';
    });
  }

  // Names of runs with their colours; none is needed for one.
  function legend(names) {
    if (names.length < 2) return null;
    return make('ul', {class: 'legend'}, ...names.map((name, r) => make('li', {}, runMark(r), name)));
  }

  return {draw, legend};
})();
