/* The map editor as a page shows it: tools, the head of the journey, the board, the details of one touchpoint, and the
drawn map. Everything is native controls, so keyboard, screen reader and touch work as they do on any page. */

/* The notebook's own shortcuts (A adds a cell, D D deletes one, arrows move) are heard on the document before any
control hears its key. Inside the editor a bare key belongs to the control that has the focus. */
function guardMapKeys() {
  if (window.cxkitMapKeysGuarded) return;
  window.cxkitMapKeysGuarded = true;
  window.addEventListener(
    'keydown',
    (event) => {
      const inside = event.target instanceof Element && event.target.closest('.cxe, .cxe-large');
      if (!inside) return;
      const key = new CustomEvent('cxe-key', { bubbles: true, cancelable: true, detail: event });
      const mine = !event.target.dispatchEvent(key);
      if (mine) event.preventDefault();
      if (mine || !(event.ctrlKey || event.metaKey)) event.stopPropagation();
    },
    true,
  );
}

function disclosure(view, name, title, build) {
  const { words } = view.store;
  const id = `${view.id}-${name}`;
  const panel = h('div', { class: 'cxe-menu-panel', id, hidden: true, role: 'group', 'aria-label': words[title] });
  const button = h(
    'button',
    {
      type: 'button',
      class: 'cxe-tool',
      'data-key': `menu:${name}`,
      'aria-expanded': 'false',
      'aria-controls': id,
      onclick: () => toggle(panel.hidden),
    },
    words[title],
    h('span', { class: 'cxe-caret', 'aria-hidden': 'true' }, '▾'),
  );
  const node = h('div', { class: 'cxe-menu' }, button, panel);
  function toggle(open) {
    if (open) {
      view.closeMenus();
      panel.replaceChildren(...build());
    }
    panel.hidden = !open;
    button.setAttribute('aria-expanded', String(open));
    if (open) panel.querySelector('button')?.focus({ preventScroll: true });
  }
  node.addEventListener('focusout', (event) => {
    if (event.relatedTarget && !node.contains(event.relatedTarget)) toggle(false);
  });
  view.menus.push(() => !panel.hidden && (toggle(false), true));
  const item = (label, act) =>
    h('button', { type: 'button', class: 'cxe-item', onclick: () => (toggle(false), button.focus(), act()) }, label);
  return { node, item };
}

function drawTools(view) {
  const { store } = view;
  const { words, options } = store;
  const start = disclosure(view, 'start', 'start_from', () => [
    h('p', { class: 'cxe-menu-title' }, words.start_empty),
    start.item(words.start_blank, () => store.start('blank')),
    h('p', { class: 'cxe-menu-title' }, words.start_stories),
    ...options.stories.map((name) => start.item(words[`start_${name}`], () => store.start(name))),
    h('p', { class: 'cxe-menu-title' }, words.start_templates),
    ...options.templates.map((name) => start.item(words[`template_${name}`], () => store.start(name))),
    h('p', { class: 'cxe-menu-title' }, words.start_mine),
    start.item(words.start_file, () => picker.click()),
    h('p', { class: 'cxe-menu-hint' }, words.start_hint),
  ]);
  const picker = h('input', {
    type: 'file',
    hidden: true,
    accept: options.takes.join(','),
    'aria-label': words.start_file,
    onchange: async () => {
      const [file] = picker.files;
      if (file) store.take(file.name, await file.arrayBuffer());
      picker.value = '';
    },
  });
  const copies = disclosure(view, 'copies', 'copies', () =>
    ['picture', 'colleagues'].flatMap((kind) => [
      h('p', { class: 'cxe-menu-title' }, words[`copies_${kind}`]),
      ...options.copies[kind].map((suffix) =>
        copies.item(words[`copy_${suffix.slice(1)}`], () => {
          view.show(store.say('copying', { file: options.file.replace(/\.\w+$/, suffix) }));
          store.copy(suffix);
        }),
      ),
    ]),
  );
  const tool = (name, sign) =>
    h(
      'button',
      { type: 'button', class: 'cxe-tool', 'data-key': `tool:${name}`, 'aria-disabled': 'true', onclick: () => view.step(name) },
      icon(sign),
      words[name],
    );
  // in a line that runs from right to left, back is to the right
  const [back, on] = store.rightToLeft ? ['redo', 'undo'] : ['undo', 'redo'];
  const undo = tool('undo', back);
  const redo = tool('redo', on);
  const status = h('p', { class: 'cxe-status', role: 'status' });
  const why = h('p', { class: 'cxe-why' });
  const again = h('button', { type: 'button', class: 'cxe-link', hidden: true, onclick: () => store.retry() }, words.try_again);
  return {
    node: h(
      'div',
      { class: 'cxe-tools', role: 'group', 'aria-label': words.tools },
      h('div', { class: 'cxe-tool-row' }, start.node, undo, redo, copies.node, picker, status),
      h('div', { class: 'cxe-trouble' }, why, again),
    ),
    sync() {
      status.toggleAttribute('data-pending', store.pending());
      for (const [button, label] of [[undo, store.canUndo()], [redo, store.canRedo()]]) {
        button.setAttribute('aria-disabled', String(label === null));
        button.title = label ?? '';
      }
    },
    status() {
      const { state, file, folder, at, why: reason } = store.status;
      const values = { file: `\u2068${file}\u2069`, time: clock(at) };
      const key = { none: 'nothing_yet', kept: 'as_kept', failed: 'not_saved', silent: 'not_saved', retired: 'not_saved', conflict: 'resting' }[state] ?? state;
      const text = store.say(key, values);
      if (status.textContent !== text) status.textContent = text;
      status.toggleAttribute('data-pending', store.pending());
      status.dataset.state = { failed: 'not_saved', silent: 'not_saved', retired: 'not_saved', conflict: 'not_saved' }[state] ?? state;
      status.title = store.say('where', { file, folder });
      const troubles = store.kept
        ? { failed: store.say('why_file', { why: reason }), silent: words.why_silent }
        : { failed: store.say('why_file_unkept', { why: reason }), silent: words.why_silent_unkept };
      const trouble = troubles[state] ?? '';
      if (why.textContent !== trouble) why.textContent = trouble;
      again.hidden = !trouble;
    },
  };
}

