// Composing a record: choose, reorder by pointer, buttons or keyboard, say, save, share. What was typed is never lost.
const root = document.querySelector("[data-record]");
const composer = root.querySelector("[data-composer]");
const part = (name) => root.querySelector(`[data-${name}]`);
const every = (name, within = root) => [...within.querySelectorAll(`[data-${name}]`)];
const base = `/v1/records/${root.dataset.record}`;
let tag = root.dataset.etag;
let lifted = null;
let home = null;
let changed = false;
let edits = 0;
let acting = Promise.resolve();

const DOWN = "The service could not be reached. What you wrote is still on this page; try again in a moment.";
const SIGNED_OUT = "You are no longer signed in. What you wrote is still on this page: sign in again in another window, then try again here.";
const STALE = "This record was changed in another window. Copy what you wrote, then load the page again.";

const picks = () => every("pick", composer);
const nameOf = (pick) => pick.querySelector(".name-s").textContent;
const say = (words) => { part("told").textContent = words; };

// What the page says now, in the form the API takes.
function composition() {
  return {
    title: part("title").value.trim() || "My record",
    narrative: part("narrative").value,
    show_name: part("show-name").checked,
    parents: every("parent").filter((box) => box.checked).map((box) => box.value),
    sections: every("sect", composer).map((section) => ({
      title: section.querySelector("[data-heading]").value.trim(),
      narrative: section.querySelector("[data-sect-narrative]").value,
      items: every("pick", section).map((pick) => ({ award_id: pick.dataset.pick, reflection: pick.querySelector("[data-say]").value })),
    })),
  };
}

