/* A field to look for a word, above the table that Python sends as `html` (already escaped there). Rows that do not
hold the word are hidden; a line says how many are left, aloud for a screen reader. */

/* The notebook's own shortcuts are heard before a field hears its key: see form.js. */
function guardKeys() {
  if (window.cxkitGlossaryKeysGuarded) return;
  window.cxkitGlossaryKeysGuarded = true;
  window.addEventListener(
    'keydown',
    (event) => {
      const inside = event.target instanceof Element && event.target.closest('.cx-glossary');
      if (inside && !event.ctrlKey && !event.metaKey) event.stopPropagation();
    },
    true,
  );
}

const plain = (text) => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

function render({ model, el }) {
  guardKeys();
  const words = model.get('words');
  const root = document.createElement('div');
  root.className = 'cx-glossary';
  const label = document.createElement('label');
  const field = document.createElement('input');
  field.type = 'search';
  field.dir = 'auto';
  label.append(words.look_for, field);
  const status = document.createElement('p');
  status.setAttribute('role', 'status');
  const table = document.createElement('div');
  table.className = 'cx-glossary-table';
  // it scrolls, so keys must be able to reach it
  table.tabIndex = 0;
  table.setAttribute('role', 'group');
  table.setAttribute('aria-label', words.table);
  table.innerHTML = model.get('html');
  const rows = [...table.querySelectorAll('tbody tr')].map((row) => [row, plain(row.textContent)]);

  function look() {
    const wanted = plain(field.value);
    let left = 0;
    for (const [row, text] of rows) {
      row.hidden = !text.includes(wanted);
      left += !row.hidden;
    }
    const said = left ? words.left : words.none;
    status.textContent = said.replace('{n}', left).replace('{of}', rows.length);
  }

  field.addEventListener('input', look);
  look();
  root.append(label, status, table);
  el.append(root);
}

export default { render };
