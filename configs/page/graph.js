// The graph of a CPPN as inline SVG: inputs left, outputs right, every node behind those it reads.
const graph = (() => {
  const box = {width: 62, height: 40, gapX: 58, gapY: 14, margin: 14, names: 34};
  const inputNames = ['x', 'y', 'd', 'bias'];
  const curves = {
    sine: Math.sin,
    sigmoid: (v) => 2 / (1 + Math.exp(-v)) - 1,
    gaussian: (v) => 2 * Math.exp(-v * v) - 1,
    linear: (v) => v / 3.2,
    tanh: Math.tanh,
    relu: (v) => Math.max(v, 0) / 3.2,
  };

  // What outputs are called: by the colours that they make.
  function outputNames(run, count) {
    if (count === 1) return ['grey'];
    const space = run.config.encoding.color_space ?? 'rgb';
    return (space.match(/hsv|hsl|hsb|rgb|yuv|lab/) ?? ['rgb'])[0].split('');
  }

  function arrange(genome) {
    const nodes = genome.nodes.map((node) => ({...node, rank: 0, into: [], out: [], alive: node.type === 'output'}));
    const edges = genome.edges.filter((edge) => nodes[edge.from] && nodes[edge.to]);
    for (const edge of edges) {
      nodes[edge.to].into.push(edge.from);
      nodes[edge.from].out.push(edge.to);
    }
    // Ranks: one more than the highest of those that are read, in an order in which they are known.
    const waiting = nodes.map((node) => node.into.length);
    const order = nodes.filter((node) => node.into.length === 0).map((node) => node.id);
    for (let i = 0; i < order.length; ++i) {
      for (const next of nodes[order[i]].out) {
        nodes[next].rank = Math.max(nodes[next].rank, nodes[order[i]].rank + 1);
        if (--waiting[next] === 0) order.push(next);
      }
    }
    for (let i = order.length - 1; i >= 0; --i) {
      const node = nodes[order[i]];
      node.alive = node.alive || node.out.some((next) => nodes[next].alive);
    }
    const hidden = nodes.filter((node) => node.type === 'hidden');
    const last = Math.max(1, ...hidden.map((node) => Math.max(node.rank, 1) + 1));
    for (const node of nodes) {
      if (node.type === 'output') node.rank = last;
      if (node.type === 'hidden') node.rank = Math.max(node.rank, 1);
    }
    const columns = Array.from({length: last + 1}, () => []);
    for (const node of nodes) columns[node.rank].push(node);
    // Every node near those that it is connected with, forth and back.
    const mean = (ids) => ids.reduce((sum, id) => sum + nodes[id].place, 0) / ids.length;
    const spread = (column) => column.forEach((node, i) => (node.place = i - (column.length - 1) / 2));
    columns.forEach(spread);
    for (let sweep = 0; sweep < 6; ++sweep) {
      const forth = sweep % 2 === 0;
      for (const column of forth ? columns : [...columns].reverse()) {
        if (column.some((node) => node.type !== 'hidden')) continue;
        const wish = new Map(column.map((node) => {
          const near = forth ? node.into : node.out;
          return [node, near.length > 0 ? mean(near) : node.place];
        }));
        column.sort((a, b) => wish.get(a) - wish.get(b) || a.id - b.id);
        spread(column);
      }
    }
    return {nodes, edges, columns};
  }

  function glyph(activation, cx, cy) {
    const f = curves[activation];
    if (!f) return null;
    const points = [];
    for (let i = -12; i <= 12; ++i) {
      points.push(`${(cx + i * 1.5).toFixed(1)} ${(cy - f(i / 3.75) * 7).toFixed(1)}`);
    }
    return makeSvg('path', {class: 'glyph', d: 'M' + points.join('L')});
  }

  // On the curve, a share t of the way.
  function weightText(x1, y1, x2, y2, bend, lift, t, word) {
    const s = 1 - t;
    const on = (a, b, c, d) => s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
    return makeSvg('text', {x: on(x1, x1 + bend, x2 - bend, x2).toFixed(1),
      y: (on(y1, y1 + lift, y2 + lift, y2) + 4).toFixed(1), 'text-anchor': 'middle'}, word);
  }

  function draw(run, genome) {
    const {nodes, edges, columns} = arrange(genome);
    const rows = Math.max(...columns.map((column) => column.length));
    // Deep graphs are drawn closer together.
    const gapX = Math.min(Math.max(960 / columns.length - box.width, 24), box.gapX);
    const width = columns.length * (box.width + gapX) - gapX + 2 * box.margin + box.names;
    const height = rows * (box.height + box.gapY) - box.gapY + 2 * box.margin;
    const left = (node) => box.margin + node.rank * (box.width + gapX);
    const middle = (node) => height / 2 + node.place * (box.height + box.gapY);
    const outputs = nodes.filter((node) => node.type === 'output');
    const hidden = nodes.filter((node) => node.type === 'hidden').length;
    const names = outputNames(run, outputs.length);
    const nameOf = (node) => node.type === 'input' ? inputNames[node.id] ?? `in ${node.id}`
      : node.type === 'output' ? names[outputs.indexOf(node)] ?? `out ${node.id}` : String(node.id);
    const svg = makeSvg('svg', {
      class: 'cppn', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img',
      'aria-label': `Graph with ${say.plural(nodes.length, 'node')}, ${hidden} of them hidden, and ` +
        `${say.plural(edges.length, 'edge')}; the table below lists them`,
    });
    const most = Math.max(...edges.map((edge) => Math.abs(edge.weight)), 1e-9);
    const labelled = edges.length <= 16;
    const between = new Map();  // edges with the same ends lie beside each other
    const parts = edges.map((edge, i) => {
      const from = nodes[edge.from], to = nodes[edge.to];
      const key = `${edge.from} ${edge.to}`;
      const beside = between.get(key) ?? 0;
      between.set(key, beside + 1);
      const x1 = left(from) + box.width, x2 = left(to), y1 = middle(from), y2 = middle(to);
      const bend = Math.max(gapX * 0.4, (x2 - x1) * 0.45);
      const lift = (to.rank - from.rank > 1 ? (y1 + y2 < height ? -1 : 1) * Math.min(22 * (to.rank - from.rank - 1), 70) : 0)
        + beside * 9;
      const dead = !to.alive;
      const word = edge.weight.toFixed(2).replace('-', '−');
      const group = makeSvg('g', {
        class: `edge ${edge.weight < 0 ? 'negative' : 'positive'}${dead ? ' dead' : ''}${labelled ? ' labelled' : ''}`,
      },
        makeSvg('path', {
          d: `M${x1} ${y1}C${x1 + bend} ${y1 + lift} ${x2 - bend} ${y2 + lift} ${x2} ${y2}`,
          'stroke-width': (0.8 + 3.2 * Math.abs(edge.weight) / most).toFixed(2),
        }, makeSvg('title', {}, `${nameOf(from)} to ${nameOf(to)}: ${word}`)),
        weightText(x1, y1, x2, y2, bend, lift, 0.5 + 0.17 * (i % 3 - 1), word));
      svg.append(group);
      return {edge, group};
    });
    for (const node of nodes) {
      const cx = left(node) + box.width / 2, cy = middle(node);
      const function_ = node.activation === 'none' ? null : node.activation;
      const group = makeSvg('g', {class: `node ${node.type}${node.alive ? '' : ' dead'}`},
        makeSvg('rect', {x: left(node), y: cy - box.height / 2, width: box.width, height: box.height, rx: 8}),
        function_ ? glyph(function_, cx, cy - 5) : null,
        makeSvg('text', {x: cx, y: function_ ? cy + 15 : cy + 4, 'text-anchor': 'middle'},
          function_ ?? nameOf(node)),
        node.type !== 'output' ? null
          : makeSvg('text', {class: 'outside', x: left(node) + box.width + 8, y: cy + 4}, nameOf(node)),
        makeSvg('title', {}, `node ${node.id}, ${node.type}` + (function_ ? `, ${function_}` : '') +
          (node.alive ? '' : ', reaches no output')));
      const light = (on) => parts.forEach(({edge, group: part}) => {
        if (edge.from === node.id || edge.to === node.id) part.classList.toggle('lit', on);
      });
      group.addEventListener('pointerenter', () => light(true));
      group.addEventListener('pointerleave', () => light(false));
      svg.append(group);
    }
    const table = make('details', {},
      make('summary', {}, 'Edges as a table'),
      make('table', {class: 'edges'},
        make('thead', {}, make('tr', {}, ...['From', 'To', 'Function', 'Weight'].map((h) => make('th', {scope: 'col'}, h)))),
        make('tbody', {}, ...edges.map((edge) => make('tr', {},
          make('td', {}, nameOf(nodes[edge.from])), make('td', {}, nameOf(nodes[edge.to])),
          make('td', {}, nodes[edge.to].activation), make('td', {class: 'number'}, String(edge.weight)))))));
    const dead = nodes.filter((node) => !node.alive && node.type === 'hidden').length;
    return make('div', {class: 'graph'},
      make('p', {class: 'facts'}, `${say.plural(hidden, 'hidden node')}, ${say.plural(edges.length, 'edge')}` +
        (dead > 0 ? `; ${say.plural(dead, 'node')} without a way to an output (pale)` : '') +
        '. Width is the weight’s size; orange and dashed is negative. Point at a node for its weights.'),
      make('div', {class: 'wide', tabindex: '0', role: 'group', 'aria-label': 'Graph, scrolls sideways'}, svg), table);
  }

  return {draw};
})();
