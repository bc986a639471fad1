// Keeps a page in step with what happens to its learner.
// <… data-live="address of the events"> · sections [data-live-region] are replaced by those of a fresh page ·
// rows [data-award], [data-pathway] flash when they changed · [data-live-off] tells when the news has stopped.
const GATHER_MS = 60;          // events of one commit arrive together: one refresh, one message
const RETRY_MS = [1000, 5000, 15000, 60000];
const DOUBT_MS = 4000;         // a stream that ends and is open again sooner is nothing to tell

const live = document.querySelector("[data-live]");
const toasts = document.querySelector("[data-toasts]");
let source = null;
let heard = null;
let batch = [];
let gathering = null;
let refreshing = Promise.resolve();
let failures = 0;
let retry = null;
let doubt = null;

function address() {
  const url = new URL(live.dataset.live, location.href);
  if (heard !== null) url.searchParams.set("after", heard);
  return url;
}

function open() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(address());
  source.addEventListener("open", opened);
  source.addEventListener("error", closed);
  for (const kind of ["award", "milestone", "progress", "record"]) source.addEventListener(kind, arrived);
}

function opened() {
  if (doubt) refreshing = refreshing.then(refresh).catch(() => {});
  clearTimeout(doubt);
  doubt = null;
  failures = 0;
  off(false);
}

function closed() {
  doubt ??= setTimeout(() => off(true), DOUBT_MS);
  if (source.readyState !== EventSource.CLOSED) return; // the browser reconnects, with Last-Event-ID
  retry = setTimeout(open, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
}

function off(stopped) {
  const said = document.querySelector("[data-live-off]");
  if (said) said.hidden = !stopped;
}

function arrived(event) {
  heard = event.lastEventId || heard;
  batch.push({ kind: event.type, ...JSON.parse(event.data) });
  gathering ??= setTimeout(tell, GATHER_MS);
}

function tell() {
  const news = batch;
  batch = [];
  gathering = null;
  refreshing = refreshing.then(refresh).catch(() => {}).then(() => { flash(news); toast(news); });
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live-region]")) {
    const next = fresh.querySelector(`[data-live-region="${old.dataset.liveRegion}"]`);
    if (next) swap(old, document.importNode(next, true));
  }
}

// The reader's place survives: what was open or folded stays so, what had the focus keeps it.
function swap(old, next) {
  if (old.isEqualNode(next)) return;
  for (const kept of old.querySelectorAll("details[id]")) next.querySelector(`#${CSS.escape(kept.id)}`)?.toggleAttribute("open", kept.open);
  const path = old.contains(document.activeElement) ? mark(document.activeElement) : null;
  old.replaceWith(next);
  if (path) next.querySelector(path)?.focus({ preventScroll: true });
}

function mark(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const href = element.getAttribute("href");
  return href ? `a[href="${CSS.escape(href)}"]` : element.matches("summary") && element.parentElement.id ? `#${CSS.escape(element.parentElement.id)} > summary` : null;
}

function rows(piece) {
  const found = [];
  if (piece.award_id) found.push(...document.querySelectorAll(`[data-award="${CSS.escape(piece.award_id)}"]`));
  if (piece.pathway_id) found.push(...document.querySelectorAll(`[data-pathway="${CSS.escape(piece.pathway_id)}"]`));
  return found;
}

function flash(news) {
  for (const row of news.flatMap(rows)) {
    row.classList.remove("flash");
    void row.offsetWidth; // begins the animation anew when the row flashed already
    row.classList.add("flash");
  }
}

const LOST = { revoked: "Revoked", suspended: "Suspended" };

function headline(piece) {
  if (LOST[piece.state]) return LOST[piece.state];
  return piece.kind === "milestone" ? "Reached just now" : "Awarded just now";
}

function toast(news) {
  const first = news.find((piece) => piece.kind === "award") ?? news.find((piece) => piece.kind === "milestone");
  if (!first) return;
  const lines = [];
  for (const piece of news) {
    if (piece === first || piece.kind === "record") continue;
    if (piece.kind === "progress") lines.push(`${piece.name}: ${piece.says}`);
    else lines.push(LOST[piece.state] ? `${piece.name} is ${LOST[piece.state].toLowerCase()} with it` : `It completes ${piece.name}`);
  }
  toasts.replaceChildren(message(first, lines));
}

function message(piece, lines) {
  const box = element("div", "toast");
  const art = rows(piece)[0]?.querySelector(".badge-art")?.cloneNode(true) ?? element("span");
  art.setAttribute("aria-hidden", "true");
  const words = element("div");
  const name = element("p", "name-s");
  const link = element("a", "", piece.name);
  link.href = `/awards/${encodeURIComponent(piece.award_id)}`;
  name.append(link);
  words.append(element("p", "meta", headline(piece)), name, ...lines.map((line) => element("p", "small", line)));
  box.append(art, words, closing());
  return box;
}

function closing() {
  const button = element("button", "icon-button close-mark");
  button.type = "button";
  button.setAttribute("aria-label", "Close this message");
  button.addEventListener("click", () => toasts.replaceChildren());
  return button;
}

function element(name, kind = "", words = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = words;
  return made;
}

// A tab that slept may have lost its stream for good: look again when it is seen.
function awake() {
  if (document.visibilityState !== "visible") return;
  if (!source || doubt || source.readyState === EventSource.CLOSED) {
    open();
    refreshing = refreshing.then(refresh).catch(() => {});
  }
}

if (live) {
  open();
  document.addEventListener("visibilitychange", awake);
  addEventListener("online", awake);
  addEventListener("pageshow", (event) => { if (event.persisted) { source?.close(); open(); refreshing = refreshing.then(refresh).catch(() => {}); } });
  addEventListener("pagehide", () => { clearTimeout(retry); clearTimeout(doubt); source?.close(); });
}