async function call(method, path, body, headers = {}) {
  const answer = await fetch(path, {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(() => { throw new Error(DOWN); });
  const told = answer.status === 204 ? null : await answer.json().catch(() => { throw new Error(DOWN); });
  if (!answer.ok) throw Object.assign(new Error(told.detail), { status: answer.status, faults: told.errors });
  return { told, tag: answer.headers.get("ETag") };
}

// One act after the other, so that none overtakes a save; what was refused is told after `cause`, where it was asked for.
function trying(act, cause) {
  acting = acting.then(act).then(() => { part("fault").hidden = true; }, (fault) => refuse(fault, cause));
  return acting;
}

function refuse(fault, cause) {
  const box = part("fault");
  cause.after(box);
  box.querySelector("p").textContent = wordsOf(fault);
  box.hidden = false;
  box.scrollIntoView({ block: "center" });
}

function wordsOf(fault) {
  if (fault.status === 401) return SIGNED_OUT;
  if (fault.status === 412) return STALE;
  const all = [fault.message, ...(fault.faults ?? []).map((one) => one.says)];
  return [...new Set(all)].filter((words, at) => at === 0 || !all[0].includes(words)).join(" ");
}

async function save() {
  const sent = composition();
  const before = edits;
  const { tag: next } = await call("PUT", base, sent, { "If-Match": tag });
  tag = next;
  changed = edits !== before;
  part("shown-title").textContent = sent.title;
  part("saved").textContent = changed ? "Saved, but for what you wrote since" : "Saved";
  await warn().catch(() => {}); // the record is saved: what it lacks is told another time
}

async function warn() {
  const { told } = await call("GET", `${base}/preview`);
  part("warnings").replaceChildren(...told.warnings.map((words) => element("li", "small", words)));
}

function touch() {
  changed = true;
  edits += 1;
  part("none-spare").hidden = every("add").some((chip) => !chip.parentElement.hidden);
  part("saved").textContent = "Not saved yet";
  preview();
}

function preview() {
  const shown = composition();
  part("preview-name").textContent = shown.show_name ? part("preview-name").dataset.name : shown.title;
  part("preview-words").textContent = shown.narrative;
  const body = part("preview-body");
  body.replaceChildren();
  for (const section of every("sect", composer)) {
    const inside = every("pick", section);
    if (!inside.length) continue;
    const list = element("ul", "plain");
    list.append(...inside.map(previewed));
    body.append(element("h3", "", section.querySelector("[data-heading]").value || "Awards"), list);
  }
}

function previewed(pick) {
  const line = element("li");
  line.append(pick.querySelector(".badge-art").cloneNode(true), element("p", "name-s", nameOf(pick)));
  if (pick.dataset.note) line.append(element("p", "note-line", pick.dataset.note));
  const words = pick.querySelector("[data-say]").value;
  if (words) line.append(element("q", "", words));
  return line;
}

// Moving

function place(pick) {
  const list = pick.parentElement;
  const section = list.closest("[data-sect]").querySelector("[data-heading]").value || "this section";
  return `${[...list.children].indexOf(pick) + 1} of ${list.children.length} in ${section}`;
}

function step(pick, direction) {
  const list = pick.parentElement;
  const other = direction > 0 ? pick.nextElementSibling : pick.previousElementSibling;
  if (other) return direction > 0 ? other.after(pick) : other.before(pick);
  const lists = every("list", composer);
  const next = lists[lists.indexOf(list) + direction];
  if (next) direction > 0 ? next.prepend(pick) : next.append(pick);
}

function setDown(words) {
  lifted?.classList.remove("lifted");
  lifted = null;
  say(words);
  touch();
}

// The path of a stack is shown with it, and goes with it, until its box says otherwise.
function showPath(pick, shown) {
  const box = root.querySelector(`[data-parent][value="${CSS.escape(pick.dataset.achievement)}"]`);
  if (box) box.checked = shown;
}

function add(award) {
  const pick = part("store").querySelector(`[data-pick="${CSS.escape(award)}"]`);
  every("list", composer).at(-1).append(pick);
  showPath(pick, true);
  root.querySelector(`[data-add="${CSS.escape(award)}"]`).parentElement.hidden = true;
  pick.querySelector("[data-grip]").focus();
  say(`${nameOf(pick)} added, ${place(pick)}.`);
  touch();
}

function leaveOut(pick) {
  const award = pick.dataset.pick;
  const chip = root.querySelector(`[data-add="${CSS.escape(award)}"]`) ?? chipFor(pick);
  part("store").append(pick);
  showPath(pick, false);
  chip.parentElement.hidden = false;
  chip.focus();
  say(`${nameOf(pick)} left out.`);
  touch();
}

function chipFor(pick) {
  const item = element("li");
  const chip = element("button", "chip");
  chip.type = "button";
  chip.dataset.add = pick.dataset.pick;
  const words = element("span");
  words.append(element("span", "hidden", "Add "), nameOf(pick));
  chip.append(pick.querySelector(".badge-art").cloneNode(true), words);
  item.append(chip);
  part("spare").append(item);
  return chip;
}

composer.addEventListener("keydown", (event) => {
  const grip = event.target.closest("[data-grip]");
  if (!grip) return;
  const pick = grip.closest("[data-pick]");
  if (event.key === " " || event.key === "Enter") {
    event.preventDefault();
    if (lifted) return setDown(`${nameOf(pick)} set down, ${place(pick)}.`);
    lifted = pick;
    home = { list: pick.parentElement, before: pick.nextElementSibling };
    pick.classList.add("lifted");
    say(`${nameOf(pick)} lifted, ${place(pick)}.`);
  } else if (lifted && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    step(pick, event.key === "ArrowDown" ? 1 : -1);
    grip.focus();
    say(place(pick));
  } else if (lifted && event.key === "Escape") {
    home.list.insertBefore(pick, home.before);
    grip.focus();
    setDown(`${nameOf(pick)} put back.`);
  }
});
composer.addEventListener("dragstart", (event) => {
  lifted = event.target.closest("[data-pick]");
  lifted?.classList.add("lifted");
});
composer.addEventListener("dragover", (event) => {
  const over = event.target.closest("[data-pick]");
  const list = event.target.closest("[data-sect]")?.querySelector("[data-list]");
  if (!lifted || over === lifted || !list) return;
  event.preventDefault();
  if (!over) return list.children.length || list.append(lifted);
  const middle = over.getBoundingClientRect().top + over.offsetHeight / 2;
  event.clientY < middle ? over.before(lifted) : over.after(lifted);
});
composer.addEventListener("dragend", () => lifted && setDown(""));

// Acting

root.addEventListener("click", (event) => {
  const on = (name) => event.target.closest(`[data-${name}]`);
  const pick = event.target.closest("[data-pick]");
  if (on("add")) add(on("add").dataset.add);
  else if (on("up") || on("down")) { step(pick, on("down") ? 1 : -1); (on("up") ?? on("down")).focus(); say(place(pick)); touch(); }
  else if (on("out")) leaveOut(pick);
  else if (on("add-sect")) { composer.append(part("new-sect").content.cloneNode(true)); every("heading", composer).at(-1).focus(); touch(); }
  else if (on("drop-sect")) dropSection(on("sect"));
  else if (on("save")) trying(save, on("save").closest(".toolbar"));
  else if (on("close-share")) endShare(on("share"));
});

function dropSection(section) {
  const picks = every("pick", section);
  picks.forEach(leaveOut);
  if (every("sect", composer).length > 1) section.remove();
  if (!picks.length) every("heading", composer).at(-1).focus();
  touch();
}

root.addEventListener("input", (event) => {
  if (event.target.matches("[data-visibility]")) return trying(() => setVisibility(event.target.value), event.target.closest("fieldset"));
  if (!event.target.closest("[data-share-form]")) touch();
});

async function setVisibility(visibility) {
  try {
    const { told } = await call("PATCH", base, { visibility });
    part("public").hidden = told.visibility !== "public";
    part("saved").textContent = told.visibility === "public" ? "Public now" : "Private now";
  } catch (fault) {
    every("visibility").forEach((choice) => { choice.checked = choice.value !== visibility; });
    throw fault;
  }
}

part("share-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.target.querySelector("[type=submit]");
  if (button.disabled) return;
  button.disabled = true; // asked twice, it would make two links
  trying(makeShare, event.target).then(() => {
    button.disabled = false;
    if (part("made").hidden || !part("fault").hidden) event.target.elements.label.focus({ preventScroll: true });
  });
});

async function makeShare() {
  if (changed) await save();
  const { label, closes } = part("share-form").elements;
  const until = closes.value ? new Date(`${closes.value}T23:59:59Z`).toISOString() : null;
  const { told } = await call("POST", `${base}/shares`, { label: label.value, expires_at: until }, { "Idempotency-Key": crypto.randomUUID() });
  const link = part("made").querySelector("a");
  link.href = link.textContent = told.url;
  part("made").hidden = false;
  part("shares").append(shareRow(told));
  part("shares-box").hidden = false;
  part("share-form").reset();
  link.focus();
}

function shareRow(share) {
  const row = element("tr");
  row.dataset.share = share.id;
  const ends = share.expires_at ? new Date(share.expires_at).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" }) : "When you close it";
  const button = element("button", "text-button", "Close now");
  button.type = "button";
  button.dataset.closeShare = "";
  button.setAttribute("aria-label", `Close the link for ${share.label} now`);
  const act = element("td");
  act.append(button);
  row.append(element("td", "strong", share.label), element("td", "", ends), element("td", "", "Not yet"), act);
  row.children[1].dataset.th = "Link closes";
  row.children[2].dataset.th = "Opened";
  return row;
}

function endShare(row) {
  trying(() => closeShare(row), part("shares-box"));
}

async function closeShare(row) {
  await call("DELETE", `/v1/shares/${row.dataset.share}`);
  row.children[1].textContent = "Closed";
  row.lastElementChild.replaceChildren();
  row.children[1].tabIndex = -1;
  row.children[1].focus();
  say(`The link for ${row.firstElementChild.textContent} is closed.`);
}

function element(name, kind = "", words = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = words;
  return made;
}

addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
