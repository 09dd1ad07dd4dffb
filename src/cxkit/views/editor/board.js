/* The board: cards in journey order under their stages. Cards move by mouse, by finger (at the grip) and by keyboard. */

const STROKES = {
  web: '<circle cx="12" cy="12" r="9.5"/><ellipse cx="12" cy="12" rx="4.2" ry="9.5"/><path d="M2.5 12h19"/>',
  phone: '<path d="M4.6 2h2.8q1.6 0 1.9 1.6l.6 3.2q.2 1.2-.6 2L8.100 10q2.300 3.600 5.900 5.900l1.200-1.200q.8-.8 2-.6l3.400.6q1.600.3 1.600 1.900v2.800q0 2.800-2.800 2.800C10 22.200 1.800 14 1.800 4.600q0-2.600 2.800-2.600z"/>',
  'in person': '<circle cx="12" cy="7" r="4.6"/><path d="M3.500 22c0-5 3.500-8.500 8.500-8.500s8.500 3.500 8.500 8.500z"/>',
  email: '<rect x="2" y="4.500" width="20" height="15" rx="1"/><path d="M2 5.500l10 8 10-8"/>',
  letter: '<path d="M4.500 2h11l4 4v16h-15zM8 9.500h8M8 13.500h8M8 17.500h8"/>',
  app: '<rect x="6" y="2" width="12" height="20" rx="2"/><path d="M10.500 19h3"/>',
  messaging: '<path d="M2 4h20v12H11l-5 5v-5H2z"/><path d="M7 10h.1M12 10h.1M17 10h.1" stroke-width="2.600"/>',
  other: '<circle cx="12" cy="12" r="9.500"/><path d="M7.500 12h.1M12 12h.1M16.500 12h.1" stroke-width="2.600"/>',
  nobody: '<circle cx="12" cy="7" r="4.600"/><path d="M3.500 22c0-5 3.500-8.500 8.500-8.500s8.500 3.500 8.500 8.500zM3 22L21 3"/>',
  wait: '<circle cx="12" cy="12" r="9.500"/><path d="M12 6.500V12l3.500 2.500"/>',
  copy: '<rect x="8" y="8" width="13" height="13" rx="2"/><path d="M16 8V3H3v13h5"/>',
  bin: '<path d="M4 6h16M9 6V3h6v3M6 6l1 15h10l1-15M10 10v7M14 10v7"/>',
  plus: '<path d="M12 5v14M5 12h14"/>',
  undo: '<path d="M8 4L3 9l5 5"/><path d="M3 9h11a6.500 6.500 0 0 1 0 13h-4"/>',
  redo: '<path d="M16 4l5 5-5 5"/><path d="M21 9H10a6.500 6.500 0 0 0 0 13h4"/>',
  left: '<path d="M19 12H5M11 5l-7 7 7 7"/>',
  right: '<path d="M5 12h14M13 5l7 7-7 7"/>',
  previous: '<path d="M15 4l-8 8 8 8"/>',
  next: '<path d="M9 4l8 8-8 8"/>',
  close: '<path d="M5 5l14 14M19 5L5 19"/>',
  star: '<path d="M12 2l2.900 6.600 7.100.7-5.400 4.700 1.600 7-6.200-3.700L5.800 21l1.600-7L2 9.300l7.100-.7z" fill="currentColor"/>',
};

/* Channels are drawn here as the map draws them. The strings above are ours, never a learner's. */
function icon(name) {
  const span = h('span', { class: 'cxe-icon', 'aria-hidden': 'true' });
  span.innerHTML = `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.800" stroke-linecap="round" stroke-linejoin="round" focusable="false">${Object.hasOwn(STROKES, name) ? STROKES[name] : STROKES.other}</svg>`;
  return span;
}

const nameOf = (store, row) => row.touchpoint.trim() || store.words.no_name;
const stageName = (store, stage) => store.words[`stage_${stage}`] ?? stage;

/* Runs of touchpoints in one stage, in journey order; a stage that has none yet gets its empty place. */
function bandsOf(store) {
  const { stages } = store.options;
  const bands = [];
  store.draft.touchpoints.forEach((row, index) => {
    const last = bands.at(-1);
    if (last && last.stage === row.stage) last.rows.push(row);
    else bands.push({ stage: row.stage, first: index, rows: [row] });
  });
  for (const stage of stages) {
    if (bands.some((band) => band.stage === stage)) continue;
    const rank = stages.indexOf(stage);
    let place = bands.length;
    while (place > 0 && stages.indexOf(bands[place - 1].stage) > rank) place -= 1;
    const before = bands[place - 1];
    bands.splice(place, 0, { stage, first: before ? before.first + before.rows.length : 0, rows: [] });
  }
  return bands;
}

/* --- changes to the list --- */

