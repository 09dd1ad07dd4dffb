/* What the map editor knows, apart from how it looks: the draft, undo and redo, and the talk with Python.

One store for each model, so that it outlives a view (the notebook makes a new one as it likes) and two views
agree. A draft never changes: each edit makes a new one, and the steps of undo are the old ones.

To Python, by messages: change (the whole draft), draw, start, file, copy, answer, take. Back come the traits saved,
findings, drawn, picture, notices, draft (when somebody else changed it), and the messages load, copied, trouble. Only
`saved` with the number of the last change turns the status to "saved": what is shown as saved is on disk. */

const SAVE_DELAY = 150; // ms of rest after the last key
const DRAW_DELAY = 250; // ms of rest: a drawing begun between two letters would be in the way of the next
const SAVE_AT_LEAST = 1500; // ms, while somebody types on and on
const SLOW = 600; // ms until “saving” is worth a word
const SILENCE = 4000; // ms without an answer, after which the kernel is taken to be gone
const RETRY = 5000;
const STEPS = 300;

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const fill = (text, values = {}) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const clock = (at) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });
const dayAndClock = (at) => {
  const day = new Date(at).toLocaleDateString();
  return day === new Date().toLocaleDateString() ? clock(at) : `${day}, ${clock(at)}`;
};

/* Text that every file can hold: no lone surrogates, no hidden control characters. */
const tidy = (text) =>
  // eslint-disable-next-line no-control-regex
  (text.toWellFormed ? text.toWellFormed() : text).replace(/\r\n?/g, '\n').replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]/g, '');

const stores = new WeakMap();

function storeOf(model) {
  if (!stores.has(model)) stores.set(model, makeStore(model));
  return stores.get(model);
}

/* What the browser keeps for a kernel that is gone. A page may forbid it, or be full: then nothing breaks, and `put`
says that it is not kept. Many forms may have this one file open, in many windows: each has places of its own. */
function drawer(key) {
  const before = `cxkit map ${key} `;
  const attempt = (act, instead) => {
    try {
      return act(window.localStorage);
    } catch {
      return instead;
    }
  };
  return {
    places: () => attempt((all) => Object.keys(all), []).filter((name) => name.startsWith(before)).map((name) => name.slice(before.length)),
    get: (place) => attempt((all) => JSON.parse(all.getItem(before + place)), null),
    put: (place, value) => attempt((all) => (all.setItem(before + place, JSON.stringify(value)), true), false),
    drop: (place) => attempt((all) => all.removeItem(before + place), null),
  };
}

