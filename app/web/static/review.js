// The moderators' pages, made quicker. Every page works without this module; it adds keys, rows that go at once, and
// what others did meanwhile. It builds nodes, never markup, so the pages can forbid all markup from strings.

const body = document.body;
const says = document.getElementById("says")?.dataset ?? {};
const status = document.getElementById("status");
const list = document.querySelector("[data-lines]");
const keys = JSON.parse(body.dataset.keys ?? '{"on": false, "keys": {}}');
const lines = () => [...document.querySelectorAll(".queue .line:not(.gone)")];
const current = () => document.querySelector(".line.current");
const acts = []; // what this page did and can take back: {act, removed: [line]}
let waiting = 0; // answers that are still to come

// Times are shown in the browser's zone until a moderator has chosen one.
document.cookie = `winnow-zone=${encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)}; path=/review; SameSite=Lax`;

// ---- Telling

function say(text, { undo = false, wrong = false } = {}) {
  status.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
  status.classList.toggle("wrong", wrong);
  status.setAttribute("aria-live", wrong ? "assertive" : "polite");
  if (undo) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: says.undo });
    button.addEventListener("click", takeBack);
    status.append(button);
  }
  clearTimeout(say.timer);
  say.timer = setTimeout(() => status.replaceChildren(), wrong ? 30000 : 10000);
}

// ---- Asking the service

async function post(url, fields) {
  const send = () =>
    fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRF-Token": body.dataset.csrf },
      body: new URLSearchParams(fields),
      redirect: "error",
    });
  waiting += 1;
  try {
    let answer = await send();
    if (answer.status === 401 && (await signInAgain())) answer = await send();
    return { status: answer.status, told: await answer.json() };
  } catch {
    return { status: 0, told: { title: says.offline } };
  } finally {
    waiting -= 1;
  }
}

function asked(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
    if (!dialog.open) dialog.showModal();
  });
}

let signingIn = null;
function signInAgain() {
  signingIn ??= askForPassword().finally(() => (signingIn = null));
  return signingIn;
}

async function askForPassword() {
  const dialog = document.getElementById("again");
  const wrong = dialog.querySelector(".notice");
  while ((await asked(dialog)) === "go") {
    const password = dialog.querySelector("[type=password]");
    const fields = { name: dialog.querySelector("#again-name").value, password: password.value };
    const answer = await fetch("/review/sign-in", {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(fields),
    }).catch(() => null);
    password.value = "";
    const told = (await answer?.json().catch(() => null)) ?? { title: says.offline };
    if (answer?.ok) {
      body.dataset.csrf = told.csrf;
      document.querySelectorAll("input[name=csrf]").forEach((field) => (field.value = told.csrf));
      wrong.hidden = true;
      return true;
    }
    wrong.textContent = told.detail ?? told.title;
    wrong.hidden = false;
  }
  return false;
}

// ---- Moving

function choose(line) {
  if (!line) return;
  document.querySelectorAll(".line.current").forEach((other) => other.classList.remove("current"));
  line.classList.add("current");
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

function move(by) {
  if (!list) return neighbour(by);
  const all = lines();
  const next = all[all.indexOf(current()) + by];
  if (next) return choose(next);
  if (by > 0) document.querySelector("a[rel=next]")?.click();
}

// On the page of one comment: the one before or after it in the list it was opened from.
function neighbour(by) {
  const ids = JSON.parse(sessionStorage.getItem("winnow-list") ?? "[]");
  const id = ids[ids.indexOf(current()?.dataset.id) + by];
  if (id) location.assign(`/review/${id}?back=${encodeURIComponent(body.dataset.here)}`);
  else if (by > 0) location.assign(body.dataset.here);
}

document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); // on a phone

let places = 0;
lines().forEach((line) => (line.dataset.place = places++));
if (list) sessionStorage.setItem("winnow-list", JSON.stringify(lines().map((line) => line.dataset.id)));

// ---- Deciding

const named = (line) => `${line.dataset.id}~${line.dataset.version}`;

async function decide(chosen, label) {
  if (!chosen.length) return;
  if (label === "unsure") return unsure(chosen);
  const removed = list ? chosen : [];
  if (list) leave(chosen);
  say(says[label] + " " + says.saving);
  const fields = chosen.map((line) => ["id", named(line)]);
  const { status: code, told } = await post("/review/decide", [...fields, ["label", label]]);
  if (code === 200) {
    if (told.act) acts.push({ act: told.act, removed });
    for (const each of told.conflicts) say(`${says.already} ${each.by}.`, { wrong: true });
    if (!told.conflicts.length) say(says[label], { undo: Boolean(told.act) });
    if (!list) return neighbour(1);
  } else if (code === 409 && told.conflicts) {
    say(told.conflicts.map((each) => `${says.already} ${each.by}.`).join(" "), { wrong: true });
    if (!list) return;
  } else {
    restore(removed, true);
    say(`${says.failed} ${told.detail ?? told.title ?? ""}`, { wrong: true });
    return;
  }
  goOnWhenEmpty();
}

