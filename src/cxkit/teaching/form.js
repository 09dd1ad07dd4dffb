/* One form for answer sheets, quizzes and activities. Python sends `spec` (the questions), `answers`, `words`
(every label, in the learner's language); this file draws native controls, so keyboard, screen reader and touch
work as they do on any page.

What goes back:
- `answers`, a plain object {question id: answer}, to Python;
- for an answer sheet, the same as text into the notebook's answer cell. The events are described at the top of
  frontend/labextension/static/remoteEntry.js. Only cxkit:saved may turn the status to "saved": what the learner
  sees as saved is on disk, even when the kernel is dead. */

const SAVE_DELAY = 400;
// a check takes a moment; silence for this long means that no kernel listens
const PATIENCE = 30000;

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

const optionId = (option) => (typeof option === 'string' ? option : option.id);
const optionLabel = (option) => (typeof option === 'string' ? option : option.label);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');

/* A learner's text as text: no lone surrogates, which no file can hold. */
const wellFormed = (text) => (text.toWellFormed ? text.toWellFormed() : text);

/* The notebook's own shortcuts (A adds a cell, D D deletes one, arrows move) are heard on the document before any
control hears its key. Inside a form a bare key belongs to the control that has the focus. */
function guardKeys() {
  if (window.cxkitKeysGuarded) return;
  window.cxkitKeysGuarded = true;
  window.addEventListener(
    'keydown',
    (event) => {
      const inForm = event.target instanceof Element && event.target.closest('.cx-form');
      if (!inForm || event.ctrlKey || event.metaKey) return;
      event.stopPropagation();
      if (event.altKey && ['ArrowUp', 'ArrowDown'].includes(event.key)) {
        event.preventDefault();
        const by = event.key === 'ArrowUp' ? -1 : 1;
        event.target.dispatchEvent(new CustomEvent('cx-move', { bubbles: true, detail: { by } }));
      }
    },
    true,
  );
}

/* JSON is also a Python literal here, because answers hold only text, numbers, lists and dicts of them. */
function asPython(header, answers) {
  return `${header}answers = ${JSON.stringify(answers, null, 4)}`;
}

function drawChoice(question, form) {
  const several = question.kind === 'several';
  const chosen = () => form.answer(question.id) ?? question.start;
  const isChosen = (id) => (several ? (chosen() ?? []).includes(id) : chosen() === id);
  const name = `${form.prefix}-${question.id}`;
  return h(
    'div',
    { class: 'cx-options' },
    ...question.options.map((option, index) => {
      const id = optionId(option);
      const input = h('input', {
        type: several ? 'checkbox' : 'radio',
        name,
        id: `${name}-${index}`,
        value: id,
        checked: isChosen(id),
        onchange: () => {
          if (!several) return form.set(question.id, id);
          const now = new Set(chosen() ?? []);
          input.checked ? now.add(id) : now.delete(id);
          form.set(question.id, question.options.map(optionId).filter((one) => now.has(one)));
        },
      });
      return h('label', { class: 'cx-option', for: `${name}-${index}` }, input, h('span', {}, optionLabel(option)));
    }),
  );
}

function drawText(question, form) {
  const number = question.kind === 'number';
  const area = !number && question.lines > 1;
  const input = h(area ? 'textarea' : 'input', {
    id: `${form.prefix}-${question.id}`,
    class: number ? 'cx-number' : 'cx-text',
    inputmode: number ? 'decimal' : null,
    rows: area ? String(question.lines) : null,
    autocomplete: 'off',
    dir: number ? 'ltr' : 'auto',
    'aria-describedby': question.note ? `${form.prefix}-${question.id}-note` : null,
    oninput: () => form.set(question.id, wellFormed(input.value)),
    onblur: () => form.flush(),
  });
  if (!area) input.type = 'text';
  input.value = form.answer(question.id) ?? '';
  const unit = question.unit ? h('span', { class: 'cx-unit' }, question.unit) : null;
  return h('div', {}, input, unit);
}

