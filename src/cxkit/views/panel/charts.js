/* The what-if panel's charts and table, and how it makes elements. panel.py puts this file before panel.js: one module. */

const DUST = 1e-9;

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');

/* The round number at the end of an axis. */
function niceEnd(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((end) => end >= value - DUST);
}

/* --- charts: every place along the axis is a share of the width, so nothing is drawn again when the width changes */

function whisker(x, part, mid, half) {
  const ends = [x(part.low), x(part.high)];
  return s(
    'g',
    { class: 'cxp-whisker' },
    s('line', { x1: ends[0], x2: ends[1], y1: mid, y2: mid }),
    ...ends.map((end) => s('line', { x1: end, x2: end, y1: mid - half, y2: mid + half })),
  );
}

function hatch(id, kind) {
  return s('pattern', { id, class: `cxp-hatch cxp-hatch-${kind}`, width: 7, height: 7, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' }, s('rect', { width: 7, height: 7 }), s('line', { x1: 0, x2: 0, y1: 0, y2: 7 }));
}

function bar(from, to, attributes) {
  return s('rect', { x: `${Math.min(from, to)}%`, width: `${Math.abs(to - from)}%`, ...attributes });
}

/* Today and the plan: a bar from zero with the interval as a whisker; people who leave are the hatched rest. */
function drawLevel(part, end, rest, panel, id, name, plan) {
  const at = (value) => (panel.rtl ? 100 - (100 * value) / end : (100 * value) / end);
  const x = (value) => `${at(value)}%`;
  return s(
    'svg',
    { class: `cxp-level ${plan ? 'cxp-plan' : ''}`, role: 'img', 'aria-label': fill(panel.words['chart.level'], { name, text: part.alt }) },
    s('defs', {}, hatch(id, 'rest')),
    rest ? bar(at(part.value), at(end), { y: 4, height: 20, fill: `url(#${id})`, class: 'cxp-rest' }) : s('g'),
    bar(at(0), at(part.value), { y: 4, height: 20, class: 'cxp-kept' }),
    whisker(x, part, 14, 7),
  );
}

/* The change: a bar from zero, its interval, and the learner's guess. The axis changes only when it must. */
function drawChange(outcome, panel, key, guess) {
  const { change, state, name } = outcome;
  const need = Math.max(Math.abs(change.low), Math.abs(change.high), Math.abs(guess ?? 0), key === 'people' ? 5 : 1000) * 1.05;
  const kept = panel.ends[key];
  if (!kept || need > kept || need < kept / 8) panel.ends[key] = niceEnd(need);
  const end = panel.ends[key];
  const at = (value) => 50 + (panel.rtl ? -46 : 46) * (value / end);
  const x = (value) => `${at(value)}%`;
  const tick = (value) => {
    const size = Math.abs(value).toLocaleString('en-US');
    const text = value === 0 ? '0' : `${value < 0 ? '−' : '+'}${key === 'money' ? panel.spec.currency + (/[a-z]$/i.test(panel.spec.currency) ? '\u00a0' : '') : ''}${size}`;
    // long figures stay inside the card
    const left = value !== 0 && value < 0 !== panel.rtl;
    const place = key === 'people' || value === 0 ? { x: x(value), 'text-anchor': 'middle' } : left ? { x: '0%', 'text-anchor': 'start' } : { x: '100%', 'text-anchor': 'end' };
    return s('text', { ...place, y: 66, class: 'cxp-tick', direction: 'ltr' }, text);
  };
  const side = (way, text) => {
    const right = way > 0 !== panel.rtl;
    return s('text', { x: right ? 8 : -8, 'text-anchor': right ? 'start' : 'end', direction: 'ltr' }, right ? `${text} ▸` : `◂ ${text}`);
  };
  const id = `${panel.prefix}-unsure-${key}`;
  const chart = s(
    'svg',
    { class: `cxp-change cxp-${state}`, role: 'img', 'aria-label': fill(panel.words['chart.change'], { name, text: `${change.text} (${change.range})` }) },
    s('defs', {}, hatch(id, 'unsure')),
    s('line', { x1: x(-end), x2: x(end), y1: 50, y2: 50, class: 'cxp-axis' }),
    ...[-end, -end / 2, 0, end / 2, end].map((value) => s('line', { x1: x(value), x2: x(value), y1: 47, y2: 53, class: 'cxp-axis' })),
    bar(at(0), at(change.value), { y: 18, height: 24, class: 'cxp-moved-bar', ...(state === 'perhaps' ? { fill: `url(#${id})` } : {}) }),
    s('line', { x1: x(0), x2: x(0), y1: 8, y2: 53, class: 'cxp-zero' }),
    whisker(x, change, 30, 8),
    s('svg', { x: x(change.value), y: 30, overflow: 'visible', class: 'cxp-dot' }, s('circle', { r: 4.5 })),
    tick(-end), tick(0), tick(end),
    s('svg', { x: x(0), y: 13, overflow: 'visible', class: 'cxp-side' }, side(-1, panel.words[key === 'people' ? 'fewer_side' : 'less_side']), side(1, panel.words.more_side)),
  );
  if (guess !== undefined) {
    const far = Math.abs(guess / end) > 0.6;
    const anchor = far ? (guess > 0 !== panel.rtl ? 'end' : 'start') : 'middle';
    chart.append(
      s(
        'svg',
        { x: x(guess), y: 8, overflow: 'visible', class: 'cxp-guess-mark' },
        s('line', { x1: 0, x2: 0, y1: 0, y2: 42 }),
        s('path', { d: 'M0,-6 L6,0 L0,6 L-6,0 Z' }),
        s('text', { x: anchor === 'middle' ? 0 : anchor === 'end' ? -10 : 10, y: anchor === 'middle' ? -9 : 4, 'text-anchor': anchor }, panel.words['guess.mark']),
      ),
    );
    chart.classList.add('cxp-with-guess');
  }
  return chart;
}

function drawOutcome(outcome, key, view, panel) {
  const { words } = panel;
  const end = key === 'people' ? view.n : 1.04 * Math.max(outcome.as_is.high, outcome.to_be.high);
  const spoken = { lang: panel.spec.spoken, dir: 'auto' };
  const level = (part, name, plan) =>
    h(
      'div',
      { class: 'cxp-row' },
      h('span', { class: 'cxp-row-name' }, name),
      h('span', { class: 'cxp-row-value' }, part.text),
      drawLevel(part, end, key === 'people', panel, `${panel.prefix}-${key}-${plan ? 'plan' : 'today'}`, outcome.name, plan),
      h('span', { class: 'cxp-row-range' }, h('span', {}, part.range), part.lost ? h('span', {}, part.lost) : null),
    );
  return h(
    'div',
    { class: `cxp-outcome cxp-${outcome.state}`, 'data-outcome': key },
    h('h4', spoken, outcome.name),
    h(
      'p',
      { class: 'cxp-big' },
      h('span', { class: 'cxp-figure' }, outcome.change.text),
      h('span', { class: 'cxp-figure-unit' }, outcome.unit),
      h('span', { class: 'cxp-figure-range' }, outcome.change.range),
    ),
    drawChange(outcome, panel, key, key === 'people' && view.guess?.current ? view.guess.value : undefined),
    level(outcome.as_is, words.as_is, false),
    level(outcome.to_be, words.to_be, true),
    h(
      'p',
      { class: 'cxp-key' },
      key === 'people' ? h('span', {}, h('i', { class: 'cxp-swatch cxp-swatch-kept', 'aria-hidden': 'true' }), words.stay) : null,
      key === 'people' ? h('span', {}, h('i', { class: 'cxp-swatch cxp-swatch-rest', 'aria-hidden': 'true' }), words.lost) : null,
      h('span', {}, h('i', { class: 'cxp-swatch cxp-swatch-whisker', 'aria-hidden': 'true' }), outcome.certainty),
    ),
    key === 'money' ? h('p', { class: 'cxp-plan-cost' }, view.cost) : null,
  );
}

function drawTable({ caption, head, rows }, spoken) {
  return h(
    'div',
    { class: 'cxp-scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, ...head.map((text) => (text ? h('th', { scope: 'col' }, text) : h('td'))))),
      h('tbody', {}, ...rows.map(([first, ...rest]) => h('tr', {}, h('th', { scope: 'row', lang: spoken, dir: 'auto' }, first), ...rest.map((text) => h('td', {}, text))))),
    ),
  );
}
