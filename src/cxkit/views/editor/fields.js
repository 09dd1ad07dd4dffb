/* The fields of the form: each one control that a keyboard, a finger and a screen reader can use, with its label, its
“worked out, not told” and its problem. A field is made from a target (what it reads and writes) and gives back
{node, sync}: sync shows the draft as it stands without disturbing whoever types. */

const UNITS = { hours: 1 / 24, days: 1, weeks: 7, months: 30 };
const LONGEST = '10000';
// where the browser itself fits a field to its text, it does so at every width
const GROWS = window.CSS?.supports?.('field-sizing', 'content') ?? false;

/* --- targets --- */

function cellTarget(store, id, column) {
  return {
    id,
    column,
    get: () => store.row(id)?.[column] ?? '',
    put(value) {
      const touchpoints = store.draft.touchpoints.map((row) => (row.id === id ? { ...row, [column]: value } : row));
      write(store, `${id}:${column}`, column, { ...store.draft, touchpoints });
    },
    ticked: () => store.row(id)?.inferred.includes(column) ?? false,
    tick(on) {
      const touchpoints = store.draft.touchpoints.map((row) => {
        if (row.id !== id) return row;
        const others = row.inferred.filter((name) => name !== column);
        return { ...row, inferred: on ? [...others, column] : others };
      });
      store.edit(null, store.say('did_tick', { field: store.words[column] }), { ...store.draft, touchpoints });
    },
  };
}

function headTarget(store, part, name) {
  const column = part === 'persona' ? `persona_${name}` : name;
  return {
    id: '',
    column,
    get: () => store.draft[part][name] ?? '',
    put: (value) => write(store, `:${column}`, column, { ...store.draft, [part]: { ...store.draft[part], [name]: value } }),
  };
}

function write(store, key, column, draft) {
  store.edit(key, store.say('did_change', { field: store.words[column] }), draft);
}

/* --- the frame around every control --- */

let fieldCount = 0;

function frame(store, target, { control, group = false, wide = false, hint = null, aside = null, tick = true }) {
  const { words } = store;
  const label = words[target.column];
  fieldCount += 1;
  const id = `cxe-${store.by}-${fieldCount}`;
  const error = h('p', { class: 'cxe-error', id: `${id}-error`, hidden: true });
  const note = hint ? h('p', { class: 'cxe-hint', id: `${id}-hint` }, hint) : null;
  const box = target.tick && tick ? tickBox(store, target, label) : null;
  const controls = control(id);
  const name = group ? h('span', { class: 'cxe-label', id: `${id}-name` }, label) : h('label', { class: 'cxe-label', for: id }, label);
  if (group) {
    controls.node.setAttribute('role', 'radiogroup');
    controls.node.setAttribute('aria-labelledby', `${id}-name`);
  }
  // the tick stands beside the label, and comes after the control for whoever walks by Tab
  const node = h(
    'div',
    { class: `cxe-field cxe-field-${target.column}${wide ? ' cxe-wide' : ''}`, 'data-field': `${target.id}:${target.column}` },
    name,
    controls.node,
    box?.node,
    note,
    aside,
    error,
  );
  node.addEventListener('focusout', () => store.endField());
  return {
    node,
    sync() {
      controls.sync();
      box?.sync();
    },
    /* A problem is named at the control itself, for the eye and for the ear. */
    mark(problem) {
      error.textContent = problem?.text ?? '';
      error.hidden = !problem;
      node.classList.toggle('cxe-bad', Boolean(problem));
      for (const input of controls.inputs()) {
        if (problem) input.setAttribute('aria-invalid', 'true');
        else input.removeAttribute('aria-invalid');
        const said = [note ? note.id : '', problem ? error.id : ''].filter(Boolean).join(' ');
        if (said) input.setAttribute('aria-describedby', said);
        else input.removeAttribute('aria-describedby');
      }
    },
  };
}

function tickBox(store, target, label) {
  const input = h('input', {
    type: 'checkbox',
    'data-key': `${target.id}:${target.column}:tick`,
    'aria-label': store.say('tick_of', { field: label }),
    onchange: () => target.tick(input.checked),
  });
  const node = h('label', { class: 'cxe-tick' }, input, h('span', { 'aria-hidden': 'true' }, store.words.tick));
  return {
    node,
    sync() {
      input.checked = target.ticked();
      // what nobody knows was neither told nor worked out
      node.hidden = !target.get() && !input.checked;
    },
  };
}