function drawScale(question, form) {
  const shown = h('output', { class: 'cx-scale-value', for: `${form.prefix}-${question.id}` });
  const input = h('input', {
    type: 'range',
    id: `${form.prefix}-${question.id}`,
    min: String(question.low),
    max: String(question.high),
    step: String(question.step ?? 1),
    oninput: () => {
      say();
      form.set(question.id, Number(input.value));
    },
    onpointerup: () => stay(),
    onkeyup: (event) => event.key !== 'Tab' && stay(),
  });
  /* Who wants the place where it stands at first touches it, and that is an answer, too. */
  function stay() {
    if (form.answer(question.id) === undefined) form.set(question.id, Number(input.value));
  }
  const labels = question.labels ?? [];
  function say() {
    const text = labels[Math.round((input.value - question.low) / (question.step ?? 1))] ?? input.value;
    shown.textContent = text;
    input.setAttribute('aria-valuetext', text);
  }
  input.value = form.answer(question.id) ?? question.start ?? question.low;
  say();
  return h('div', { class: 'cx-range' }, input, shown);
}

/* Cards to put in order, with a choice or two on each: the learner builds a journey, one touchpoint a row. */
function drawSteps(question, form) {
  const list = h('ol', { class: 'cx-steps' });
  const columns = question.columns ?? [];
  let dragged = null;

  const rows = () => {
    const given = (form.answer(question.id) ?? []).filter((row) => question.cards.some((card) => card.id === row.step));
    const missing = question.cards.filter((card) => !given.some((row) => row.step === card.id));
    return [...given, ...missing.map((card) => ({ step: card.id }))];
  };
  const grip = () => question.ordered !== false && h('span', { class: 'cx-grip', 'aria-hidden': 'true' }, '⠿ ');
  const label = (id) => question.cards.find((card) => card.id === id).label;

  function put(next) {
    form.set(question.id, next);
  }

  function move(from, to, focus) {
    const next = rows();
    if (to < 0 || to >= next.length || from === to) return;
    const [row] = next.splice(from, 1);
    next.splice(to, 0, row);
    put(next);
    draw();
    form.announce(fill(form.words.moved, { step: label(row.step), place: to + 1, of: next.length }));
    const item = list.children[to];
    const wanted = item.querySelector(focus);
    (wanted && !wanted.disabled ? wanted : item.querySelector('button:not([disabled])')).focus();
  }

  function draw() {
    const all = rows();
    list.replaceChildren(
      ...all.map((row, index) => {
        const name = label(row.step);
        const button = (by, sign, words) =>
          h(
            'button',
            {
              type: 'button',
              class: `cx-move cx-${by < 0 ? 'up' : 'down'}`,
              disabled: index + by < 0 || index + by >= all.length,
              'aria-label': fill(words, { step: name }),
              title: fill(words, { step: name }),
              onclick: () => move(index, index + by, by < 0 ? '.cx-up' : '.cx-down'),
            },
            sign,
          );
        const selects = columns.map((column) => {
          const id = `${form.prefix}-${question.id}-${row.step}-${column.id}`.replace(/\s+/g, '_');
          const select = h(
            'select',
            {
              id,
              onchange: () => {
                const next = rows();
                if (select.value) next[index] = { ...next[index], [column.id]: select.value };
                else delete next[index][column.id];
                put(next);
              },
            },
            h('option', { value: '' }, form.words.choose),
            ...column.options.map((option) => h('option', { value: optionId(option) }, optionLabel(option))),
          );
          select.value = row[column.id] ?? '';
          return h(
            'label',
            { class: 'cx-column', for: id },
            h('span', {}, column.label, h('span', { class: 'cx-hidden' }, ` (${name})`)),
            select,
          );
        });
        const item = h(
          'li',
          {
            class: 'cx-step',
            draggable: 'true',
            'data-step': row.step,
            ondragstart: (event) => {
              dragged = index;
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', name);
              event.stopPropagation();
            },
            ondragend: () => {
              dragged = null;
              item.classList.remove('cx-over');
            },
            ondragover: (event) => {
              if (dragged === null) return;
              event.preventDefault();
              event.stopPropagation();
              item.classList.add('cx-over');
            },
            ondragleave: () => item.classList.remove('cx-over'),
            ondrop: (event) => {
              if (dragged === null) return;
              event.preventDefault();
              event.stopPropagation();
              move(dragged, index, '.cx-up');
            },
          },
          h('span', { class: 'cx-place', 'aria-hidden': 'true' }, String(index + 1)),
          h('div', { class: 'cx-card' }, h('div', { class: 'cx-name' }, grip(), name), h('div', { class: 'cx-columns' }, ...selects)),
          h('div', { class: 'cx-moves' }, button(-1, '▲', form.words.up), button(1, '▼', form.words.down)),
        );
        item.addEventListener('cx-move', (event) => {
          event.stopPropagation();
          move(index, index + event.detail.by, event.detail.by < 0 ? '.cx-up' : '.cx-down');
        });
        return item;
      }),
    );
  }
  draw();
  if (question.ordered === false) list.classList.add('cx-unordered');
  return list;
}