async function unsure(chosen) {
  if (list) {
    move(1);
    chosen.forEach((line) => ((line.dataset.place = places++), list.append(line)));
  }
  const { status: code, told } = await post("/review/decide", [
    ...chosen.map((line) => ["id", named(line)]),
    ["label", "unsure"],
  ]);
  say(code === 200 ? says.unsure : told.title, { wrong: code !== 200 });
  if (code === 200 && !list) neighbour(1);
}

function leave(going) {
  const all = lines();
  const at = all.indexOf(current());
  const rest = (line) => line && !going.includes(line);
  const next = all.slice(at + 1).find(rest) ?? all.slice(0, Math.max(at, 0)).reverse().find(rest);
  going.forEach((line) => {
    tick(line, false);
    line.remove();
  });
  choose(next);
  count();
}

function restore(removed, wrong = false) {
  for (const line of removed) {
    line.classList.toggle("wrong", wrong);
    list.insertBefore(line, lines().find((other) => Number(other.dataset.place) > Number(line.dataset.place)) ?? null);
  }
  choose(removed[0]);
  count();
}

function goOnWhenEmpty() {
  if (list && !lines().length && !waiting) location.replace(body.dataset.here);
}

async function takeBack() {
  const last = acts.pop();
  const { status: code, told } = await post("/review/undo", last ? [["act", last.act]] : []);
  if (code !== 200) return say(told.code === "nothing-to-undo" ? says.nothing : told.title, { wrong: true });
  if (told.batch) return location.assign(told.batch);
  if (!last?.removed.length) return location.reload();
  const versions = new Map(told.decided.map((each) => [each.id, String(each.version)]));
  const back = last.removed.filter((line) => versions.has(line.dataset.id));
  back.forEach((line) => renumber(line, versions.get(line.dataset.id)));
  restore(back);
  say(told.conflicts.length ? `${says.already} ${told.conflicts[0].by}.` : says.undone);
}

function renumber(line, version) {
  line.dataset.version = version;
  line.querySelectorAll("input[name=id]").forEach((field) => (field.value = named(line)));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const label = event.submitter?.value;
  if (form.matches("[data-decide]")) {
    event.preventDefault();
    decide([form.closest(".line")], label);
  } else if (form.matches("[data-ticked]")) {
    event.preventDefault();
    decide(ticked(), label);
  }
});

// ---- Choosing several

const ticked = () => lines().filter((line) => line.querySelector("[type=checkbox]")?.checked);

function count() {
  const output = document.querySelector("[data-count]");
  if (output) output.value = ticked().length || "";
}

function tick(line, on) {
  const box = line?.querySelector("[type=checkbox]");
  if (box) box.checked = on ?? !box.checked;
  count();
}

function tickAll() {
  const on = ticked().length < lines().length;
  lines().forEach((line) => tick(line, on));
}

document.addEventListener("change", (event) => event.target.matches("[type=checkbox]") && count());
const selectAll = document.querySelector("[data-select-all]");
if (selectAll) {
  selectAll.hidden = false;
  selectAll.addEventListener("click", tickAll);
}

// ---- One at a time, and swiping

function focusView() {
  const on = body.dataset.view !== "focus";
  body.dataset.view = on ? "focus" : "";
  const url = new URL(location.href);
  on ? url.searchParams.set("view", "focus") : url.searchParams.delete("view");
  history.replaceState(null, "", url);
  choose(current() ?? lines()[0]);
}

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-focus], [data-help]");
  if (!target) return;
  event.preventDefault();
  target.matches("[data-focus]") ? focusView() : document.getElementById("help").showModal();
});

const SWIPE = 90; // CSS pixels: more than a thumb trembles, less than half a phone
let swipe = null;
list?.addEventListener("pointerdown", (event) => {
  const line = event.target.closest(".line");
  if (event.pointerType === "touch" && line && !event.target.closest("button, a, input")) {
    swipe = { line, from: event.clientX, by: 0, id: event.pointerId };
  }
});
list?.addEventListener("pointermove", (event) => {
  if (swipe?.id !== event.pointerId) return;
  swipe.by = event.clientX - swipe.from;
  if (Math.abs(swipe.by) > 10) swipe.line.style.transform = `translateX(${swipe.by}px)`;
});
for (const end of ["pointerup", "pointercancel"]) {
  list?.addEventListener(end, (event) => {
    if (swipe?.id !== event.pointerId) return;
    const { line, by } = swipe;
    swipe = null;
    line.style.transform = "";
    if (end === "pointerup" && Math.abs(by) >= SWIPE) {
      choose(line);
      decide([line], by > 0 ? "ham" : "spam");
    }
  });
}
list?.addEventListener("pointerdown", (event) => {
  const line = event.target.closest(".line");
  if (line && !event.target.closest("button, a, input")) choose(line);
});