/* --- controls --- */

function textField(store, target, { lines = 1, wide = false, hint = null, oneLine = lines === 1, onEnter = null } = {}) {
  const control = (id) => {
    const input = h(lines > 1 ? 'textarea' : 'input', {
      id,
      class: 'cxe-text',
      maxlength: LONGEST,
      rows: lines > 1 ? (oneLine ? '1' : String(lines)) : null,
      autocomplete: 'off',
      dir: 'auto',
      'data-key': `${target.id}:${target.column}`,
      oninput: () => {
        const text = tidy(input.value);
        target.put(oneLine ? text.replace(/\n/g, ' ') : text);
        grow();
      },
    });
    if (lines === 1) input.type = 'text';
    if (oneLine && lines > 1) input.dataset.oneLine = 'yes';
    const grow = () => {
      if (lines === 1 || GROWS) return;
      input.style.height = 'auto';
      input.style.height = `${input.scrollHeight + 2}px`;
    };
    return {
      node: input,
      inputs: () => [input],
      sync() {
        const value = target.get();
        if (tidy(input.value) !== value && !(oneLine && input.value.replace(/\n/g, ' ') === value)) input.value = value;
        // the height is known only where the form stands in the page
        requestAnimationFrame(grow);
      },
    };
  };
  return frame(store, target, { control, wide, hint });
}

/* Words to choose from, all in sight. The value in a file may be none of them: then it is shown as it is. */
function choiceField(store, target, { choices, label, wide = true, icon = null, style = 'pills', tick = true, aside = null }) {
  const control = (id) => {
    const box = h('div', { class: `cxe-choices cxe-${style}` });
    let shown = [];
    const build = () => {
      const value = target.get();
      const all = choices.includes(value) ? choices : [...choices, value].sort(style === 'scale' ? (a, b) => a - b : () => 0);
      if (!value && !choices.includes('')) all.pop();
      if (same(all, shown)) return;
      shown = all;
      box.replaceChildren(
        ...all.map((choice) => {
          const input = h('input', {
            type: 'radio',
            name: id,
            value: choice,
            'data-key': `${target.id}:${target.column}:${choice}`,
            onchange: () => input.checked && target.put(choice),
          });
          const known = choices.includes(choice);
          return h(
            'label',
            { class: `cxe-pill${choice === '' ? ' cxe-none' : ''}` },
            input,
            icon && known ? icon(choice) : null,
            h('span', {}, known ? label(choice) : store.say('other_value', { value: choice })),
          );
        }),
      );
    };
    build();
    return {
      node: box,
      inputs: () => [...box.querySelectorAll('input')],
      sync() {
        build();
        for (const input of box.querySelectorAll('input')) input.checked = input.value === target.get();
      },
    };
  };
  return frame(store, target, { control, group: true, wide, tick, aside });
}

function scoreField(store, target) {
  const choices = ['', ...Array.from({ length: 10 }, (_, index) => String(index + 1))];
  const label = (choice) => choice || store.words.not_known;
  return choiceField(store, target, { choices, label, style: 'scale' });
}

function selectField(store, target, { choices, label, wide = false }) {
  const control = (id) => {
    const select = h('select', { id, class: 'cxe-select', 'data-key': `${target.id}:${target.column}`, onchange: () => target.put(select.value) });
    return {
      node: select,
      inputs: () => [select],
      sync() {
        const value = target.get();
        const all = choices.includes(value) ? choices : [...choices, value];
        if (select.options.length !== all.length || [...select.options].some((one, index) => one.value !== all[index])) {
          select.replaceChildren(...all.map((choice) => h('option', { value: choice }, label(choice))));
        }
        select.value = value;
      },
    };
  };
  return frame(store, target, { control, wide });
}

