/* A conversation with choices. Python plays it and sends `view`: the bubbles, the scores, the map, the choices and,
at the end, the look back. This file draws them. A choice goes back as {kind, step, choice}; `step` says which turn it
was meant for, so that a second click on its way does nothing.

Bubbles are only ever added while the conversation goes on: that is what lets role="log" read out the new ones alone. */

const PATIENCE = 6000;

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ''));
  return element;
}

function drawn(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/* The notebook's own shortcuts are heard on the document before a button hears its key. */
function guardKeys() {
  if (window.cxkitTalkGuarded) return;
  window.cxkitTalkGuarded = true;
  const guard = (event) => {
    const inside = event.target instanceof Element && event.target.closest('.cx-talk');
    if (inside && !event.ctrlKey && !event.metaKey) event.stopPropagation();
  };
  window.addEventListener('keydown', guard, true);
}

const paragraphs = (text) => text.split('\n').filter((one) => one.trim()).map((one) => h('p', {}, one));

/* ---- the bubbles ---- */

function drawLine({ id, who, name, text }, before) {
  // who speaks on is named once for the eye, each time for the ear
  const label = name
    ? h('span', { class: before?.who === who ? 'cxt-unseen' : 'cxt-name' }, name, h('span', { class: 'cxt-unseen' }, ': '))
    : null;
  return h('div', { class: `cxt-line cxt-${who}`, 'data-line': id }, label, ...paragraphs(text));
}

/* ---- the scores ---- */

function drawMeter({ id, name, value, words, by, change }) {
  const ticks = Array.from({ length: 10 }, (_, n) => h('span', { class: n < value ? 'cxt-tick cxt-on' : 'cxt-tick' }));
  const sign = by > 0 ? '▲ ' : by < 0 ? '▼ ' : '';
  return h(
    'li',
    { class: 'cxt-meter', 'data-score': id, 'data-value': value },
    h('span', { class: 'cxt-meter-name' }, name),
    h('span', { class: 'cxt-ticks', 'aria-hidden': 'true' }, ticks),
    h('span', { class: 'cxt-meter-value' }, words),
    change
      ? h('span', { class: `cxt-by cxt-${by > 0 ? 'up' : by < 0 ? 'down' : 'same'}` }, h('span', { 'aria-hidden': 'true' }, sign), change)
      : null,
  );
}

/* ---- the map ---- */

function drawGap({ expected, experienced, scores }, rtl) {
  const width = 120;
  const place = (score) => (rtl ? width - 8 - ((score - 1) / 9) * (width - 16) : 8 + ((score - 1) / 9) * (width - 16));
  const [from, to] = [place(expected), place(experienced)];
  const side = experienced < expected ? 'cxt-below' : 'cxt-above';
  return drawn(
    'svg',
    { viewBox: `0 0 ${width} 20`, class: 'cxt-gap', role: 'img', 'aria-label': scores },
    drawn('line', { x1: 8, x2: width - 8, y1: 10, y2: 10, class: 'cxt-scale' }),
    drawn('rect', { x: Math.min(from, to), width: Math.abs(from - to), y: 5, height: 10, class: side }),
    drawn('circle', { cx: to, cy: 10, r: 4.5, class: 'cxt-dot' }),
    drawn('path', { d: `M${from} 3 l7 7 l-7 7 l-7 -7 z`, class: 'cxt-diamond' }),
  );
}

function drawTouchpoint(one, words, rtl) {
  const known = one.expected !== null;
  return h(
    'li',
    {
      class: `cxt-touchpoint cxt-stage-${one.stage}${one.now ? ' cxt-now' : ''}`,
      'data-touchpoint': one.id,
      'aria-current': one.now ? 'step' : null,
    },
    h('span', { class: 'cxt-stage' }, one.stage_name, one.now ? h('strong', { class: 'cxt-here' }, words.now) : null),
    h('span', { class: 'cxt-what' }, one.touchpoint),
    h('span', { class: one.owned ? 'cxt-owner' : 'cxt-owner cxt-missing' }, one.owner),
    one.wait ? h('span', { class: 'cxt-wait' }, one.wait) : null,
    one.failure ? h('span', { class: 'cxt-failure' }, one.failure) : null,
    known ? drawGap(one, rtl) : null,
    h('span', { class: 'cxt-gap-words', 'aria-hidden': known ? 'true' : null }, one.gap),
    one.changed.length
      ? h('span', { class: 'cxt-changed' }, h('strong', {}, words.changed), ...one.changed.map((text) => h('span', {}, text)))
      : null,
  );
}

/* ---- looking back ---- */

function drawWay(label, cell, words, columns = 1) {
  if (!cell) return h('td', { 'data-label': label }, '–');
  return h(
    'td',
    { 'data-label': label, colspan: columns > 1 ? columns : null },
    columns > 1 ? h('p', { class: 'cxt-both' }, label) : null,
    h('p', { class: 'cxt-said' }, cell.say),
    h('p', { class: 'cxt-scores' }, cell.scores),
    h('p', { class: 'cxt-why' }, h('strong', {}, words.why), cell.why),
  );
}

function drawEnd(end, words, prefix) {
  const heading = h('h4', { tabindex: '-1', class: 'cxt-focus', id: `${prefix}-end` }, end.title);
  const column = (text) => h('th', { scope: 'col' }, text);
  const rows = end.rows.map((row) =>
    h(
      'tr',
      { class: row.apart ? 'cxt-apart' : row.same ? 'cxt-same' : null },
      h('th', { scope: 'row' }, row.turn, row.apart ? h('span', { class: 'cxt-part' }, words.here_apart) : null),
      row.same && !end.same_way ? drawWay(words.both_ways, row.yours, words, 2) : drawWay(words.your_way, row.yours, words),
      end.same_way || row.same ? null : drawWay(words.better_way, row.better, words),
    ),
  );
  const last = h(
    'tr',
    { class: 'cxt-ends' },
    h('td', { class: 'cxt-corner' }),
    h('td', { 'data-label': words.your_way }, h('strong', {}, end.your_end)),
    end.same_way ? null : h('td', { 'data-label': words.better_way }, h('strong', {}, end.better_end)),
  );
  const list = (lines) => h('ul', {}, ...lines.map((line) => h('li', {}, line)));
  return h(
    'section',
    { class: 'cxt-end', 'aria-labelledby': `${prefix}-end` },
    heading,
    ...paragraphs(end.text),
    h('p', { class: 'cxt-worst' }, end.gap),
    h(
      'div',
      { class: 'cxt-facts' },
      h('div', {}, h('h5', {}, words.who_owns), list(end.owners)),
      h('div', {}, h('h5', {}, words.map_changes), end.map.length ? list(end.map) : h('p', {}, words.map_same)),
      h('div', {}, h('h5', {}, words.try), h('p', {}, end.try)),
      h('div', { class: 'cxt-found' }, h('h5', {}, end.found), list(end.endings)),
    ),
    h('h5', {}, end.same_way ? words.your_way : words.ways),
    end.same_way ? h('p', {}, words.same_way) : null,
    h(
      'table',
      { class: 'cxt-ways' },
      h('thead', {}, h('tr', {}, h('td', { class: 'cxt-corner' }), column(words.your_way), end.same_way ? null : column(words.better_way))),
      h('tbody', {}, ...rows, last),
    ),
  );
}

function render({ model, el }) {
  guardKeys();
  const spec = model.get('spec');
  const { words } = spec;
  const rtl = spec.dir === 'rtl';
  const prefix = `cxt${Math.random().toString(36).slice(2, 8)}`;
  const title = h('h3', { id: `${prefix}-title` }, spec.title);
  const strip = h('ol', { class: 'cxt-strip' });
  const meters = h('ul', { class: 'cxt-meters' });
  const log = h('div', { class: 'cxt-log', role: 'log', 'aria-label': words.so_far });
  const next = h('div', { class: 'cxt-next' });
  const status = h('p', { class: 'cxt-status', role: 'status' });
  const alarm = h('p', { class: 'cxt-alarm', role: 'alert' });
  const back = h('button', { type: 'button', class: 'cxt-link', onclick: () => send({ kind: 'back' }) }, words.back);
  const again = h('button', { type: 'button', class: 'cxt-link', onclick: () => send({ kind: 'again' }) }, words.again);
  let waiting = null;
  let asked = false;

  function send(message) {
    if (waiting !== null) return;
    asked = true;
    root.setAttribute('aria-busy', 'true');
    waiting = setTimeout(() => settle(words.dead), PATIENCE);
    try {
      model.send({ ...message, step: model.get('view').step });
    } catch (error) {
      console.warn('cxkit: the kernel did not hear this', error);
    }
  }

  function settle(problem) {
    clearTimeout(waiting);
    waiting = null;
    root.setAttribute('aria-busy', 'false');
    alarm.textContent = problem;
  }

  function drawChoices(choices) {
    // the second click of a double click would land on the next turn
    const heading = h('h4', { tabindex: '-1', class: 'cxt-focus', id: `${prefix}-next` }, words.your_turn);
    const buttons = choices.map(({ id, say }) =>
      h('li', {}, h('button', { type: 'button', class: 'cxt-choice', 'data-choice': id, onclick: (event) => event.detail < 2 && send({ kind: 'choose', choice: id }) }, say)),
    );
    return h('section', { class: 'cxt-turn', 'aria-labelledby': `${prefix}-next` }, heading, h('ol', { class: 'cxt-choices' }, ...buttons));
  }

  function drawLog(lines) {
    const kept = [...log.children].map((one) => one.dataset.line);
    const grows = kept.every((id, n) => lines[n]?.id === id);
    if (!grows) log.replaceChildren();
    const start = log.children.length;
    const fresh = lines.slice(start).map((line, n) => drawLine(line, lines[start + n - 1]));
    log.append(...fresh);
    return fresh[0];
  }

  function show() {
    const view = model.get('view');
    settle(view.problem);
    status.textContent = view.note;
    meters.replaceChildren(...view.meters.map(drawMeter));
    strip.replaceChildren(...view.map.map((one) => drawTouchpoint(one, words, rtl)));
    const first = drawLog(view.log);
    next.replaceChildren(view.end ? drawEnd(view.end, words, prefix) : drawChoices(view.choices));
    back.disabled = again.disabled = view.step === 0;
    if (!asked) return;
    asked = false;
    // the button that was pressed is gone; the reader goes on where the next thing is to be done
    next.querySelector('.cxt-focus').focus({ preventScroll: true });
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    (view.end ? next : first ?? next).scrollIntoView({ block: view.end ? 'start' : 'nearest', behavior: calm ? 'auto' : 'smooth' });
    if (!view.end) next.scrollIntoView({ block: 'nearest', behavior: calm ? 'auto' : 'smooth' });
  }

  const root = h(
    'div',
    { class: 'cx-talk', lang: spec.language, dir: spec.dir, role: 'group', 'aria-labelledby': `${prefix}-title` },
    title,
    h('p', { class: 'cxt-who' }, spec.who),
    ...paragraphs(spec.scene),
    spec.source ? h('p', { class: 'cxt-source' }, spec.source) : null,
    h('section', { class: 'cxt-map', 'aria-labelledby': `${prefix}-map` }, h('h4', { id: `${prefix}-map` }, words.map), strip, h('p', { class: 'cxt-legend', 'aria-hidden': 'true' }, words.legend)),
    h(
      'div',
      { class: 'cxt-body' },
      h('section', { class: 'cxt-side', 'aria-labelledby': `${prefix}-meters` }, h('h4', { id: `${prefix}-meters` }, words.meters), meters),
      h('section', { class: 'cxt-talk', 'aria-labelledby': `${prefix}-log` }, h('h4', { id: `${prefix}-log` }, words.so_far), log, alarm),
    ),
    next,
    h('div', { class: 'cxt-foot' }, back, again, status),
  );
  el.append(root);
  model.on('change:view', show);
  show();
  return () => {
    clearTimeout(waiting);
    model.off('change:view', show);
  };
}

export default { render };