function drawHead(view) {
  const { store } = view;
  const { words, options } = store;
  const fields = [];
  const put = (field) => {
    fields.push(field);
    return field.node;
  };
  const text = (part, name, more) => put(textField(store, headTarget(store, part, name), more));
  // one line of words that takes as many lines on the page as it needs
  const flowing = { lines: 2, oneLine: true };
  const languages = Object.keys(options.languages);
  const title = put(textField(store, headTarget(store, 'about', 'title'), { wide: true, lines: 2, oneLine: true, hint: words.title_hint }));
  const summary = h('span', { class: 'cxe-summary', dir: 'auto' });
  const more = h(
    'details',
    { class: 'cxe-about', ontoggle: () => fields.forEach((field) => field.sync()) },
    h('summary', { 'data-key': 'about' }, h('span', { class: 'cxe-about-name' }, words.about), summary),
    h(
      'div',
      { class: 'cxe-grid' },
      text('persona', 'name'),
      text('persona', 'demographics', flowing),
      put(choiceField(store, headTarget(store, 'about', 'state'), { choices: options.states, label: (state) => words[`state_${state}`], wide: false })),
      text('persona', 'job', { ...flowing, wide: true }),
      text('about', 'scenario', { ...flowing, wide: true }),
      text('about', 'source', { ...flowing, wide: true, hint: words.source_hint }),
      put(
        selectField(store, headTarget(store, 'about', 'language'), {
          choices: languages,
          label: (code) => options.languages[code] ?? code,
        }),
      ),
      ...['products', 'channels', 'history', 'situation'].map((name) => text('persona', name, flowing)),
    ),
  );
  return {
    node: h('div', { class: 'cxe-head' }, title, more),
    fields,
    open: () => (more.open = true),
    sync() {
      const { about, persona } = store.draft;
      for (const field of fields) field.sync();
      const who = [persona.name, persona.demographics].filter(Boolean).join(', ');
      summary.textContent = [who, words[`state_${about.state}`] ?? about.state, options.languages[about.language] ?? about.language]
        .filter(Boolean)
        .join(' · ');
    },
  };
}

