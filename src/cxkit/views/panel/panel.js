/* The what-if panel. Python sends `spec` (levers, words) once and `view` (one result, its figures as finished words)
for each setting; this file draws native controls and small charts.

A move of a lever is a message {kind: "ask", ticket, levers}. One is on its way at a time, and the newest setting goes
next, so a fast hand never makes a queue. An answer that is not for the present setting is dropped. */

const PACE = 60;
const REST = 700;
const PATIENCE = 6000;

const same = (one, other) => Object.keys(one).every((name) => Math.abs(one[name] - other[name]) < DUST);
const plain = (value) => String(Number(value.toFixed(6))).replace('-', '−');
const parse = (text) => {
  const clean = text.trim().replace('−', '-').replace(',', '.').replace('%', '');
  return /^[+-]?\d*\.?\d+$/.test(clean) ? Number(clean) : NaN;
};

/* The notebook's own shortcuts (A adds a cell, bare arrows move between cells) are heard on the document before any
control hears its key. Inside the panel a bare key belongs to the control that has the focus. */
function guardKeys() {
  if (window.cxkitPanelKeysGuarded) return;
  window.cxkitPanelKeysGuarded = true;
  window.addEventListener(
    'keydown',
    (event) => {
      const inside = event.target instanceof Element && event.target.closest('.cx-panel');
      if (inside && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
    },
    true,
  );
}

/* --- levers */

function drawLever(lever, panel) {
  const { words, spec } = panel;
  const id = `${panel.prefix}-${lever.name}`;
  const bare = (value) => panel.apart(`${plain(value * lever.scale)}${lever.scale === 100 ? '%' : ''}`);
  const shown = (value) => (lever.scale === 100 ? bare(value) : `${bare(value)} ${lever.unit}`);
  const share = (value) => (value - lever.low) / (lever.high - lever.low);
  const spoken = { lang: spec.spoken, dir: 'auto' };
  const problem = h('p', { class: 'cxp-problem', id: `${id}-problem`, role: 'alert' });
  const reset = h(
    'button',
    {
      type: 'button',
      class: 'cxp-reset',
      'aria-label': fill(words.reset_one, { name: lever.title }),
      title: words.reset,
      onclick: () => {
        panel.set(lever.name, lever.as_is);
        (control.querySelector('input:checked') ?? control.querySelector('input')).focus();
      },
    },
    '↺',
  );
  const today = share(lever.as_is);
  let control;
  let show;

  if (lever.kind === 'slider') {
    const slider = h('input', {
      type: 'range',
      id,
      min: String(lever.low),
      max: String(lever.high),
      step: String(lever.step),
      'aria-describedby': `${id}-cost`,
      oninput: () => panel.set(lever.name, Number(slider.value)),
    });
    const box = h('input', {
      type: 'text',
      id: `${id}-box`,
      class: 'cxp-box',
      inputmode: 'decimal',
      autocomplete: 'off',
      dir: 'ltr',
      'aria-label': fill(words.box, { name: lever.title }),
      onchange: () => {
        const value = parse(box.value) / lever.scale;
        const good = value >= lever.low - DUST && value <= lever.high + DUST;
        const ends = { low: bare(lever.low), high: bare(lever.high) };
        problem.textContent = good ? '' : fill(words.bad_number, ends);
        box.setAttribute('aria-invalid', String(!good));
        if (good) panel.set(lever.name, value);
      },
    });
    control = h(
      'div',
      { class: 'cxp-slide' },
      h('div', { class: 'cxp-rail', 'aria-hidden': 'true' }, h('span', { class: 'cxp-filled' }), h('span', { class: 'cxp-today' })),
      slider,
      h(
        'div',
        { class: 'cxp-ends', 'aria-hidden': 'true' },
        h('span', {}, today < 0.15 ? '' : bare(lever.low)),
        h('span', { class: 'cxp-today-text' }, fill(words.today_at, { value: bare(lever.as_is) })),
        h('span', {}, today > 0.85 ? '' : bare(lever.high)),
      ),
    );
    control.style.setProperty('--today', today);
    if (today < 0.15) control.classList.add('cxp-today-first');
    if (today > 0.85) control.classList.add('cxp-today-last');
    const boxed = h('span', { class: 'cxp-boxed' }, box, h('span', { class: 'cxp-unit' }, lever.scale === 100 ? '%' : lever.unit));
    control = h('div', { class: 'cxp-slide-row' }, control, boxed);
    const slide = control.firstChild;
    show = (value) => {
      slider.value = String(value);
      slider.setAttribute('aria-valuetext', fill(words.valuetext, { value: shown(value), today: shown(lever.as_is) }));
      slide.style.setProperty('--from', Math.min(share(value), share(lever.as_is)));
      slide.style.setProperty('--to', Math.max(share(value), share(lever.as_is)));
      slide.dataset.side = value < lever.as_is ? 'less' : 'more';
      // what is being typed stays until it is a number
      if (document.activeElement !== box || box.getAttribute('aria-invalid') !== 'true') {
        box.value = plain(value * lever.scale);
        box.setAttribute('aria-invalid', 'false');
        problem.textContent = '';
      }
    };
  } else if (lever.kind === 'switch') {
    const state = h('span', { 'aria-hidden': 'true' });
    const input = h('input', {
      type: 'checkbox',
      role: 'switch',
      id,
      'aria-describedby': `${id}-cost`,
      onchange: () => panel.set(lever.name, input.checked ? lever.high : lever.low),
    });
    control = h('div', { class: 'cxp-switch' }, input, state);
    show = (value) => {
      input.checked = value > (lever.low + lever.high) / 2;
      state.textContent = `${words[input.checked ? 'on' : 'off']} (${shown(value)}; ${fill(words.today_at, { value: bare(lever.as_is) })})`;
    };
  } else {
    const values = [];
    for (let value = lever.low; value <= lever.high + DUST; value += lever.step) values.push(Number(value.toFixed(9)));
    control = h(
      'div',
      { class: 'cxp-choice', role: 'radiogroup', 'aria-label': lever.title, 'aria-describedby': `${id}-cost` },
      ...values.map((value) =>
        h(
          'label',
          {},
          h('input', { type: 'radio', name: id, value: String(value), onchange: () => panel.set(lever.name, value) }),
          h('span', {}, shown(value), Math.abs(value - lever.as_is) < DUST ? h('small', {}, ` (${words.today})`) : null),
        ),
      ),
    );
    show = (value) => {
      for (const input of control.querySelectorAll('input')) input.checked = Math.abs(Number(input.value) - value) < DUST;
    };
  }

  const row = h(
    'div',
    { class: `cxp-lever cxp-${lever.kind}-lever`, 'data-lever': lever.name },
    h(
      'div',
      { class: 'cxp-head' },
      lever.kind === 'choice' ? h('span', { class: 'cxp-name', ...spoken }, lever.title) : h('label', { class: 'cxp-name', for: id, ...spoken }, lever.title),
      reset,
    ),
    control,
    problem,
    h('p', { class: 'cxp-cost', id: `${id}-cost` }, h('strong', {}, words.cost), ' ', h('span', spoken, lever.cost)),
  );
  panel.shows.push((levers) => {
    const value = levers[lever.name];
    const moved = Math.abs(value - lever.as_is) > DUST;
    row.classList.toggle('cxp-moved', moved);
    // hidden from sight and touch, and never while it holds the focus
    reset.style.visibility = moved ? 'visible' : 'hidden';
    show(value);
  });
  return row;
}

function drawLevers(panel) {
  const { spec, words } = panel;
  const presets = spec.presets.map((preset) => {
    const button = h('button', { type: 'button', class: 'cxp-preset', onclick: () => panel.setAll(preset.levers) }, preset.label);
    panel.shows.push((levers) => button.setAttribute('aria-pressed', String(same(preset.levers, levers))));
    return button;
  });
  return h(
    'section',
    { class: 'cxp-levers', 'aria-label': words.levers },
    h('div', { class: 'cxp-presets', role: 'group', 'aria-label': words.presets }, h('span', { class: 'cxp-kicker', 'aria-hidden': 'true' }, words.presets), ...presets),
    ...spec.groups.map((group) =>
      h(
        'fieldset',
        { class: 'cxp-group' },
        h('legend', group.ours ? {} : { lang: spec.spoken, dir: 'auto' }, group.title),
        group.note ? h('p', { class: 'cxp-note' }, group.note) : null,
        h('div', { class: 'cxp-lever-list' }, ...group.levers.map((lever) => drawLever(lever, panel))),
      ),
    ),
    h('button', { type: 'button', class: 'cxp-button cxp-plain', onclick: () => panel.setAll(spec.presets[0].levers) }, `↺ ${words.reset_all}`),
  );
}

/* --- guess first */

function drawGuess(panel) {
  const { words, spec } = panel;
  const problem = h('p', { class: 'cxp-problem', role: 'alert', id: `${panel.prefix}-guess-problem` });
  const box = h('input', {
    type: 'text',
    inputmode: 'numeric',
    autocomplete: 'off',
    dir: 'ltr',
    id: `${panel.prefix}-guess`,
    class: 'cxp-box',
    'aria-describedby': `${panel.prefix}-guess-hint ${panel.prefix}-guess-problem`,
  });
  const today = h('p');
  return {
    problem,
    box,
    today,
    element: h(
      'form',
      {
        class: 'cxp-guess',
        onsubmit: (event) => {
          event.preventDefault();
          const value = parse(box.value.replace(/,(?=\d{3})/g, ''));
          panel.ask('guess', Number.isInteger(value) ? value : box.value);
        },
      },
      h('h4', {}, words['guess.title']),
      h('p', {}, words['guess.levers']),
      today,
      h('label', { class: 'cxp-ask', for: `${panel.prefix}-guess` }, fill(words['guess.ask'], { person: spec.person })),
      h('div', { class: 'cxp-guess-row' }, box, h('button', { type: 'submit', class: 'cxp-button' }, words['guess.show'])),
      h('p', { class: 'cxp-note', id: `${panel.prefix}-guess-hint` }, words['guess.hint']),
      problem,
    ),
  };
}

/* --- the whole */

function render({ model, el }) {
  guardKeys();
  const spec = model.get('spec');
  const { words } = spec;
  const prefix = `cxp${Math.random().toString(36).slice(2, 8)}`;
  let chosen = { ...model.get('levers') };
  let waiting = null;
  let again = false;
  let count = 0;
  let timers = {};
  let asked = null;
  let moved = false;

  const panel = {
    spec,
    words,
    prefix,
    rtl: spec.dir === 'rtl',
    // a figure that keeps its minus sign in front, also inside Hebrew
    apart: (text) => (spec.dir === 'rtl' ? `\u2066${text}\u2069` : text),
    shows: [],
    ends: {},
    set(name, value) {
      panel.setAll({ ...chosen, [name]: value });
    },
    setAll(levers) {
      chosen = { ...levers };
      moved = true;
      for (const show of panel.shows) show(chosen);
      busy(true);
      clearTimeout(timers.pace);
      timers.pace = setTimeout(() => panel.ask('ask'), waiting ? 0 : PACE);
      clearTimeout(timers.rest);
      timers.rest = setTimeout(rest, REST);
    },
    ask(kind, guess) {
      if (kind !== 'ask') asked = kind;
      else if (waiting) return void (again = true);
      clearTimeout(timers.pace);
      count += 1;
      again = false;
      waiting = `${prefix}-${count}`;
      busy(true);
      clearTimeout(timers.patience);
      timers.patience = setTimeout(deaf, PATIENCE);
      const message = { kind, ticket: waiting, levers: chosen, ...(guess === undefined ? {} : { guess }) };
      try {
        Promise.resolve(model.send(message)).catch(deaf);
      } catch {
        deaf();
      }
    },
  };

  const live = h('p', { class: 'cxp-unseen', role: 'status' });
  const say = h('p', { class: 'cxp-say' });
  const sayMoney = h('p', { class: 'cxp-say-money' });
  const working = h('span', { class: 'cxp-working', 'aria-hidden': 'true' }, words.working);
  const outcomes = h('div', { class: 'cxp-outcomes' });
  const guess = spec.guess ? drawGuess(panel) : null;
  const guessed = h('p', { class: 'cxp-guessed', hidden: true });
  const alarm = h('div', { class: 'cxp-alarm', role: 'alert' });
  const table = h('div');
  const behind = h('div', { class: 'cxp-behind' });
  const details = h(
    'div',
    { class: 'cxp-details' },
    h('details', {}, h('summary', {}, words.table), table),
    h('details', {}, h('summary', {}, words.behind), behind),
  );
  const result = h(
    'section',
    { class: 'cxp-result', 'aria-label': words.result, 'aria-busy': 'false' },
    h('div', { class: 'cxp-top' }, h('span', { class: 'cxp-kicker' }, words.result), working, say, guessed, sayMoney),
    guess?.element,
    outcomes,
    details,
  );
  const root = h(
    'div',
    { class: 'cx-panel', lang: spec.language, dir: spec.dir, role: 'group', 'aria-label': `${words.title} ${spec.case}` },
    h(
      'header',
      { class: 'cxp-header' },
      h('div', {}, h('h3', {}, h('span', { class: 'cxp-what' }, words.title), ' ', spec.case), h('p', { class: 'cxp-note' }, [words.levers_help, spec.told].filter(Boolean).join(' '))),
      h('p', { class: 'cxp-promise' }, words.promise),
    ),
    alarm,
    live,
    h('div', { class: 'cxp-body' }, drawLevers(panel), result),
  );

  function busy(is) {
    result.setAttribute('aria-busy', String(is));
    result.classList.toggle('cxp-is-busy', is);
  }

  /* Said once the hand rests, and not at each step on the way. */
  function rest() {
    const view = model.get('view');
    if (!moved || waiting || !same(view.levers, chosen)) return;
    moved = false;
    if (!view.hidden) live.textContent = [view.guess?.say, view.say, view.say_money].filter(Boolean).join(' ');
  }

  /* Nobody answers: the levers stay, and a line to start again from them. */
  function deaf() {
    waiting = null;
    if (alarm.childElementCount) return;
    const set = Object.entries(chosen).filter(([name, value]) => Math.abs(value - spec.presets[0].levers[name]) > DUST);
    const code = `${spec.code}, levers={${set.map(([name, value]) => `"${name}": ${Number(value.toFixed(6))}`).join(', ')}}${spec.guess ? ', guess=True' : ''})`;
    alarm.append(
      h('p', {}, h('strong', {}, words.lost_kernel), ' ', words.lost_kernel_what),
      h('code', { dir: 'ltr', lang: 'en' }, code),
      h('button', { type: 'button', class: 'cxp-button cxp-plain', onclick: () => panel.ask('ask') }, words.lost_kernel_try),
    );
    result.classList.remove('cxp-is-busy');
    result.setAttribute('aria-busy', 'false');
  }

  function heard() {
    const view = model.get('view');
    const mine = view.ticket === waiting;
    if (mine) {
      waiting = null;
      clearTimeout(timers.patience);
      alarm.replaceChildren();
    } else if (waiting || moved) {
      return;
    }
    if (guess) guess.problem.textContent = mine ? view.problem : '';
    if (guess) guess.box.setAttribute('aria-invalid', String(Boolean(mine && view.problem)));
    if (mine && view.problem) {
      busy(false);
      if (!guess) alarm.replaceChildren(h('p', {}, view.problem));
      return;
    }
    if (!same(view.levers, chosen)) {
      if (mine) return panel.ask('ask');
      // another view of this panel, or Python, moved the levers
      chosen = { ...view.levers };
      for (const show of panel.shows) show(chosen);
    }
    draw(view);
    busy(false);
    if (again) again = false;
    clearTimeout(timers.rest);
    timers.rest = setTimeout(rest, REST);
  }

  function draw(view) {
    const open = !view.hidden;
    if (guess) guess.element.hidden = open;
    for (const part of [say, sayMoney, outcomes, details]) part.hidden = !open;
    guessed.hidden = !view.guess;
    if (!open) {
      guessed.hidden = true;
      guess.today.textContent = view.today;
      if (asked === 'again') guess.box.focus();
      asked = null;
      return;
    }
    // the interval stays in one piece
    say.textContent = view.say.replace(/\([^)]*\)/, (range) => range.replaceAll(' ', '\u00a0'));
    say.dataset.state = view.people.state;
    sayMoney.textContent = view.say_money;
    if (view.guess)
      guessed.replaceChildren(
        view.guess.say,
        ' ',
        h('button', { type: 'button', class: 'cxp-link', onclick: () => panel.ask('again') }, words['guess.again']),
      );
    outcomes.replaceChildren(drawOutcome(view.people, 'people', view, panel), drawOutcome(view.money, 'money', view, panel));
    table.replaceChildren(drawTable(view.table, spec.spoken));
    behind.replaceChildren(
      ...view.notes.map((text) => h('p', { dir: 'auto' }, text)),
      h('p', {}, words.same_luck),
      h('h5', {}, words.limits),
      h('ul', {}, ...[1, 2, 3].map((n) => h('li', {}, words[`limit.${n}`]))),
      h('h5', {}, words.effects),
      h('ul', {}, ...view.effects.map(({ lever, text }) => h('li', {}, h('bdi', { lang: spec.spoken }, h('strong', {}, lever)), ': ', text))),
    );
    if (asked === 'guess') {
      asked = null;
      live.textContent = `${view.guess.say} ${view.say_money}`;
      guessed.querySelector('button').focus({ preventScroll: true });
    }
  }

  const gone = () => model.comm_live === false && deaf();
  model.on('change:view', heard);
  model.on('comm_live_update', gone);
  model.on('comm:close', deaf);
  for (const show of panel.shows) show(chosen);
  el.append(root);
  draw(model.get('view'));

  return () => {
    for (const timer of Object.values(timers)) clearTimeout(timer);
    model.off('change:view', heard);
    model.off('comm_live_update', gone);
    model.off('comm:close', deaf);
  };
}

export default { render };