let rowCount = 0;
const freshId = (store) => `n${store.by.slice(0, 6)}${Date.now().toString(36)}${(rowCount += 1)}`;

function blankRow(store, stage) {
  const names = ['touchpoint', 'channel', 'owner', 'expected', 'experienced', 'wait_days', 'moment', 'pain_point'];
  const cells = [...names, 'failure', 'quote', 'evidence', 'opportunity', ...store.draft.extra.filter((name) => name !== 'inferred')];
  return { id: freshId(store), stage, ...Object.fromEntries(cells.map((name) => [name, ''])), inferred: [] };
}

function insertRow(store, index, row, label, said, values = {}) {
  const touchpoints = [...store.draft.touchpoints];
  touchpoints.splice(index, 0, row);
  store.edit(null, label, { ...store.draft, touchpoints }, row.id);
  return store.say(said, { n: index + 1, of: touchpoints.length, stage: stageName(store, row.stage), ...values });
}

function addRow(store, index, stage) {
  return insertRow(store, index, blankRow(store, stage), store.words.did_add, 'added');
}

function copyRow(store, id) {
  const row = store.row(id);
  const name = nameOf(store, row);
  const copy = { ...row, id: freshId(store), inferred: [...row.inferred] };
  return insertRow(store, store.index(id) + 1, copy, store.say('did_copy', { name }), 'copied_card', { name });
}

function deleteRow(store, id) {
  const index = store.index(id);
  const name = nameOf(store, store.row(id));
  const touchpoints = store.draft.touchpoints.filter((row) => row.id !== id);
  const next = touchpoints[Math.min(index, touchpoints.length - 1)]?.id ?? null;
  store.edit(null, store.say('did_delete', { name }), { ...store.draft, touchpoints }, store.chosen === id ? null : store.chosen);
  return { said: store.say('deleted', { name }), next };
}

/* Put a touchpoint at a place in the list, in a stage. */
function placeRow(store, id, to, stage) {
  const from = store.index(id);
  const row = store.row(id);
  if (from === to && row.stage === stage) return store.say('move_stopped', { name: nameOf(store, row) });
  const touchpoints = store.draft.touchpoints.filter((one) => one.id !== id);
  touchpoints.splice(to, 0, row.stage === stage ? row : { ...row, stage });
  const name = nameOf(store, row);
  store.edit(null, store.say('did_move', { name }), { ...store.draft, touchpoints });
  return store.say('moved', { name, n: to + 1, of: touchpoints.length, stage: stageName(store, stage) });
}

/* One step earlier or later. At the edge of its stage a touchpoint first crosses into the next one. */
function stepRow(store, id, by) {
  const bands = bandsOf(store);
  const at = bands.findIndex((band) => band.rows.some((row) => row.id === id));
  const index = store.index(id);
  const inside = index + by >= bands[at].first && index + by < bands[at].first + bands[at].rows.length;
  if (inside) return placeRow(store, id, index + by, bands[at].stage);
  const next = bands[at + by];
  if (!next) return store.words[by < 0 ? 'first_already' : 'last_already'];
  return placeRow(store, id, index, next.stage);
}

/* --- drawing it --- */

function describe(store, row, number, flags) {
  const { words } = store;
  const parts = [store.say('card_label', { n: number, name: nameOf(store, row) })];
  const wait = waitWords(store, row);
  if (row.channel) parts.push(words[`channel_${row.channel}`] ?? row.channel);
  if (wait) parts.push(store.say('card_wait', { wait }));
  parts.push(row.owner.trim() ? store.say('card_owner', { owner: row.owner }) : words.no_owner);
  if (row.expected) parts.push(store.say('card_expected', { n: almost(row, 'expected') + row.expected }));
  if (row.experienced) parts.push(store.say('card_experienced', { n: almost(row, 'experienced') + row.experienced }));
  if (row.moment) parts.push(store.say('card_moment', { kind: words[`moment_${row.moment}`] ?? row.moment }));
  if (flags.problem) parts.push(words.card_problem);
  else if (flags.missing) parts.push(words.card_missing);
  return parts.join(', ').replace('., ', '. ');
}

