/* A board: words from Python, buttons below them, and now and then a field. Python sends `html`, `note` and `spec`;
what a learner presses goes back as {kind: "button", button, field?, text?}. */

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

/* The notebook hears bare keys on the document before any control does. */
function guardKeys() {
  if (window.cxkitBoardGuarded) return;
  window.cxkitBoardGuarded = true;
  window.addEventListener(
    'keydown',
    (event) => {
      const here = event.target instanceof Element && event.target.closest('.cx-board');
      if (here && !event.ctrlKey && !event.metaKey) event.stopPropagation();
    },
    true,
  );
}

/* A link to a lesson is told from the folder of this notebook; the address of the page may end elsewhere. */
function mendLinks(box) {
  const place = location.pathname.match(/^(.*?)\/(?:lab|doc)(?:\/workspaces\/[^/]+)?\/tree\/(.*)$/);
  for (const link of box.querySelectorAll('a[data-lesson]')) {
    link.target = '_blank';
    link.rel = 'noopener';
    if (place) link.href = new URL(link.getAttribute('data-lesson'), `${location.origin}${place[1]}/lab/tree/${place[2]}`).href;
  }
}

function render({ model, el }) {
  guardKeys();
  const spec = model.get('spec');
  const prefix = `cxb${Math.random().toString(36).slice(2, 8)}`;
  const box = h('div', { class: 'cx-board-words' });
  const status = h('div', { class: 'cx-board-note', role: 'status' });
  const open = h('p', { class: 'cx-board-open', hidden: true });
  const ask = h('div', { class: 'cx-board-ask', role: 'alertdialog', 'aria-labelledby': `${prefix}-ask`, hidden: true });
  const file = h('input', { type: 'file', accept: '.json,application/json', hidden: true, 'aria-hidden': 'true', tabindex: '-1' });
  let field = null;
  let address = null;

  function send(button, more = {}) {
    const message = { kind: 'button', button: button.id, ...more };
    if (field) message.field = field.value.toWellFormed ? field.value.toWellFormed() : field.value;
    try {
      model.send(message);
    } catch (error) {
      console.warn('cxkit: the kernel did not hear this', error);
    }
  }

  function press(button, control) {
    if (button.reads) {
      file.onchange = async () => {
        const [chosen] = file.files;
        file.value = '';
        if (chosen) send(button, { text: await chosen.text() });
      };
      return file.click();
    }
    if (!button.sure) return send(button);
    const close = () => {
      ask.hidden = true;
      control.focus();
    };
    const no = h('button', { type: 'button', class: 'cx-check', onclick: close }, button.no);
    const yes = h('button', { type: 'button', class: 'cx-check cx-plain', onclick: () => (close(), send(button)) }, button.yes);
    ask.onkeydown = (event) => event.key === 'Escape' && close();
    ask.replaceChildren(h('p', { id: `${prefix}-ask` }, button.sure), no, yes);
    ask.hidden = false;
    // the answer that changes nothing stands first and has the focus
    no.focus();
  }

  const buttons = spec.buttons.map((button) => {
    const control = h('button', { type: 'button', class: `cx-check${button.plain ? ' cx-plain' : ''}`, onclick: () => press(button, control) }, button.label);
    return control;
  });
  if (spec.field) {
    field = h('input', { type: 'text', id: `${prefix}-field`, class: 'cx-text', dir: 'auto', maxlength: '200', autocomplete: 'name', 'aria-describedby': `${prefix}-note` });
    field.value = model.get('field') ?? '';
    field.addEventListener('keydown', (event) => event.key === 'Enter' && send(spec.buttons[0]));
  }

  function show() {
    box.innerHTML = model.get('html');
    mendLinks(box);
  }
  function note() {
    status.replaceChildren(...model.get('note').split('\n').filter(Boolean).map((line) => h('p', {}, line)));
  }
  function page() {
    if (address) URL.revokeObjectURL(address);
    const text = model.get('page');
    open.hidden = !text;
    if (!text) return;
    address = URL.createObjectURL(new Blob([text], { type: 'text/html;charset=utf-8' }));
    open.replaceChildren(h('a', { href: address, target: '_blank', rel: 'noopener' }, spec.open));
  }
  function heard(message) {
    if (message.kind !== 'file') return;
    const link = h('a', { href: URL.createObjectURL(new Blob([message.text], { type: 'application/json' })), download: message.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  el.append(
    h(
      'div',
      { class: 'cx-form cx-board', lang: spec.language, dir: spec.dir, role: 'group', 'aria-label': spec.title },
      box,
      field && h('p', { class: 'cx-board-field' }, h('label', { class: 'cx-ask', for: `${prefix}-field` }, spec.field), field, h('span', { class: 'cx-note', id: `${prefix}-note` }, spec.field_note)),
      h('div', { class: 'cx-board-buttons' }, ...buttons, file),
      ask,
      status,
      open,
    ),
  );
  model.on('change:html', show);
  model.on('change:note', note);
  model.on('change:page', page);
  model.on('msg:custom', heard);
  show();
  note();
  page();
  return () => {
    model.off('change:html', show);
    model.off('change:note', note);
    model.off('change:page', page);
    model.off('msg:custom', heard);
    if (address) URL.revokeObjectURL(address);
  };
}

export default { render };