/* A map of one's own: the editor keeps it in a file, and a button brings it into the answers, which travel. */
function drawJourney(question, form) {
  const list = h('ol', { class: 'cx-touchpoints' });
  const told = h('p', { class: 'cx-note' });
  const take = () => form.send({ kind: 'take', question: question.id });
  function draw() {
    const rows = form.answer(question.id) ?? [];
    list.replaceChildren(...rows.map((row) => h('li', {}, [row.touchpoint, row.stage].filter(Boolean).join(' · '))));
    told.textContent = rows.length ? fill(form.words.taken, { n: rows.length }) : '';
  }
  form.redraw[question.id] = draw;
  draw();
  return h('div', {}, h('button', { type: 'button', class: 'cx-check', onclick: take }, form.words.take_map), told, list);
}

const DRAW = { choice: drawChoice, several: drawChoice, text: drawText, number: drawText, scale: drawScale, steps: drawSteps, journey: drawJourney };

function drawHints(question, form) {
  if (!question.hints?.length) return null;
  let shown = 0;
  const list = h('div', { 'aria-live': 'polite' });
  const button = h(
    'button',
    {
      type: 'button',
      class: 'cx-link',
      onclick: () => {
        list.append(h('p', { class: 'cx-hint' }, `${form.words.hint} ${shown + 1}: ${question.hints[shown]}`));
        shown += 1;
        form.tell({ kind: 'hint', question: question.id, opened: shown });
        if (shown === question.hints.length) button.hidden = true;
        else button.textContent = fill(form.words.next_hint, { n: shown + 1, of: question.hints.length });
      },
    },
    fill(form.words.first_hint, { n: 1, of: question.hints.length }),
  );
  return h('div', { class: 'cx-hints' }, list, button);
}

function drawQuestion(question, form) {
  const group = ['choice', 'several', 'steps', 'journey'].includes(question.kind);
  const id = `${form.prefix}-${question.id}`;
  const label = group
    ? h('legend', { class: 'cx-ask' }, question.ask)
    : h('label', { class: 'cx-ask', for: id }, question.ask);
  const note = question.note ? h('p', { class: 'cx-note', id: `${id}-note` }, question.note) : null;
  const feedback = h('div', { class: 'cx-feedback', role: 'status' });
  form.feedback[question.id] = feedback;
  const check =
    form.spec.feedback === 'each' && question.check !== false
      ? h('button', { type: 'button', class: 'cx-check', onclick: () => form.send({ kind: 'check', question: question.id }) }, form.words.check)
      : null;
  return h(
    group ? 'fieldset' : 'div',
    { class: `cx-question cx-${question.kind}`, 'data-question': question.id },
    label,
    note,
    DRAW[question.kind](question, form),
    drawHints(question, form),
    check,
    feedback,
  );
}