function makeStore(model) {
  const options = model.get('options');
  const by = Math.random().toString(36).slice(2);
  const listeners = new Set();
  const keep = drawer(options.key);
  const mine = `draft ${by}`;
  const past = [];
  const future = [];
  const timers = {};
  let openKey = null; // the field that is being edited: its letters are one step
  let ticket = 0;
  let unsaved = false;
  let firstUnsaved = 0;
  let drawing = false;
  let drawAgain = false;
  let giving = false; // this version makes room for the one in the file, which is on its way

  const store = {
    model,
    options,
    by,
    draft: model.get('draft').draft,
    chosen: null, // the id of the touchpoint whose details are open
    touched: false, // has anything been changed since the map was started from elsewhere
    status: { ...model.get('saved') },
    drawState: { state: 'wait' },
    lost: [], // what was never saved, the newest first: {place, draft, at}
    kept: true, // does the browser keep what is not saved yet
    listen(act) {
      listeners.add(act);
      return () => listeners.delete(act);
    },
    get language() {
      return store.draft.about.language;
    },
    get words() {
      const all = model.get('words');
      return all[store.language.toLowerCase().split(/[-_]/)[0]] ?? all.en;
    },
    say(key, values) {
      return fill(store.words[key] ?? key, values);
    },
    get rightToLeft() {
      return options.right_to_left.includes(store.language.toLowerCase().split(/[-_]/)[0]);
    },
    index: (id) => store.draft.touchpoints.findIndex((row) => row.id === id),
    row: (id) => store.draft.touchpoints.find((row) => row.id === id),
    pending: () => unsaved,
    canUndo: () => past.at(-1)?.label ?? null,
    canRedo: () => future.at(-1)?.label ?? null,

    edit(key, label, draft, chosen = store.chosen) {
      if (draft === store.draft) return;
      if (key === null || key !== openKey) {
        past.push({ draft: store.draft, label, chosen: store.chosen });
        if (past.length > STEPS) past.shift();
      }
      future.length = 0;
      openKey = key;
      store.draft = draft;
      store.touched = true;
      choose(chosen);
      changed();
    },
    endField() {
      openKey = null;
    },
    undo: () => step(past, future),
    redo: () => step(future, past),
    choose(id) {
      choose(id);
      tell('chosen');
    },
    flush() {
      if (timers.save) save();
    },
    send,
    start(name) {
      ask({ kind: 'start', name, language: store.words === model.get('words').he ? 'he' : 'en', keep: store.touched });
    },
    take(name, bytes) {
      ask({ kind: 'file', name, keep: store.touched }, [bytes]);
    },
    copy(suffix) {
      ask({ kind: 'copy', suffix });
    },
    retry: () => save(),
    nameOfStart,
    wake() {
      if (unsaved) {
        const at = Date.now();
        const place = `lost ${by} ${at}`;
        store.lost = [{ place, draft: store.draft, at }, ...store.lost];
        if (keep.put(place, { draft: store.draft, at })) keep.drop(mine);
      }
      unsaved = false;
      calm();
      send({ kind: 'take' });
    },
    /* Two versions, one file: `here` keeps this one in it, `other` takes the one that it holds. */
    settle(answer) {
      store.flush(); // the copy is to hold the last letters, too
      giving = answer === 'other';
      send({ kind: 'answer', key: 'conflict', answer });
    },
    answerLost({ place, draft }, bring) {
      store.lost = store.lost.filter((each) => each.place !== place);
      keep.drop(place);
      if (bring) store.edit(null, store.say('did_bring'), draft, null);
      tell('notices');
      tell('say', bring ? 'brought' : 'left_out');
    },
  };

  function nameOfStart(name) {
    return store.words[`start_${name}`] ?? store.words[`template_${name}`] ?? name;
  }

  function tell(what, ...more) {
    for (const act of [...listeners]) act(what, ...more);
  }

  function choose(id) {
    store.chosen = id !== null && store.index(id) >= 0 ? id : null;
  }

  function step(from, to) {
    const last = from.pop();
    if (!last) return null;
    to.push({ draft: store.draft, label: last.label, chosen: store.chosen });
    store.draft = last.draft;
    openKey = null;
    choose(last.chosen ?? store.chosen);
    changed();
    return last.label;
  }

  function changed() {
    if (!unsaved) firstUnsaved = Date.now();
    unsaved = true;
    const kept = keep.put(mine, { draft: store.draft, at: Date.now() });
    if (kept !== store.kept) {
      store.kept = kept;
      tell('status');
    }
    // a quick save says nothing in between; a slow one must not stand there as saved
    timers.slow ??= setTimeout(() => unsaved && setStatus({ state: 'saving' }), SLOW);
    clearTimeout(timers.save);
    clearTimeout(timers.rest);
    const wait = Math.min(openKey === null ? 0 : SAVE_DELAY, Math.max(0, firstUnsaved + SAVE_AT_LEAST - Date.now()));
    timers.save = setTimeout(save, wait);
    tell('draft');
  }

  /* A dead kernel must not stop the form. Whether it heard, only its answer tells. */
  function send(message, buffers = []) {
    try {
      model.send({ by, ...message }, undefined, buffers);
    } catch (error) {
      console.warn('cxkit: the kernel did not hear this', error);
    }
  }

  /* Ask for something that somebody waits for. Silence is told, too. */
  function ask(message, buffers) {
    store.flush();
    clearTimeout(timers.answer);
    timers.answer = setTimeout(() => tell('trouble', { about: message.kind, name: message.name, why: store.words.why_no_answer }), SILENCE * 2);
    send(message, buffers);
  }

  function save(drawToo = true) {
    clearTimeout(timers.save);
    clearTimeout(timers.retry);
    timers.save = null;
    ticket += 1;
    firstUnsaved = Date.now();
    send({ kind: 'change', ticket, draft: store.draft });
    timers.silence ??= setTimeout(() => setStatus({ state: 'silent' }), SILENCE);
    timers.retry = setTimeout(() => unsaved && save(false), RETRY);
    if (!drawToo) return;
    clearTimeout(timers.rest);
    timers.rest = setTimeout(draw, openKey === null ? 0 : DRAW_DELAY - SAVE_DELAY);
  }

  function setStatus(status) {
    store.status = { ...store.status, why: '', ...status };
    tell('status');
  }

  function calm() {
    for (const name of ['silence', 'slow', 'retry']) {
      clearTimeout(timers[name]);
      timers[name] = null;
    }
  }

  function onSaved() {
    const saved = model.get('saved');
    if (saved.by === by && saved.ticket !== ticket) return;
    if (saved.by !== by && unsaved && !['retired', 'conflict'].includes(saved.state)) return;
    calm();
    if (saved.by === by && saved.state === 'saved' && !timers.save) {
      unsaved = false;
      keep.drop(mine);
    } else if (saved.state === 'failed') {
      timers.retry = setTimeout(() => unsaved && save(false), RETRY);
    }
    // what was asked of a kernel that did not listen is asked again
    if (store.status.state === 'silent' || store.drawState.state === 'silent') drawing = false;
    if (!drawing && !timers.save && !timers.rest && store.drawState.ticket !== ticket) draw();
    setStatus(saved);
  }

  /* Only one drawing is asked for at a time, and the newest draft is drawn next: the kernel never lags behind. */
  function draw() {
    timers.rest = null;
    if (drawing) {
      drawAgain = true;
      return;
    }
    drawing = true;
    drawAgain = false;
    tell('drawing');
    send({ kind: 'draw', ticket });
    timers.draw = setTimeout(() => {
      drawing = false;
      store.drawState = { state: 'silent' };
      tell('drawn');
    }, SILENCE * 2);
  }

  function onDrawn() {
    const drawn = model.get('drawn');
    if (drawn.by !== by) return;
    clearTimeout(timers.draw);
    drawing = false;
    if (drawn.state !== 'stale') store.drawState = drawn;
    if (drawAgain || drawn.state === 'stale') draw();
    tell('drawn');
  }

  /* Another window, or Python, has changed the map. */
  function onDraft() {
    const { by: who, draft } = model.get('draft');
    if (giving && who !== by) {
      giving = unsaved = false;
      calm();
      keep.drop(mine);
    }
    if (who === by || unsaved || same(draft, store.draft)) return;
    past.push({ draft: store.draft, label: store.say('did_other'), chosen: store.chosen });
    future.length = 0;
    store.draft = draft;
    choose(store.chosen);
    tell('draft');
    draw();
  }

  function onMessage(message, buffers) {
    clearTimeout(timers.answer);
    if (message.kind === 'load') {
      const name = nameOfStart(message.name);
      past.push({ draft: store.draft, label: store.say('did_start', { name }), chosen: store.chosen });
      future.length = 0;
      openKey = null;
      store.draft = message.draft;
      store.chosen = null;
      changed();
      store.touched = false;
      tell('loaded', message);
    } else tell(message.kind, message, buffers);
  }

  model.on('change:saved', onSaved);
  model.on('change:findings', () => tell('findings'));
  model.on('change:drawn', onDrawn);
  model.on('change:picture', () => tell('picture'));
  model.on('change:notices', () => tell('notices'));
  model.on('change:draft', onDraft);
  model.on('msg:custom', onMessage);

  // each stays in its place until somebody answers
  for (const place of keep.places()) {
    const { draft, at } = keep.get(place) ?? {};
    if (draft?.touchpoints && !same(draft, store.draft)) store.lost.push({ place, draft, at });
    else keep.drop(place);
  }
  store.lost.sort((one, other) => other.at - one.at);
  window.addEventListener('pagehide', () => store.flush());
  store.begin = () => model.get('drawn').state === undefined && draw();
  if (model.get('drawn').state !== undefined) store.drawState = model.get('drawn');
  return store;
}