function drawCard(board, row, number) {
  const { store } = board;
  const { words } = store;
  const flags = board.flags(row.id);
  const gap = gapWords(store, row);
  const wait = waitWords(store, row);
  const chosen = store.chosen === row.id;
  const named = row.touchpoint.trim();
  const button = h(
    'button',
    {
      type: 'button',
      class: 'cxe-card-open',
      'data-key': `card:${row.id}`,
      'data-card': row.id,
      'aria-expanded': String(chosen),
      'aria-label': describe(store, row, number, flags),
      'aria-describedby': `${board.id}-hint`,
      onclick: () => board.open(row.id),
    },
    h(
      'span',
      { class: 'cxe-card-top' },
      h('span', { class: 'cxe-number' }, String(number)),
      row.channel ? icon(row.channel) : null,
      row.channel ? h('span', { class: 'cxe-channel' }, words[`channel_${row.channel}`] ?? row.channel) : null,
    ),
    h('span', { class: `cxe-name${named ? '' : ' cxe-open'}`, dir: 'auto' }, nameOf(store, row)),
    h(
      'span',
      { class: 'cxe-card-owner' },
      row.owner.trim() ? h('span', { dir: 'auto' }, row.owner) : h('span', { class: 'cxe-nobody' }, icon('nobody'), words.no_owner),
    ),
    h(
      'span',
      { class: 'cxe-card-foot' },
      gap.sign ? h('span', { class: `cxe-gap cxe-gap-${gap.kind}`, dir: 'ltr' }, gap.sign) : null,
      row.moment ? h('span', { class: 'cxe-star' }, icon('star')) : null,
      wait && Number(row.wait_days) !== 0 ? h('span', { class: 'cxe-card-wait' }, icon('wait'), wait) : null,
      flags.problem ? h('span', { class: 'cxe-flag' }, '!') : null,
    ),
  );
  return h(
    'li',
    {
      class: `cxe-card cxe-is-${row.evidence || 'unsaid'}${chosen ? ' cxe-chosen' : ''}${flags.problem ? ' cxe-bad' : ''}`,
      'data-row': row.id,
    },
    button,
    h('span', { class: 'cxe-grip', 'aria-hidden': 'true' }, '⠿'),
  );
}

function drawBand(board, band) {
  const { store } = board;
  const stage = stageName(store, band.stage);
  const count = band.rows.length;
  const key = count === 0 ? 'stage_group_empty' : count === 1 ? 'stage_group_one' : 'stage_group';
  const known = store.options.stages.includes(band.stage);
  const add = h(
    'button',
    {
      type: 'button',
      class: 'cxe-add',
      'data-key': `add:${band.stage}:${band.first}`,
      'aria-label': store.say('add_to', { stage }),
      title: store.say('add_to', { stage }),
      onclick: () => board.add(band.first + count, band.stage),
    },
    icon('plus'),
    h('span', { class: 'cxe-add-word' }, store.words.add),
  );
  return h(
    'section',
    {
      class: `cxe-band${count ? '' : ' cxe-empty'}`,
      'data-stage': band.stage,
      'data-first': String(band.first),
      'aria-label': store.say(key, { stage, first: band.first + 1, last: band.first + count }),
      style: known
        ? `--tint: var(--${band.stage}-tint); --name: var(--${band.stage}-ink); --count: ${Math.max(count, 1)}`
        : `--tint: #f2f4f7; --name: var(--ink); --count: ${Math.max(count, 1)}`,
    },
    h(
      'div',
      { class: 'cxe-band-head' },
      h('span', { class: 'cxe-stage' }, stage),
      count ? add : null,
    ),
    count
      ? h('ol', { class: 'cxe-cards', start: String(band.first + 1) }, ...band.rows.map((row, index) => drawCard(board, row, band.first + index + 1)))
      : add,
  );
}

/* While a finger or a button is down, cards stay the cards they are: one that is replaced loses its click. */
function holdWhilePressed(board) {
  const release = () => {
    window.removeEventListener('pointerup', release);
    window.removeEventListener('pointercancel', release);
    window.removeEventListener('blur', release);
    setTimeout(() => {
      board.held = false;
      board.redraw();
    }, 0);
  };
  board.node.addEventListener('pointerdown', () => {
    board.held = true;
    for (const name of ['pointerup', 'pointercancel', 'blur']) window.addEventListener(name, release);
  });
}

/* Draw the board, and touch only what has changed. */
function redrawBoard(board) {
  const bands = bandsOf(board.store);
  const shape = JSON.stringify([board.store.language, bands.map((band) => [band.stage, band.first, band.rows.map((row) => row.id)])]);
  const cards = bands.flatMap((band) => band.rows.map((row, index) => [row, band.first + index + 1]));
  const state = ([row, number]) => JSON.stringify([row, number, board.flags(row.id), board.store.chosen === row.id]);
  if (shape !== board.shape) {
    board.shape = shape;
    board.node.replaceChildren(...bands.map((band) => drawBand(board, band)));
  } else {
    const shown = [...board.node.querySelectorAll('.cxe-card')];
    cards.forEach((one, index) => {
      if (state(one) !== board.states[index]) shown[index].replaceWith(drawCard(board, ...one));
    });
  }
  board.states = cards.map(state);
}

/* --- dragging ---
The card follows the pointer, a bar shows where it will land; nothing in the page moves before it is let go, so that
a change of mind (Escape) leaves no trace. */

