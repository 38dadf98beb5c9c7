/**
 * The console's only script. It asks every two seconds what changed, only while the page is seen, and replaces those
 * sections; buttons and forms call the control API.
 */
export const SCRIPT = `
const lang = document.documentElement.lang;
const seen = new Map();
const live = document.getElementById('live');
const message = document.getElementById('message');
let timer;

function show(id, part) {
  const place = document.getElementById(id);
  const focused = document.activeElement && document.activeElement.dataset.key;
  place.innerHTML = part.html;
  seen.set(id, part.hash);
  if (!focused || document.activeElement !== document.body) return;
  const again = place.querySelector('[data-key="' + CSS.escape(focused) + '"]');
  if (again) again.focus();
}

async function refresh() {
  clearTimeout(timer);
  const known = [...seen].map(pair => pair.join(':')).join(',');
  try {
    const answer = await fetch('/_sandbox/console?lang=' + lang + '&seen=' + known);
    if (!answer.ok) throw new Error(answer.status);
    if (answer.status === 200) {
      for (const [id, part] of Object.entries(await answer.json())) show(id, part);
    }
    live.className = 'live';
    live.textContent = live.dataset.live;
  } catch {
    live.className = 'live lost';
    live.textContent = live.dataset.lost;
  }
  if (!document.hidden) timer = setTimeout(refresh, 2000);
}

async function change(method, path, body) {
  message.className = 'message';
  message.textContent = '';
  try {
    const answer = await fetch('/_sandbox' + path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error((await answer.json()).error.message);
    message.textContent = message.dataset.done;
  } catch (error) {
    message.className = 'message bad';
    message.textContent = message.dataset.failed + ' ' + error.message;
  }
  await refresh();
}

document.addEventListener('click', event => {
  const button = event.target.closest('button[data-path]');
  if (!button) return;
  const { method, path, body } = button.dataset;
  change(method, path, body === undefined ? undefined : JSON.parse(body));
});

document.addEventListener('submit', event => {
  event.preventDefault();
  const form = event.target;
  const body = {};
  for (const field of form.elements) {
    if (field.name) body[field.name] = field.type === 'number' ? Number(field.value) : field.value;
  }
  change('POST', form.dataset.path, body);
});

document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else refresh();
});
refresh();
`;