/* Words from Python: a list of {ok: true | false | null, text}; marks come with a state, a sign and lines of words. */
function showWords(box, words, signs) {
  box.replaceChildren(
    ...(words ?? []).map(({ ok, text, state: given, sign: mark, lines }) => {
      if (lines) {
        return h(
          'div',
          { class: `cx-words cx-${given}` },
          h(
            'p',
            {},
            h('strong', {}, h('span', { class: 'cx-mark', 'aria-hidden': 'true' }, `${mark} `), text),
            ok ? ` · ${lines.join(' ')}` : null,
          ),
          ok ? null : h('ul', {}, ...lines.map((line) => h('li', { dir: 'auto' }, line))),
        );
      }
      const state = ok === true ? 'good' : ok === false ? 'bad' : 'plain';
      const sign = signs[state] ? h('strong', {}, `${signs[state]} `) : null;
      return h('p', { class: `cx-words cx-${state}` }, sign, text);
    }),
  );
}

function render({ model, el }) {
  guardKeys();
  const spec = model.get('spec');
  const words = model.get('words');
  const stop = new AbortController();
  const status = h('p', { class: 'cx-status', role: 'status' });
  const live = h('p', { class: 'cx-hidden', role: 'status' });
  const alarm = h('div', { role: 'alert' });
  const byHand = h('div', { class: 'cx-by-hand', hidden: true });
  const keeps = Boolean(spec.answer_cell);
  let timer = null;
  let ticket = 0;
  let host = null;
  let answers = { ...model.get('answers') };
  let asked = null;

  const form = {
    spec,
    words,
    prefix: `cx${Math.random().toString(36).slice(2, 8)}`,
    feedback: {},
    redraw: {},
    answer: (id) => answers[id],
    set(id, value) {
      answers = { ...answers, [id]: value };
      if (value === '' || (Array.isArray(value) && value.length === 0)) delete answers[id];
      if (keeps) say('saving');
      clearTimeout(timer);
      timer = setTimeout(form.flush, SAVE_DELAY);
    },
    flush() {
      if (timer === null) return;
      clearTimeout(timer);
      timer = null;
      toKernel(() => {
        model.set('answers', answers);
        model.save_changes();
      });
      if (keeps) save();
    },
    send(message) {
      form.flush();
      asked = message;
      // while the kernel is busy, changes wait and messages do not: what is judged travels with the question
      toKernel(() => model.send({ ...message, answers }));
    },
    /* Something to note, which asks for no answer. */
    tell(message) {
      if (spec.kind === 'sheet') toKernel(() => model.send(message));
    },
    announce(text) {
      live.textContent = text;
    },
  };

  /* A dead kernel must not keep the answer from the notebook. */
  function toKernel(act) {
    try {
      act();
    } catch (error) {
      console.warn('cxkit: the kernel did not hear this', error);
    }
  }

  function say(state, why) {
    const time = new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    status.dataset.state = state;
    status.textContent = fill(words[state], { time });
    alarm.textContent = why ? words[`why_${why}`] : '';
  }

  function source() {
    return asPython(spec.answer_header, answers);
  }

  function save() {
    ticket += 1;
    const event = { cell: spec.answer_cell, source: source(), ticket };
    if (host?.ready) el.dispatchEvent(new CustomEvent('cxkit:answer', { bubbles: true, composed: true, detail: event }));
    else showByHand();
  }

  function showByHand() {
    const text = h('textarea', { class: 'cx-text', rows: '8', readonly: true, 'aria-label': words.copy_label });
    text.value = source();
    byHand.replaceChildren(
      h('p', {}, host ? words['why_no-cell'] : words.by_hand),
      text,
      h(
        'button',
        {
          type: 'button',
          class: 'cx-check',
          onclick: async () => {
            text.select();
            try {
              await navigator.clipboard.writeText(text.value);
              form.announce(words.copied);
            } catch {
              document.execCommand('copy');
            }
          },
        },
        words.copy,
      ),
    );
    byHand.hidden = false;
    say('not_saved');
  }

  el.addEventListener('cxkit:saved', (event) => event.detail.ticket === ticket && timer === null && say('saved'), { signal: stop.signal });
  el.addEventListener('cxkit:not-saved', (event) => event.detail.ticket === ticket && say('not_saved', event.detail.why), { signal: stop.signal });

  /* The view may be drawn before it stands in the page; only there can the page hear it. */
  function greet(tries = 20) {
    if (!el.isConnected && tries) return void setTimeout(() => greet(tries - 1), 100);
    const event = new CustomEvent('cxkit:hello', { bubbles: true, composed: true, detail: { cell: spec.answer_cell } });
    el.dispatchEvent(event);
    host = event.detail.host ?? null;
    if (!host?.ready) showByHand();
  }

  /* What a check said: one line at the foot, which is read out, and the rest above it. */
  const sheet = spec.kind === 'sheet';
  const total = h('p', { class: 'cx-total', role: 'status' });
  const told = h('div', { class: 'cx-told' });
  const hints = h('p', { class: 'cx-note', 'aria-live': 'polite' });
  const extra = h('div', { class: 'cx-feedback' });
  const modelAnswer = h('section', { class: 'cx-model', hidden: true });
  let patience = null;
  let round = 0;

  function press(button) {
    if (sheet && button === 'check') {
      total.textContent = words.checking;
      delete total.dataset.state;
      clearTimeout(patience);
      patience = setTimeout(() => (total.textContent = words.no_reply), PATIENCE);
    }
    form.send({ kind: 'button', button });
  }

  function showResult() {
    const result = model.get('result') ?? {};
    const news = result.round !== round;
    round = result.round;
    if (news) clearTimeout(patience);
    // a hint that is opened while a check is under way must not take its words away
    if (news || total.textContent !== words.checking) {
      total.textContent = result.total ?? '';
      total.dataset.state = result.full ? 'good' : 'plain';
    }
    told.replaceChildren(...(result.lines ?? []).map((line) => h('p', { class: 'cx-note' }, line)));
    if (hints.textContent !== (result.hints ?? '')) hints.textContent = result.hints ?? '';
    showWords(extra, result.extra, words.signs);
    modelButton.hidden = !result.model;
    if (!news || asked?.button !== 'check') return;
    const lost = body.querySelector('.cx-part > .cx-feedback .cx-words:not(.cx-good)');
    // on a low window the foot stands below everything, and its line has to be looked for
    bring(window.innerHeight < 600 ? total : lost);
  }

  function showModel() {
    const { html = '' } = model.get('model_answer') ?? {};
    modelAnswer.innerHTML = html;
    modelAnswer.hidden = !html;
    if (asked?.button !== 'model') return;
    const head = modelAnswer.querySelector('h3');
    asked = null;
    if (!head) return;
    head.tabIndex = -1;
    head.focus({ preventScroll: true });
    modelAnswer.scrollIntoView({ block: 'start' });
  }

  const picture = h('div', { class: 'cx-picture', 'aria-live': 'polite' });
  const checked = {};
  const drawn = {};
  const shown = {};
  const parts = spec.parts.map((part) => {
    // of a sheet the total alone is read out: all parts at once would be a flood
    checked[part.id] = h('div', { class: 'cx-feedback', role: sheet ? null : 'status' });
    drawn[part.id] = h('div', { class: 'cx-picture', 'aria-live': 'polite' });
    return h(
      'section',
      { class: 'cx-part', 'data-part': part.id },
      part.title ? h('h3', {}, part.title, part.marks ? h('span', { class: 'cx-marks' }, part.marks) : null) : null,
      ...(part.text ?? []).map((text) => h('p', {}, text)),
      drawn[part.id],
      ...part.questions.map((question) => drawQuestion(question, form)),
      checked[part.id],
    );
  });
  const buttons = (spec.buttons ?? []).map((button) =>
    h('button', { type: 'button', class: 'cx-check', 'data-button': button.id, onclick: () => press(button.id) }, button.label),
  );
  const modelButton = h('button', { type: 'button', class: 'cx-check cx-quiet', 'data-button': 'model', hidden: true, onclick: () => press('model') }, words.model_button ?? '');

  function update() {
    const messages = model.get('messages');
    for (const [id, box] of Object.entries(form.feedback)) showWords(box, messages[id], words.signs);
    for (const [id, box] of Object.entries(checked)) showWords(box, messages[`part:${id}`], words.signs);
    if (!keeps) status.textContent = model.get('note');
    if (asked?.kind === 'check') bring(form.feedback[asked.question]);
    else if (!sheet && asked?.button === 'check') bring(body.querySelector('.cx-part > .cx-feedback .cx-words'));
  }

  /* What was committed stays to be read, and cannot be changed. */
  function close() {
    const closed = model.get('closed');
    const focused = foot.contains(document.activeElement);
    for (const control of body.querySelectorAll('input, select, textarea')) control.disabled = closed;
    for (const button of buttons) button.hidden = closed;
    if (!closed || !asked) return;
    update();
    const told = body.querySelector('.cx-feedback:has(.cx-words)');
    bring(told);
    // else the next key would go to the notebook, which takes letters for commands
    if (focused && told) {
      told.tabIndex = -1;
      told.focus({ preventScroll: true });
    }
  }

  function show() {
    picture.innerHTML = model.get('picture');
    picture.hidden = !model.get('picture');
    for (const [id, box] of Object.entries(drawn)) {
      const html = model.get('pictures')[id] ?? '';
      if (shown[id] !== html) box.innerHTML = html;
      shown[id] = html;
      box.hidden = !html;
    }
    if (asked?.button === 'map') bring(picture);
  }

  /* Python found an answer in a file: it becomes one that the learner could have typed. */
  function put(message) {
    if (message.kind !== 'put') return;
    form.set(message.question, message.value);
    form.flush();
    form.redraw[message.question]?.();
  }

  /* What the learner asked for must not appear below the edge of the window. */
  function bring(element) {
    asked = null;
    element?.scrollIntoView({ block: 'nearest' });
  }

  const body = h('div', { class: 'cx-body' }, ...parts, sheet ? h('div', { class: 'cx-result' }, extra, told, hints) : null);
  const foot = h('div', { class: 'cx-foot' }, ...buttons, sheet ? modelButton : null, sheet ? total : null, status, alarm);
  const root = h(
    'div',
    { class: `cx-form cx-kind-${spec.kind}`, lang: spec.language, dir: spec.dir, role: 'group', 'aria-label': spec.title },
    live,
    spec.picture_first ? picture : null,
    body,
    spec.picture_first ? null : picture,
    modelAnswer,
    byHand,
    foot,
  );
  model.on('change:messages', update);
  model.on('change:note', update);
  model.on('change:picture', show);
  model.on('change:pictures', show);
  model.on('msg:custom', put);
  model.on('change:closed', close);
  model.on('change:result', showResult);
  model.on('change:model_answer', showModel);
  el.append(root);
  update();
  show();
  close();
  if (sheet) {
    showResult();
    showModel();
  }
  if (keeps) {
    say(Object.keys(answers).length ? 'restored' : 'empty');
    greet();
  }
  const leaving = () => form.flush();
  window.addEventListener('pagehide', leaving, { signal: stop.signal });

  return () => {
    form.flush();
    clearTimeout(patience);
    stop.abort();
    model.off('change:messages', update);
    model.off('change:note', update);
    model.off('change:picture', show);
    model.off('change:pictures', show);
    model.off('msg:custom', put);
    model.off('change:closed', close);
    model.off('change:result', showResult);
    model.off('change:model_answer', showModel);
  };
}

export default { render };
