// Begins: what is drawn first, and the keys that work everywhere.
(() => {
  overview.show();
  gallery.show();
  document.getElementById('scale').addEventListener('change', () => overview.draw());
  document.addEventListener('keydown', (event) => {
    const writing = event.target.closest?.('input, select, textarea, dialog');
    if (event.key === '/' && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      gallery.search();
    }
  });
  // A page may be opened at a class: report.html#class-42.
  const wanted = /^#class-(\d+)$/.exec(window.location.hash);
  if (wanted && data.shown.includes(Number(wanted[1]))) {
    const k = Number(wanted[1]);
    detail.open(k, gallery.placeOf(k));
  }
})();