/* Who answers for it: any words, the owners so far as suggestions, or nobody at all. */
function ownerField(store, target) {
  let none;
  const control = (id) => {
    const list = h('datalist', { id: `${id}-list` });
    const input = h('input', {
      type: 'text',
      id,
      class: 'cxe-text',
      list: `${id}-list`,
      maxlength: LONGEST,
      autocomplete: 'off',
      dir: 'auto',
      'data-key': `${target.id}:owner`,
      oninput: () => target.put(tidy(input.value)),
    });
    none = h('input', {
      type: 'checkbox',
      'data-key': `${target.id}:owner:none`,
      onchange: () => {
        if (none.checked) target.put('');
        else {
          none.checked = !target.get();
          input.focus();
        }
      },
    });
    return {
      node: h('div', { class: 'cxe-owner' }, input, list, h('label', { class: 'cxe-check' }, none, h('span', {}, store.words.nobody))),
      inputs: () => [input],
      sync() {
        const value = target.get();
        if (tidy(input.value) !== value) input.value = value;
        none.checked = !value.trim();
        const owners = [...new Set(store.draft.touchpoints.map((row) => row.owner.trim()).filter(Boolean))].sort();
        list.replaceChildren(...owners.filter((owner) => owner !== value).map((owner) => h('option', { value: owner })));
      },
    };
  };
  return frame(store, target, { control, hint: store.words.owner_hint });
}

const plain = (amount) => amount.trim().replace(',', '.');

/* Days, as the file keeps them, out of a number and a unit; what is no number stays as it was typed. */
function toDays(amount, unit) {
  if (!/^\d+(\.\d+)?$/.test(plain(amount))) return amount.trim();
  return String(Number((Number(plain(amount)) * UNITS[unit]).toPrecision(12)));
}

function fromDays(text) {
  const days = Number(text);
  if (text === '' || !(days > 0)) return { amount: text, unit: 'days' };
  const hours = days * 24;
  if (days < 1 && Math.abs(hours - Math.round(hours)) < 1e-6) return { amount: String(Math.round(hours)), unit: 'hours' };
  if (days >= 60 && days % 30 === 0) return { amount: String(days / 30), unit: 'months' };
  return { amount: text, unit: 'days' };
}

/* What was worked out and not told never stands there as a fact. */
const almost = (row, ...columns) => (columns.some((name) => row.inferred.includes(name)) ? '≈ ' : '');

function waitWords(store, row) {
  const text = row.wait_days;
  if (text === '' || Number.isNaN(Number(text))) return '';
  const sign = almost(row, 'wait_days');
  if (Number(text) === 0) return sign + store.words.same_day;
  const { amount, unit } = fromDays(text);
  return sign + (amount === '1' ? store.words[`one_${unit}`] : `${amount} ${store.words[`unit_${unit}`]}`);
}

function waitField(store, target) {
  const control = (id) => {
    const put = () => target.put(toDays(input.value, unit.value));
    const input = h('input', {
      type: 'text',
      inputmode: 'decimal',
      id,
      class: 'cxe-text cxe-amount',
      maxlength: '60',
      autocomplete: 'off',
      dir: 'ltr',
      'data-key': `${target.id}:wait_days`,
      oninput: put,
    });
    const unit = h(
      'select',
      { class: 'cxe-select', 'aria-label': store.words.unit, 'data-key': `${target.id}:wait_days:unit`, onchange: put },
      ...Object.keys(UNITS).map((name) => h('option', { value: name }, store.words[`unit_${name}`])),
    );
    unit.value = 'days';
    return {
      node: h('div', { class: 'cxe-wait' }, input, unit),
      inputs: () => [input],
      sync() {
        // two weeks stay two weeks while they are on the screen, though the file says 14 days
        if (toDays(input.value, unit.value) === target.get()) return;
        const shown = fromDays(target.get());
        input.value = shown.amount;
        unit.value = shown.unit;
      },
    };
  };
  return frame(store, target, { control, hint: store.words.wait_hint });
}

function gapWords(store, row) {
  const [expected, experienced] = [row?.expected, row?.experienced];
  if (!expected || !experienced || Number.isNaN(Number(expected)) || Number.isNaN(Number(experienced))) {
    return { kind: 'none', text: store.words.gap_none, sign: '' };
  }
  const gap = Math.round((Number(experienced) - Number(expected)) * 10) / 10;
  const guessed = almost(row, 'expected', 'experienced');
  const sign = guessed + (gap > 0 ? `+${gap}` : String(gap).replace('-', '−'));
  const kind = gap > 0 ? 'above' : gap < 0 ? 'below' : 'zero';
  // the sign stays before its number in a line that runs from right to left
  const text = store.say(`gap_${kind}`, { gap: `\u2066${sign}\u2069` });
  return { kind, text: gap === 0 ? guessed + text : text, sign };
}
