// Without this script every touchpoint is listed below the map, and the links on the map lead there.
// With it there is one tab stop on the map, and only the touchpoint in focus is shown.
(() => {
  const links = [...document.querySelectorAll('.sheet a')];
  const stops = [...document.querySelectorAll('.stops > li')];
  const map = document.querySelector('.map');
  const steps = document.querySelector('.steps');
  const count = document.querySelector('.count');
  const [earlier, later, back] = steps.querySelectorAll('button');
  const reverse = document.documentElement.dir === 'rtl';
  let chosen = 0;

  function choose(number) {
    chosen = Math.max(0, Math.min(stops.length - 1, number));
    stops.forEach((stop, index) => { stop.hidden = index !== chosen; });
    links.forEach((link, index) => {
      link.tabIndex = index === chosen ? 0 : -1;
      if (index === chosen) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    });
    earlier.disabled = chosen === 0;
    later.disabled = chosen === stops.length - 1;
    count.textContent = count.dataset.words.replace('{k}', chosen + 1).replace('{n}', stops.length);
  }

  // the details stay in sight while somebody walks over the map
  const keep = (on) => {
    const before = document.documentElement.classList.contains('chosen');
    document.documentElement.classList.toggle('chosen', on);
    const sticky = getComputedStyle(document.querySelector('.details')).position === 'sticky';
    if (on && !before && sticky && map.getBoundingClientRect().top > innerHeight / 4) map.scrollIntoView({ block: 'start' });
  };

  function toMap() {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    links[chosen].focus({ preventScroll: true });
    links[chosen].scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: still ? 'auto' : 'smooth' });
  }

  const moves = {
    ArrowRight: () => chosen + (reverse ? -1 : 1),
    ArrowLeft: () => chosen + (reverse ? 1 : -1),
    ArrowDown: () => chosen + 1,
    ArrowUp: () => chosen - 1,
    Home: () => 0,
    End: () => stops.length - 1,
  };
  links.forEach((link, index) => {
    link.addEventListener('focus', () => { choose(index); keep(true); });
    link.addEventListener('click', (event) => {
      event.preventDefault();
      choose(index);
      // a click of the mouse has a detail; Enter has none, and goes to read
      if (event.detail === 0) stops[index].querySelector('h3').focus();
    });
    link.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') keep(false);
      if (!(event.key in moves) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(moves[event.key]());
      toMap();
    });
  });
  document.querySelector('.details').addEventListener('keydown', (event) => {
    if (event.key === 'Escape') toMap();
  });
  document.querySelector('.wide').addEventListener('focusin', () => keep(false));
  const step = (by) => {
    const focused = document.activeElement;
    choose(chosen + by);
    if (focused.disabled) stops[chosen].querySelector('h3').focus();
  };
  earlier.addEventListener('click', () => step(-1));
  later.addEventListener('click', () => step(1));
  back.addEventListener('click', toMap);
  steps.hidden = false;
  const asked = stops.findIndex((stop) => `#${stop.id}` === location.hash);
  choose(asked < 0 ? Number(document.querySelector('.sheet').dataset.first) : asked);
})();
