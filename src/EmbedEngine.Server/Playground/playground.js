// The playground: picks items, asks /v1/recommend, shows answers with their reasons. No library, no other
// site; text goes into the page as text only.
'use strict';

const at = id => document.getElementById(id);
const session = []; // {item, action}
const titles = new Map(); // key → attributes
let asked = 0;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// A key may be an int64 that is no number of this language: it stays the digits that it came as.
function exactKeys(name, value, context) {
  const isKey = (name === 'item' || name === 'because') && typeof value === 'number';
  return isKey && context && context.source ? context.source : value;
}

async function ask(path, body) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const key = at('key').value;
  if (key) headers.Authorization = 'Bearer ' + key;
  const reply = await fetch(path.replace(/^\//, ''), {
    method: body === undefined ? 'GET' : 'POST', headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const json = JSON.parse(await reply.text(), exactKeys);
  if (reply.status === 401) at('key-field').hidden = false;
  if (!reply.ok) throw new Error(json.detail || json.title || reply.statusText);
  return json;
}

function describe(item) {
  const attributes = titles.get(String(item)) || {};
  const rest = [];
  if (attributes.title) rest.push(String(item));
  if (attributes.category) rest.push(attributes.category);
  if (attributes.price) rest.push(attributes.price);
  const name = element('span', 'name', attributes.title || String(item));
  if (rest.length) name.append(element('small', '', rest.join(' · ')));
  return name;
}

function remember(items) {
  for (const item of items) titles.set(String(item.item), item.attributes);
}

async function find() {
  const text = at('query').value.trim();
  const answer = await ask('/v1/items', { query: text, limit: 40 });
  if (text !== at('query').value.trim()) return;
  remember(answer.items);
  const rows = answer.items.map(item => {
    const row = element('button', 'row');
    row.type = 'button';
    row.append(describe(item.item), element('span', '', '+'));
    row.addEventListener('click', () => {
      session.push({ item: item.item, action: 'clicks' });
      showSession();
      recommend();
    });
    const line = element('li');
    line.append(row);
    return line;
  });
  if (!rows.length) rows.push(element('li', 'hint', 'Nothing has this in its title or key.'));
  at('found').replaceChildren(...rows);
}

function showSession() {
  at('session-hint').hidden = session.length > 0;
  at('session').replaceChildren(...session.map((event, place) => {
    const row = element('div', 'row');
    const action = element('select');
    action.setAttribute('aria-label', 'Action');
    for (const name of ['clicks', 'carts', 'orders']) action.append(new Option(name, name));
    action.value = event.action;
    action.addEventListener('change', () => { event.action = action.value; recommend(); });
    const drop = element('button', 'drop', '×');
    drop.type = 'button';
    drop.setAttribute('aria-label', 'Take out of the session');
    drop.addEventListener('click', () => { session.splice(place, 1); showSession(); recommend(); });
    row.append(describe(event.item), action, drop);
    const line = element('li');
    line.append(row);
    return line;
  }));
}

function request() {
  const body = { events: session, limit: Number(at('limit').value) || 10, explain: true };
  if (at('source').value !== 'hybrid') body.source = at('source').value;
  if (at('user').value) body.user = at('user').value;
  if (at('filter').value.trim()) body.filter = at('filter').value.trim();
  return body;
}

function showAnswer(answer) {
  const items = answer.recommendations;
  const best = Math.max(...items.map(item => item.score), 1e-9);
  const least = Math.min(...items.map(item => item.score), 0);
  at('answer').replaceChildren(...items.map((item, place) => {
    const row = element('div', 'row');
    const name = describe(item.item);
    if (item.because !== null && item.because !== undefined) {
      const title = (titles.get(String(item.because)) || {}).title || item.because;
      name.append(element('small', '', `because of ${title}, by ${item.by}`));
    }
    const others = item.reasons.length - 3;
    const proposed = element('small', '', 'proposed by ' + item.reasons.slice(0, 3).join(', ')
      + (others > 0 ? ` and ${others} more` : ''));
    proposed.title = item.reasons.join(', ');
    if (item.reasons.length) name.append(proposed);
    for (const rule of item.rules || []) name.append(element('span', 'chip', rule));
    const score = element('span', 'score', item.score.toFixed(4));
    const bar = element('div', 'bar');
    bar.style.width = `${Math.round(100 * (item.score - least) / (best - least))}%`;
    score.append(bar);
    row.append(element('span', 'rank', String(place + 1)), name, score);
    const line = element('li');
    line.append(row);
    return line;
  }));
  const facts = [`version ${answer.model_version}`, `${Math.round(answer.latency_us)} µs in the engine`];
  if (answer.fallback) facts.push(`fallback: ${answer.fallback}`);
  if (answer.unknown_items) facts.push(`${answer.unknown_items} unknown items`);
  if (answer.padded) facts.push(`${answer.padded} filled up with popular items`);
  at('facts').textContent = facts.join(' · ');
}

async function recommend() {
  const number = ++asked;
  const body = request();
  at('request').textContent = 'POST v1/recommend\n' + JSON.stringify(body, null, 1);
  try {
    const answer = await ask('/v1/recommend', body);
    const keys = answer.recommendations.flatMap(item => [item.item, item.because ?? item.item])
      .map(String).filter(key => !titles.has(key));
    if (keys.length) remember((await ask('/v1/items', { items: [...new Set(keys)] })).items);
    if (number !== asked) return;
    at('problem').hidden = true;
    at('reply').textContent = JSON.stringify(answer, null, 1);
    showAnswer(answer);
  } catch (error) {
    if (number !== asked) return;
    at('problem').textContent = error.message;
    at('problem').hidden = false;
    at('facts').textContent = '';
    at('answer').replaceChildren();
  }
}

async function begin() {
  try {
    const ready = await ask('/health/ready');
    at('state').textContent = `version ${ready.model_version} answers`;
    const description = await ask('/v1/openapi.json');
    const names = description.components.schemas.Source.enum;
    at('source').replaceChildren(...names.map(name => new Option(name, name)));
    at('source').value = 'hybrid';
    await find();
  } catch (error) {
    at('state').textContent = error.message;
  }
  await recommend();
}

function later(work) {
  let timer = 0;
  return () => { clearTimeout(timer); timer = setTimeout(work, 150); };
}

at('query').addEventListener('input', later(() => find().catch(() => {})));
for (const id of ['user', 'source', 'limit', 'filter']) at(id).addEventListener('input', later(recommend));
at('key').addEventListener('change', begin);
at('clear').addEventListener('click', () => { session.length = 0; showSession(); recommend(); });
begin();
