// The classes as cards: searched, ordered, filtered; a part at a time, pictures when they come near.
const gallery = (() => {
  const part = 120;  // cards that are added at a time
  const list = document.getElementById('gallery');
  const counter = document.getElementById('count');
  const find = document.getElementById('find');
  const order = document.getElementById('order');
  const keep = document.getElementById('keep');
  let shown = [];  // class numbers, in order
  const hidden = new Set();  // runs that are not shown
  let current = 0;  // place of the card that Tab reaches

  const cells = (k) => data.runs.map((run, r) => data.cell(r, k));
  const best = (k) => Math.max(...cells(k).map((cell) => (cell ? cell.confidence : -1)));
  const worst = (k) => Math.min(...cells(k).map((cell) => (cell ? cell.confidence : -1)));
  const newest = (k) => Math.max(...cells(k).map((cell) => (cell ? cell.generation : -2)));
  const orders = {
    class: () => 0,
    name: (a, b) => data.label(a).localeCompare(data.label(b), 'en'),
    best: (a, b) => best(b) - best(a),
    worst: (a, b) => worst(a) - worst(b),
    newest: (a, b) => newest(b) - newest(a),
    oldest: (a, b) => newest(a) - newest(b),
    difference: (a, b) => (best(b) - worst(b)) - (best(a) - worst(a)),
  };

  const plain = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  function matches(k, words) {
    if (words.length === 1 && /^\d+$/.test(words[0]) && words[0] === String(k)) return true;
    const name = ` ${plain(data.label(k)).replace(/[_-]+/g, ' ')}`;
    return words.every((word) => name.includes(word) || String(k) === word);
  }
  function kept(k) {
    if (keep.value === 'below') return best(k) < 0.5;
    return keep.value === '0' || best(k) >= Number(keep.value);
  }

  function card(k, place) {
    const slots = cells(k).map((cell, r) => {
      const frame = make('span', {class: `frame ${runColour(r)} of-${r}`, 'data-run': r, hidden: hidden.has(r)},
        make('span', {class: 'picture', 'data-class': k, 'data-run': r}));
      const text = cell ? say.confidence(cell.confidence) : 'empty';
      frame.append(make('span', {class: 'level', 'aria-hidden': 'true'},
        make('span', {style: `width: ${cell ? (cell.confidence * 100).toFixed(1) : 0}%`})));
      frame.append(make('span', {class: 'confidence'}, text));
      return frame;
    });
    return make('li', {}, make('button', {
      type: 'button', class: 'card', 'data-place': place, 'data-class': k, tabindex: place === current ? '0' : '-1',
      onclick: () => detail.open(k, place), onfocus: () => move(place, false),
    }, make('span', {class: 'pictures'}, ...slots),
      make('span', {class: 'caption'},
        data.label(k) === String(k) ? null : make('span', {class: 'number'}, `${k} `),
        make('span', {class: 'name'}, data.label(k)))));
  }

  // Pictures get their bytes when they come near the window.
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      near.unobserve(entry.target);
      const k = Number(entry.target.dataset.class), r = Number(entry.target.dataset.run);
      entry.target.replaceChildren(champion(r, k, data.cell(r, k)));
    }
  }, {rootMargin: '600px'});
  const end = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) grow(list.children.length + part);
  }, {rootMargin: '1200px'});

  function grow(until) {
    const from = list.children.length;
    const cards = shown.slice(from, until).map((k, i) => card(k, from + i));
    list.append(...cards);
    for (const one of cards) for (const place of one.querySelectorAll('.picture')) near.observe(place);
    // It tells of a change only; what is still in sight has to be asked anew.
    end.unobserve(document.getElementById('more'));
    if (list.children.length < shown.length) end.observe(document.getElementById('more'));
  }

  const button = (place) => list.children[place]?.firstElementChild;
  function move(place, focus = true) {
    if (place < 0 || place >= shown.length) return;
    if (place >= list.children.length) grow(place + part);
    if (button(current)) button(current).tabIndex = -1;
    current = place;
    button(place).tabIndex = 0;
    if (focus) button(place).focus();
  }

  function columns() {
    const first = list.children[0];
    if (!first) return 1;
    let count = 0;
    while (count < list.children.length && list.children[count].offsetTop === first.offsetTop) ++count;
    return Math.max(1, count);
  }

  function update() {
    const words = plain(find.value).split(/[\s_-]+/).filter((word) => word !== '');
    shown = data.shown.filter((k) => matches(k, words) && kept(k));
    shown.sort((a, b) => orders[order.value](a, b) || a - b);
    current = 0;
    near.disconnect();
    list.replaceChildren();
    grow(part);
    const all = data.shown.length;
    counter.textContent = (shown.length === all ? '' : `${say.count(shown.length)} of `) + say.plural(all, 'class', 'classes');
    if (shown.length === 0) list.append(make('li', {class: 'empty'}, 'No class is like this.'));
  }

  function onKey(event) {
    const steps = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns()};
    let place = current + (steps[event.key] ?? 0);
    if (event.key === 'Home') place = 0;
    else if (event.key === 'End') place = shown.length - 1;
    else if (!(event.key in steps)) return;
    event.preventDefault();
    move(place);
  }

  return {
    show() {
      const several = data.runs.length > 1;
      list.classList.toggle('several', several);
      list.classList.toggle('few', data.shown.length <= 30 && !several);
      list.style.setProperty('--runs', data.runs.length);
      const difference = order.querySelector('[value=difference]');
      difference.hidden = difference.disabled = !several;
      find.addEventListener('input', update);
      order.addEventListener('change', update);
      keep.addEventListener('change', update);
      list.addEventListener('keydown', onKey);
      document.getElementById('tools').addEventListener('submit', (event) => {
        event.preventDefault();
        if (shown.length > 0) move(0);
      });
      update();
    },
    // The class `step` places further in the present order, or null.
    beside: (place, step) => (place + step in shown ? {k: shown[place + step], place: place + step} : null),
    placeOf: (k) => shown.indexOf(k),
    focus: (place) => move(place),
    showRun(r, on) {
      if (on) hidden.delete(r);
      else hidden.add(r);
      for (const frame of list.querySelectorAll(`.of-${r}`)) frame.hidden = !on;
    },
    search: () => { find.focus(); find.select(); },
  };
})();