function allowDrag(board) {
  const START = 6; // px before a press is a drag
  let drag = null;

  board.node.addEventListener('pointerdown', (event) => {
    const card = event.target.closest('.cxe-card');
    if (!card || event.button !== 0 || drag) return;
    // a finger scrolls the page anywhere but on the grip
    if (event.pointerType !== 'mouse' && !event.target.closest('.cxe-grip')) return;
    drag = { card, id: card.dataset.row, pointer: event.pointerId, x: event.clientX, y: event.clientY, on: false, place: null };
    const scroller = scrollerOf(board.node);
    drag.scroller = scroller;
    drag.scrolled = scroller.scrollTop;
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', drop);
    window.addEventListener('pointercancel', stop);
  });
  // what the browser itself would drag is text or an image
  board.node.addEventListener('dragstart', (event) => event.preventDefault());

  function move(event) {
    if (event.pointerId !== drag.pointer) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    if (!drag.on) {
      if (Math.hypot(x, y) < START) return;
      drag.on = true;
      drag.bar = h('div', { class: 'cxe-bar-here', 'aria-hidden': 'true' });
      board.node.append(drag.bar);
      drag.card.classList.add('cxe-dragged');
      board.node.classList.add('cxe-dragging');
    }
    event.preventDefault();
    drag.last = event;
    follow();
    edge();
  }

  function follow() {
    const { last, card } = drag;
    const scrolled = drag.scroller.scrollTop - drag.scrolled;
    card.style.transform = `translate(${last.clientX - drag.x}px, ${last.clientY - drag.y + scrolled}px) rotate(1.5deg)`;
    drag.place = placeAt(board, last.clientX, last.clientY, drag.id);
    const frameBox = board.node.getBoundingClientRect();
    const { box } = drag.place;
    Object.assign(drag.bar.style, {
      left: `${box.x - frameBox.left - 2}px`,
      top: `${box.top - frameBox.top}px`,
      height: `${box.height}px`,
    });
  }

  /* Near the upper or lower edge of the window the page comes along. */
  function edge() {
    cancelAnimationFrame(drag.frame);
    const near = 60;
    const y = drag.last.clientY;
    const by = y < near ? -10 : y > window.innerHeight - near ? 10 : 0;
    if (!by) return;
    drag.frame = requestAnimationFrame(() => {
      if (!drag?.on) return;
      drag.scroller.scrollTop += by;
      follow();
      edge();
    });
  }

  function drop(event) {
    if (event.pointerId !== drag.pointer) return;
    const { on, place, id } = drag;
    end();
    if (!on) return;
    // the click that ends a drag must not open the card
    window.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener('click', swallow, true), 0);
    if (place) board.put(id, place.index, place.stage);
  }

  function swallow(event) {
    event.stopPropagation();
    event.preventDefault();
  }

  function stop() {
    if (!drag) return null;
    const { on, id } = drag;
    end();
    return on ? id : null;
  }

  function end() {
    cancelAnimationFrame(drag.frame);
    drag.card.style.transform = '';
    drag.card.classList.remove('cxe-dragged');
    board.node.classList.remove('cxe-dragging');
    drag.bar?.remove();
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', drop);
    window.removeEventListener('pointercancel', stop);
    drag = null;
  }

  return { stop };
}

function scrollerOf(node) {
  for (let up = node.parentElement; up; up = up.parentElement) {
    if (up.scrollHeight > up.clientHeight + 4 && /auto|scroll/.test(getComputedStyle(up).overflowY)) return up;
  }
  return document.scrollingElement;
}

/* Where a card would land that is let go at this point: place in the list (without itself), stage, and where to mark it. */
function placeAt(board, x, y, id) {
  const away = (box) => Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
  const bands = [...board.node.querySelectorAll('.cxe-band')];
  const band = bands.reduce((best, one) => (away(one.getBoundingClientRect()) < away(best.getBoundingClientRect()) ? one : best));
  const { stage, first } = band.dataset;
  const from = board.store.index(id);
  const cards = [...band.querySelectorAll('.cxe-card')].filter((card) => card.dataset.row !== id);
  const start = Number(first) - (from < Number(first) ? 1 : 0);
  if (!cards.length) {
    const box = band.getBoundingClientRect();
    return { index: start, stage, box: { x: board.store.rightToLeft ? box.right - 12 : box.left + 12, top: box.top + 44, height: box.height - 54 } };
  }
  const boxes = cards.map((card) => card.getBoundingClientRect());
  const near = boxes.reduce((best, box, index) => (away(box) < away(boxes[best]) ? index : best), 0);
  const box = boxes[near];
  const rightHalf = x > (box.left + box.right) / 2;
  const after = rightHalf !== board.store.rightToLeft;
  return {
    index: start + near + (after ? 1 : 0),
    stage,
    box: { x: rightHalf ? box.right + 3 : box.left - 5, top: box.top, height: box.height },
  };
}