function drawDetails(view, id) {
  const { store, board } = view;
  const { words, options } = store;
  const fields = [];
  const put = (field) => {
    fields.push(field);
    return field.node;
  };
  const cell = (column) => cellTarget(store, id, column);
  const pills = (column, choices, more = {}) =>
    put(choiceField(store, cell(column), { choices, label: (choice) => words[`${column}_${choice}`] ?? choice, ...more }));
  const gap = h('p', { class: 'cxe-gap-words' });
  const title = h('h4', { class: 'cxe-details-title', tabindex: '-1', 'data-key': 'details' });
  const act = (name, sign, run) =>
    h(
      'button',
      { type: 'button', class: `cxe-act cxe-act-${name}`, 'data-key': `act:${name}`, onclick: run },
      icon(sign),
      words[name],
    );
  const [back, on] = store.rightToLeft ? ['right', 'left'] : ['left', 'right'];
  /* Leaf through the touchpoints without a way back to the board. */
  const go = (name, by) =>
    h(
      'button',
      {
        type: 'button',
        class: 'cxe-go',
        'data-key': name,
        'aria-label': words[name],
        title: words[name],
        onclick: () => {
          const next = store.draft.touchpoints[store.index(id) + by];
          if (!next) return view.tell(words[by < 0 ? 'first_already' : 'last_already']);
          store.choose(next.id);
          view.find(name).focus({ preventScroll: true });
          view.tell(`${view.details.title.textContent}. ${nameOf(store, next)}`);
        },
      },
      icon(by < 0 === store.rightToLeft ? 'next' : 'previous'),
    );
  const group = (name, ...nodes) =>
    h('section', { class: 'cxe-group', 'aria-label': words[name] }, h('h5', {}, words[name]), h('div', { class: 'cxe-grid' }, ...nodes));
  const node = h(
    'section',
    { class: 'cxe-details', id: `${view.id}-details`, 'data-row': id },
    h(
      'div',
      { class: 'cxe-details-head' },
      go('go_before', -1),
      title,
      go('go_after', 1),
      h(
        'button',
        { type: 'button', class: 'cxe-close', 'aria-label': words.close, title: words.close, 'data-key': 'act:close', onclick: () => view.close() },
        icon('close'),
      ),
    ),
    h(
      'div',
      { class: 'cxe-acts' },
      act('earlier', back, () => view.tell(stepRow(store, id, -1))),
      act('later', on, () => view.tell(stepRow(store, id, 1))),
      act('add_before', 'plus', () => board.add(store.index(id), store.row(id).stage)),
      act('add_after', 'plus', () => board.add(store.index(id) + 1, store.row(id).stage)),
      act('duplicate', 'copy', () => view.opened(copyRow(store, id))),
      act('delete', 'bin', () => board.remove(id)),
    ),
    group(
      'group_what',
      put(textField(store, cell('touchpoint'), { wide: true, lines: 2, oneLine: true, hint: words.touchpoint_hint })),
      pills('stage', options.stages, { tick: false, label: (choice) => stageName(store, choice) }),
      pills('channel', options.channels, { icon, label: (choice) => words[`channel_${choice}`] }),
    ),
    group('group_who', put(ownerField(store, cell('owner'))), put(waitField(store, cell('wait_days')))),
    group('group_feel', put(scoreField(store, cell('expected'))), put(scoreField(store, cell('experienced'))), gap),
    group(
      'group_matters',
      pills('moment', ['', ...options.moments]),
      put(textField(store, cell('pain_point'), { wide: true, lines: 2 })),
      pills('failure', ['', ...options.failures]),
    ),
    group(
      'group_know',
      put(textField(store, cell('quote'), { wide: true, lines: 2 })),
      pills('evidence', ['', ...options.evidence], { tick: false }),
      put(textField(store, cell('opportunity'), { wide: true, lines: 2 })),
    ),
  );
  node.setAttribute('aria-labelledby', (title.id = `${view.id}-details-title`));
  return {
    id,
    node,
    fields,
    title,
    first: () => node.querySelector('textarea'),
    sync() {
      for (const field of fields) field.sync();
      const [n, of] = [store.index(id) + 1, store.draft.touchpoints.length];
      title.textContent = store.say('details', { n, of });
      node.querySelector('[data-key=go_before]').setAttribute('aria-disabled', String(n === 1));
      node.querySelector('[data-key=go_after]').setAttribute('aria-disabled', String(n === of));
      const { kind, text } = gapWords(store, store.row(id));
      gap.textContent = text;
      gap.dataset.kind = kind;
    },
  };
}

