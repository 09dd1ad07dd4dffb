/* cxkit's front-end part for JupyterLab 4.6 and Notebook 7.6. Plain JavaScript, so nothing has to be built.

It does two things, and for learners (page setting cxkitCalm) it hides what only a programmer reads:

1. Run on opening. A notebook whose metadata has {"cxkit": {"autorun": true}} runs from top to bottom when it
   opens, if it is trusted, or if the page's settings allow it: {"cxkitAutorun": "all"} (the learner's profile), or
   a list of folders below the server's root, {"cxkitAutorun": "course exercises"} (the instructor's profile).
   Without that rule, an instructor who opens what a learner handed in would run its code.

2. Save a form's answers into the notebook. The contract with a form (src/cxkit/teaching/form.js) is three events
   on the form's own element; they bubble, and `detail` carries the data:

   form → page   cxkit:hello    {cell}                 the page sets detail.host = {ready, why}: can it save here?
   form → page   cxkit:answer   {cell, source, ticket} `cell` is the grade_id of an nbgrader solution cell
   page → form   cxkit:saved    {ticket}               the file with this source, or a later one, is on disk
                 cxkit:not-saved {ticket, why}         `why` is one of: no-cell, read-only, failed
*/
(function () {
  const PATIENCE = 15000;
  let scope;

  const shared = async (name) => {
    const versions = scope[name];
    return (await versions[Object.keys(versions)[0]].get())();
  };

  function tell(element, type, detail) {
    element.dispatchEvent(new CustomEvent(`cxkit:${type}`, { detail }));
  }

  function answerCell(panel, gradeId) {
    return panel.content.widgets.find((cell) => {
      const nbgrader = cell.model.getMetadata('nbgrader');
      return nbgrader && nbgrader.grade_id === gradeId && nbgrader.solution;
    });
  }

  function mayRun(panel, pageConfig) {
    const asks = panel.context.model.getMetadata('cxkit');
    if (!asks || !asks.autorun) return false;
    const allowed = pageConfig.getOption('cxkitAutorun').split(' ').filter(Boolean);
    if (allowed.includes('all') || allowed.includes(panel.context.path.split('/')[0])) return true;
    return panel.content.widgets.every((cell) => cell.model.type !== 'code' || cell.model.trusted);
  }

  /* For learners: no numbers beside the cells, nothing in the frame that contradicts what a form says of saving. */
  function calmStyle() {
    const style = document.createElement('style');
    style.textContent = `
      .jp-InputPrompt, .jp-OutputPrompt { visibility: hidden !important; }
      .jp-NotebookCheckpoint, .jp-NotebookTrustedStatus, .jp-NotebookKernelLogo { display: none !important; }`;
    return style;
  }

  /* JupyterLab saves by itself every few seconds. Where that save meets one of ours on a slow computer, the second
     finds the file changed on disk and asks the learner which version to keep. So each save of a notebook waits for
     the one before it: until that is over, or has failed (its promise may hang on a question to the learner). */
  function oneSaveAtATime(context) {
    const save = context.save.bind(context);
    let before = Promise.resolve();
    context.save = () => {
      const mine = before.then(save);
      before = before.then(
        () =>
          new Promise((over) => {
            const done = () => {
              context.saveState.disconnect(watch);
              over();
            };
            const watch = (_, state) => state !== 'started' && done();
            context.saveState.connect(watch);
            mine.then(done, done);
          }),
      );
      return mine;
    };
  }

  /* A change that comes while a form's save is under way starts one more after it, and every form is told about the
     save that really holds its words. */
  class Saver {
    constructor(panel) {
      this.panel = panel;
      this.waiting = [];
      this.busy = false;
    }

    add(element, ticket) {
      this.waiting.push({ element, ticket });
      if (!this.busy) this.run();
    }

    async run() {
      this.busy = true;
      while (this.waiting.length) {
        const batch = this.waiting;
        this.waiting = [];
        const why = await this.save();
        for (const { element, ticket } of batch) {
          tell(element, why ? 'not-saved' : 'saved', why ? { ticket, why } : { ticket });
        }
      }
      this.busy = false;
    }

    /* When a save fails, context.save() asks the learner what to do and may wait for an answer, or for a server that
       is gone. So its signal counts, and silence for a while counts as failure: the learner has to know. */
    save() {
      const { context } = this.panel;
      if (context.model.readOnly) return Promise.resolve('read-only');
      return new Promise((resolve) => {
        const finish = (why) => {
          clearTimeout(timer);
          context.saveState.disconnect(watch);
          resolve(why);
        };
        const watch = (_, state) => state === 'failed' && finish('failed');
        const timer = setTimeout(() => finish('failed'), PATIENCE);
        context.saveState.connect(watch);
        context.save().then(
          () => finish(''),
          () => finish('failed'),
        );
      });
    }
  }

  const makePlugin = async () => {
    const { INotebookTracker, NotebookActions } = await shared('@jupyterlab/notebook');
    const { PageConfig } = await shared('@jupyterlab/coreutils');

    return {
      id: 'cxkit-lab:plugin',
      description: 'Runs a lesson when it opens and saves answers into the notebook.',
      autoStart: true,
      requires: [INotebookTracker],
      activate: (app, tracker) => {
        if (PageConfig.getOption('cxkitCalm') === 'true') document.head.append(calmStyle());
        const savers = new WeakMap();
        const panelOf = (element) => tracker.find((panel) => panel.node.contains(element));

        tracker.widgetAdded.connect(async (_, panel) => {
          oneSaveAtATime(panel.context);
          await panel.context.ready;
          await panel.revealed;
          await panel.sessionContext.ready;
          if (mayRun(panel, PageConfig)) {
            // not runAll: that would select the last cell, and the page would open at its end
            await NotebookActions.runCells(panel.content, panel.content.widgets, panel.sessionContext);
          }
        });

        document.addEventListener('cxkit:hello', (event) => {
          const panel = panelOf(event.target);
          if (!panel) return;
          const found = answerCell(panel, event.detail.cell);
          event.detail.host = { ready: Boolean(found), why: found ? '' : 'no-cell' };
        });

        document.addEventListener('cxkit:answer', (event) => {
          const panel = panelOf(event.target);
          const { cell: gradeId, source, ticket } = event.detail;
          const cell = panel && answerCell(panel, gradeId);
          if (!cell) {
            tell(event.target, 'not-saved', { ticket, why: 'no-cell' });
            return;
          }
          if (cell.model.sharedModel.getSource() !== source) cell.model.sharedModel.setSource(source);
          if (!savers.has(panel)) savers.set(panel, new Saver(panel));
          savers.get(panel).add(event.target, ticket);
        });
      },
    };
  };

  window._JUPYTERLAB = window._JUPYTERLAB || {};
  window._JUPYTERLAB['cxkit-lab'] = {
    init: (shareScope) => {
      scope = shareScope;
    },
    get: async () => {
      const plugin = await makePlugin();
      return () => ({ default: plugin, __esModule: true });
    },
  };
})();