// ---- Notes and claims

async function note() {
  const line = current();
  const dialog = document.getElementById("note");
  if (!line || !dialog || (await asked(dialog)) !== "save") return;
  const text = dialog.querySelector("textarea");
  const { status: code, told } = await post(`/review/${line.dataset.id}/note`, [["text", text.value]]);
  if (code === 200) text.value = "";
  say(code === 200 ? says.noted : told.title, { wrong: code !== 200 });
}

async function claim() {
  const line = current();
  if (!line) return;
  const { status: code, told } = await post(`/review/${line.dataset.id}/claim`, []);
  say(code === 200 ? `${says.claimed} ${told.claimed_by}.` : told.title, { wrong: code !== 200 });
}

// ---- Keys

const go = (url) => () => location.assign(url);
const follow = (selector) => () => (current() ?? document).querySelector(selector)?.click();
const commands = {
  next: () => move(1), previous: () => move(-1),
  spam: () => current() && decide([current()], "spam"), ham: () => current() && decide([current()], "ham"),
  unsure: () => current() && decide([current()], "unsure"),
  select: () => tick(current()), select_all: tickAll,
  bulk_spam: () => decide(ticked(), "spam"), bulk_ham: () => decide(ticked(), "ham"),
  undo: takeBack, open: () => list && follow(".acts a")(), focus: () => list && focusView(),
  block: follow("[data-block]"), note, claim,
  search: () => document.getElementById("search")?.focus(), help: () => document.getElementById("help")?.showModal(),
  go_queue: go("/review"), go_campaigns: go("/review/campaigns"),
  go_statistics: go("/review/statistics"), go_models: go("/review/models"),
};
const actions = new Map(Object.entries(keys.keys).map(([action, key]) => [key, action]));
let prefix = "";

function pressed(event) {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (event.key === "Escape" && typing) return typing.blur();
  if (!keys.on || typing || document.querySelector("dialog[open]") || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !event.shiftKey) return act(event, commands.undo);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const moves = { ArrowDown: commands.next, ArrowUp: commands.previous }[event.key];
  if (moves && list && event.target.closest(".line, body") && !event.target.closest("button, a")) return act(event, moves);
  if (event.key === "Enter" && event.target.matches?.(".line")) return act(event, commands.open);
  const key = prefix ? `${prefix} ${event.key}` : event.key;
  prefix = "";
  const action = actions.get(key);
  if (commands[action]) return act(event, commands[action]);
  if (action?.startsWith("tab_")) return act(event, go(document.querySelector(`[data-tab-number="${action.slice(4)}"]`)?.href));
  if ([...actions.keys()].some((known) => known.startsWith(`${key} `))) prefix = key;
}

function act(event, command) {
  event.preventDefault();
  command();
}

document.addEventListener("keydown", pressed);
document.querySelectorAll("[data-help]").forEach((button) => (button.hidden = false));

// ---- What others do meanwhile

async function lookForChanges() {
  if (document.hidden || !list) return;
  const answer = await fetch(`/review/changes?since=${body.dataset.decision}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const { since, settled } = await answer.json();
  body.dataset.decision = since;
  for (const each of settled) {
    const line = lines().find((one) => one.dataset.id === each.id && one.dataset.version !== String(each.version));
    if (!line || waiting) continue;
    if (each.label && !["decided", "all"].includes(new URLSearchParams(location.search).get("tab"))) {
      say(`${says.settled} ${each.by}.`);
      leave([line]);
      goOnWhenEmpty();
    } else renumber(line, String(each.version));
  }
}

if (list) {
  setInterval(lookForChanges, 4000);
  const first = document.querySelector(`.queue [id="${CSS.escape(location.hash.slice(1))}"]`) ?? current();
  if (first && keys.on && !document.activeElement?.matches("input")) choose(first);
}
if (body.dataset.refresh) setTimeout(() => location.reload(), 800);

document.querySelectorAll("tr[data-reason]").forEach((row) => {
  const light = (on) => () =>
    document.querySelectorAll(`mark[data-reasons~="${row.dataset.reason}"]`).forEach((mark) => mark.classList.toggle("lit", on));
  row.addEventListener("pointerenter", light(true));
  row.addEventListener("pointerleave", light(false));
});