/* The drawn map, with its words and its table twin. The picture is swapped in place, so that an open table stays open. */
function drawMap(view) {
  const { store } = view;
  const { words, model } = { words: store.words, model: store.model };
  const image = h('img', { class: 'cxe-image', alt: '', hidden: true });
  const state = h('p', { class: 'cxe-map-state' });
  const table = h('div', { class: 'cxe-table', tabindex: '0', role: 'region', 'aria-label': words.map_table_of });
  const large = h('button', { type: 'button', class: 'cxe-link', 'data-key': 'large', onclick: () => enlarge() }, words.map_large);
  const twin = h('details', { class: 'cxe-twin' }, h('summary', { 'data-key': 'twin' }, words.map_table), table);
  const foot = h('div', { class: 'cxe-map-foot' }, large, twin);
  const node = h('section', { class: 'cxe-map', 'aria-label': words.map }, state, image, foot);
  let url = null;

  function show() {
    const picture = model.get('picture');
    const drawn = Boolean(picture.svg);
    if (url) URL.revokeObjectURL(url);
    url = drawn ? URL.createObjectURL(new Blob([picture.svg], { type: 'image/svg+xml' })) : null;
    image.hidden = foot.hidden = !drawn;
    if (!drawn) {
      image.removeAttribute('src');
      return;
    }
    image.src = url;
    image.alt = picture.alt;
    const head = picture.heads.map((text) => h('th', { scope: 'col' }, text));
    const rows = picture.rows.map((cells) =>
      h(
        'tr',
        {},
        ...cells.map((text, index) => h(index === picture.named ? 'th' : 'td', { scope: index === picture.named ? 'row' : null, dir: 'auto' }, text)),
      ),
    );
    table.replaceChildren(
      h('table', {}, h('caption', {}, picture.title), h('thead', {}, h('tr', {}, ...head)), h('tbody', {}, ...rows)),
    );
  }

  function say() {
    const { state: kind, why } = store.drawState;
    const shown = Boolean(model.get('picture').svg);
    const text = {
      wait: shown ? '' : words.map_wait,
      none: words.map_none,
      kept: words.map_old,
      failed: store.say('map_failed', { why }),
      silent: words.map_silent,
    }[kind];
    if (state.textContent !== (text ?? '')) state.textContent = text ?? '';
    state.dataset.kind = kind;
    node.setAttribute('aria-busy', 'false');
  }

  function enlarge() {
    const picture = model.get('picture');
    const close = h('button', { type: 'button', class: 'cxe-tool', onclick: () => dialog.close() }, words.close);
    const dialog = h(
      'dialog',
      { class: 'cxe-large', lang: store.language, dir: store.rightToLeft ? 'rtl' : 'ltr', 'aria-label': words.map, onclose: () => dialog.remove() },
      h('div', { class: 'cxe-large-head' }, close),
      h(
        'div',
        { class: 'cxe-large-body', tabindex: '0', role: 'region', 'aria-label': words.map },
        h('img', { src: url, alt: picture.alt, style: `--least: ${0.9 * picture.width}px; --shape: ${image.naturalWidth / image.naturalHeight || 1.6}` }),
      ),
    );
    dialog.addEventListener('cxe-key', (event) => {
      if (event.detail.key === 'Escape') dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
    close.focus();
  }

  return { node, show, say, busy: () => node.setAttribute('aria-busy', 'true'), drop: () => url && URL.revokeObjectURL(url) };
}

function drawNotices(view) {
  const { store } = view;
  const node = h('div', { class: 'cxe-notices', role: 'status' });
  const button = (label, run, main = false) => h('button', { type: 'button', class: main ? 'cxe-main' : 'cxe-tool', onclick: run }, label);
  const bar = (kind, text, ...buttons) =>
    h('div', { class: `cxe-notice cxe-notice-${kind}`, tabindex: '-1' }, ...[text].flat().map((one) => h('p', {}, one)), h('div', { class: 'cxe-notice-acts' }, ...buttons));
  const named = ({ title, n }) =>
    store.say('map_named', { title: title || store.words.start_blank, n: n === 1 ? store.words.count_one : store.say('count', { n }) });
  return {
    node,
    sync() {
      const { words } = store;
      const bars = store.model.get('notices').map((notice) => {
        const answer = (value) => store.send({ kind: 'answer', key: notice.key, answer: value });
        if (notice.key === 'exists') {
          const key = notice.mine.title === notice.theirs.title ? 'exists_same' : 'exists';
          const text = store.say(key, { file: store.options.file, mine: named(notice.mine), theirs: named(notice.theirs) });
          const goOn = () => (answer('mine'), view.tell(words.going_on));
          return bar('ask', text, button(words.go_on, goOn, true), button(words.begin, () => answer('begin')));
        }
        if (notice.key === 'retired') return bar('rest', words.retired, button(words.take, () => store.wake(), true));
        if (notice.key === 'conflict') {
          const files = { file: `\u2068${notice.file}\u2069`, copy: `\u2068${notice.copy}\u2069` };
          const settle = (label, answer, main) => button(label, () => store.settle(answer), main);
          return bar('rest', [store.say('conflict', files), store.say('conflict_ask', files)], settle(words.take, 'here', true), settle(words.take_other, 'other'));
        }
        const values = { ...notice, n: notice.n === 1 ? words.count_one : store.say('count', { n: notice.n }) };
        const stuck = notice.key === 'damaged_stuck';
        return bar(notice.key.startsWith('kept_') ? 'ask' : 'bad', store.say(notice.key, values), stuck ? null : button(words.close, () => answer('seen')));
      });
      const offers = store.lost.map((each) => {
        const text = store.say('lost_found', { time: dayAndClock(each.at), file: store.options.file });
        const bring = (yes) => () => store.answerLost(each, yes);
        return bar('ask', text, button(words.bring_back, bring(true), true), button(words.leave_out, bring(false)));
      });
      bars.unshift(...offers);
      const inside = node.contains(view.focused());
      const working = view.body.contains(view.focused());
      node.replaceChildren(...bars);
      const resting = store.model.get('notices').some((notice) => ['retired', 'conflict'].includes(notice.key));
      view.body.toggleAttribute('inert', resting);
      // to the words and not to a button: the next letter that is typed must not choose
      if (resting && (inside || working)) node.querySelector('.cxe-notice-rest').focus();
      else if (inside) view.find('menu:start')?.focus();
    },
  };
}

function drawProblems(view) {
  const { store } = view;
  const node = h('div', { class: 'cxe-findings' });
  const list = (kind, all) => {
    if (!all.length) return null;
    const { words } = store;
    const name = all.length === 1 ? words[`${kind}_one`] : store.say(kind, { n: all.length });
    const items = all.map((each) => {
      const number = store.index(each.id) + 1;
      const where = number ? store.say('problem_at', { n: number, field: words[each.column] ?? each.column }) : words[each.column] ?? each.column;
      const text = kind === 'open' ? each.text : `${where}: ${each.text}`;
      const key = `to:${each.id}:${each.column}`;
      return h('li', {}, h('button', { type: 'button', class: 'cxe-link', 'data-key': key, onclick: () => view.lead(each) }, text));
    });
    return kind === 'open'
      ? h('details', { class: 'cxe-still-open', open: view.openShown, ontoggle: (event) => (view.openShown = event.target.open) }, h('summary', { 'data-key': 'open' }, name), h('ul', {}, ...items))
      : h('div', { class: 'cxe-problems', role: 'group', 'aria-label': name }, h('p', {}, h('strong', {}, name)), h('ul', {}, ...items));
  };
  return {
    node,
    sync() {
      const { problems = [], missing = [] } = store.model.get('findings');
      const here = (each) => each.id === '' || store.index(each.id) >= 0;
      view.keepFocus(() => node.replaceChildren(...[list('problems', problems.filter(here)), list('open', missing.filter(here))].filter(Boolean)));
    },
  };
}

function render({ model, el }) {
  guardMapKeys();
  const store = storeOf(model);
  const live = h('p', { class: 'cxe-hidden', role: 'status' });
  let toastAt = 0;
  const toast = h('div', { class: 'cxe-toast' });
  const view = {
    store,
    id: `cxe-${Math.random().toString(36).slice(2, 8)}`,
    menus: [],
    openShown: false,
    body: h('div', { class: 'cxe-body' }),
    closeMenus: () => view.menus.map((close) => close()).some(Boolean),
    tell(text) {
      live.textContent = live.textContent === text ? `${text}\u00a0` : text;
    },
    /* Say it to the ear and to the eye, with the way back. */
    show(text, ...more) {
      view.tell(text);
      toast.replaceChildren(h('span', { 'aria-hidden': 'true' }, text), ...more);
      toastAt = Date.now();
    },
    focused: () => {
      const active = root.getRootNode().activeElement;
      return active && root.contains(active) ? active : null;
    },
    find: (key) => [...root.querySelectorAll('[data-key]')].find((node) => node.dataset.key === key) ?? null,
    /* Redraw without taking the focus from whoever is there. */
    keepFocus(act) {
      const key = view.focused()?.dataset.key;
      act();
      if (key && !view.focused()) view.find(key)?.focus({ preventScroll: true });
    },
    step(name) {
      const label = store[name]();
      const text = label === null ? store.words[`nothing_${name}`] : store.say({ undo: 'undone', redo: 'redone' }[name], { step: label });
      view.tell(text);
      toast.replaceChildren();
      // the way back may itself have been in the message that goes
      if (!view.focused()) view.find(`tool:${name}`).focus();
    },
    opened(said) {
      view.tell(said);
      view.details?.first().focus({ preventScroll: true });
      view.reveal();
    },
    /* Bring the details into sight, and leave the board in sight where both fit. */
    reveal() {
      const { top } = view.details.node.getBoundingClientRect();
      const bar = view.tools.node.getBoundingClientRect();
      const above = getComputedStyle(view.tools.node).position === 'sticky' ? bar.height : 0;
      if (top < above || top > window.innerHeight - 320) view.details.node.scrollIntoView({ block: 'start' });
    },
    close() {
      const id = store.chosen;
      store.choose(null);
      view.find(`card:${id}`)?.focus();
    },
    /* Lead to the control that a problem or an open place is about. */
    lead({ id, column }) {
      if (id && store.chosen !== id) store.choose(id);
      if (!id) view.head.open();
      const field = [...root.querySelectorAll('[data-field]')].find((node) => node.dataset.field === `${id}:${column}`);
      const wanted = ['input[type=radio]:checked', 'textarea, select, input:not([type=checkbox])'];
      const control = wanted.map((one) => field?.querySelector(one)).find(Boolean) ?? view.details?.title;
      control?.focus();
      (field ?? control)?.scrollIntoView({ block: 'center' });
    },
  };
  const root = h('div', { class: 'cxe', role: 'group' });
  el.append(root);

  const board = {
    id: view.id,
    store,
    node: h('div', { class: 'cxe-board', role: 'group' }),
    flags(id) {
      const { problems = [], missing = [] } = model.get('findings');
      return { problem: problems.some((each) => each.id === id), missing: missing.some((each) => each.id === id) };
    },
    open(id) {
      if (store.chosen === id) return view.close();
      store.choose(id);
      // a finger that opens a card does not want the keyboard over half of the screen
      const touch = window.matchMedia('(pointer: coarse)').matches;
      (touch ? view.details.title : view.details.first()).focus({ preventScroll: true });
      view.reveal();
    },
    add(index, stage) {
      view.opened(addRow(store, index, stage));
    },
    remove(id) {
      const { said, next } = deleteRow(store, id);
      const back = h('button', { type: 'button', class: 'cxe-link', onclick: () => view.step('undo') }, store.words.undo);
      view.show(said, back);
      (next ? view.find(`card:${next}`) : root.querySelector('.cxe-add'))?.focus();
    },
    put(id, index, stage) {
      view.tell(placeRow(store, id, index, stage));
      view.find(`card:${id}`)?.focus();
    },
  };
  board.redraw = () => drawBoard();
  view.board = board;
  const drag = allowDrag(board);
  holdWhilePressed(board);

  function drawBoard() {
    if (board.held) return;
    view.keepFocus(() => redrawBoard(board));
  }

  function drawChosen() {
    const id = store.chosen;
    if (view.details?.id !== id) {
      view.details?.node.remove();
      view.details = id === null ? null : drawDetails(view, id);
      if (view.details) view.work.prepend(view.details.node);
      view.work.classList.toggle('cxe-with-details', id !== null);
      mark();
    }
    view.details?.sync();
  }

  /* Each problem at the cell that has it. */
  function mark() {
    const { problems = [] } = model.get('findings');
    for (const field of [...view.head.fields, ...(view.details?.fields ?? [])]) {
      field.mark(problems.find((each) => `${each.id}:${each.column}` === field.node.dataset.field));
    }
  }

  function build() {
    const { words } = store;
    view.menus = [];
    root.setAttribute('aria-label', words.editor);
    view.map?.drop();
    Object.assign(view, { tools: drawTools(view), head: drawHead(view), map: drawMap(view), notices: drawNotices(view), problems: drawProblems(view) });
    view.details?.node.remove();
    view.details = null;
    view.work = h('div', { class: 'cxe-work' }, view.map.node);
    board.node.setAttribute('aria-label', words.board);
    const hint = h('p', { class: 'cxe-board-hint', id: `${board.id}-hint` }, words.board_hint);
    view.body.replaceChildren(view.tools.node, toast, view.problems.node, view.head.node, board.node, hint, view.work);
    root.replaceChildren(live, view.notices.node, view.body);
    view.notices.sync();
    view.problems.sync();
    view.map.show();
    view.map.say();
    view.tools.status();
    follow();
  }

  let language = null;
  function follow() {
    if (language !== store.language) {
      language = store.language;
      root.lang = language;
      root.dir = store.rightToLeft ? 'rtl' : 'ltr';
      view.keepFocus(build);
      return;
    }
    view.tools.sync();
    view.head.sync();
    drawBoard();
    drawChosen();
  }

  root.addEventListener('cxe-key', (event) => {
    const key = event.detail;
    const mine = () => event.preventDefault();
    const typing = key.target.matches('textarea, input:not([type=radio]):not([type=checkbox])');
    const card = key.target.closest('[data-card]')?.dataset.card;
    const forward = store.rightToLeft ? ['ArrowLeft', 'ArrowDown'] : ['ArrowRight', 'ArrowDown'];
    const by = { ArrowLeft: 1, ArrowRight: 1, ArrowUp: 1, ArrowDown: 1 }[key.key] && (forward.includes(key.key) ? 1 : -1);
    const id = card ?? key.target.closest('.cxe-details')?.dataset.row;
    if (key.key === 'Escape') {
      const dragged = drag.stop();
      if (dragged) view.tell(store.say('move_stopped', { name: nameOf(store, store.row(dragged)) }));
      else if (view.closeMenus()) view.find('menu:start')?.focus();
      else if (key.target.closest('.cxe-details')) view.close();
      else return;
      mine();
    } else if ((key.ctrlKey || key.metaKey) && !key.altKey && ['z', 'y'].includes(key.key.toLowerCase()) && !typing) {
      mine();
      view.step(key.key.toLowerCase() === 'y' || key.shiftKey ? 'redo' : 'undo');
    } else if (key.altKey && by && id && !typing) {
      mine();
      view.tell(stepRow(store, id, by));
    } else if (card && by && !key.ctrlKey && !key.metaKey && !key.shiftKey) {
      mine();
      const next = store.draft.touchpoints[store.index(card) + by];
      if (next) view.find(`card:${next.id}`)?.focus();
    } else if (card && key.key === 'Delete') {
      mine();
      board.remove(card);
    } else if (key.key === 'Enter' && key.target.dataset.oneLine && !key.ctrlKey) mine();
  });
  root.addEventListener('pointerdown', (event) => !event.target.closest('.cxe-menu') && view.closeMenus());

  const quiet = store.listen((what, message, buffers) => {
    if (what === 'draft') {
      // what was said of the last step is out of date with the next
      if (Date.now() - toastAt > 1000) toast.replaceChildren();
      follow();
    } else if (what === 'chosen') {
      drawBoard();
      drawChosen();
    } else if (what === 'status') view.tools.status();
    else if (what === 'findings') {
      view.problems.sync();
      drawBoard();
      mark();
    } else if (what === 'drawing') view.map.busy();
    else if (what === 'picture') view.map.show();
    else if (what === 'drawn') view.map.say();
    else if (what === 'notices') view.notices.sync();
    else if (what === 'say') view.tell(store.words[message]);
    else if (what === 'loaded') {
      const name = store.nameOfStart(message.name);
      const text = [store.say('started', { name }), message.problems ? store.say('mended', { name }) : '', message.copy ? store.say('kept_copy', message) : ''];
      view.show(text.filter(Boolean).join(' '));
    } else if (what === 'copied') {
      const link = h('a', { class: 'cxe-link', download: message.name, href: URL.createObjectURL(new Blob(buffers)) }, store.say('download', { file: message.name }));
      view.show(store.say('copied', { file: message.name, folder: message.folder }), link);
    } else if (what === 'trouble') {
      const key = { copy: 'not_copied', file: 'no_file' }[message.about] ?? 'no_start';
      view.show(store.say(key, message));
    }
  });
  follow();
  store.begin();
  return () => {
    store.flush();
    drag.stop();
    view.map.drop();
    quiet();
  };
}

export default { render };
