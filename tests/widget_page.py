"""A plain page that plays the notebook for one widget: its own script, and Python behind it."""

# what anywidget gives a widget: a model with get, on, off and send. `hold` keeps messages back, `dead` loses them.
MODEL = """
async ([code, state]) => {
  const widget = (await import(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})))).default;
  const ears = {};
  const tell = (name) => (ears[name] ?? []).forEach((ear) => ear());
  const deliver = async (message) => { model.state = await window.toKernel(message); tell('change:view'); };
  const model = {
    state, tell, sent: [], hold: false, dead: false,
    get: (name) => model.state[name],
    on: (name, ear) => (ears[name] ??= []).push(ear),
    off: (name) => delete ears[name],
    send: (message) => {
      model.sent.push(message);
      if (!model.hold && !model.dead) return deliver(message);
    },
    deliver,
  };
  window.model = model;
  window.stop = widget.render({model, el: document.querySelector('main')});
}
"""
PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>A notebook</title><body><main></main></body></html>'
