// Checks a pasted, chosen or dropped document without leaving the page; without this script the form does it.
const root = document.querySelector("[data-verifier]");
const form = root.querySelector("form");
const chooser = root.querySelector("[data-file]");
const part = (name) => root.querySelector(`[data-${name}]`);
const icon = (name) => root.querySelector(`[data-icon="${name}"]`).firstElementChild.cloneNode(true);
const SHOWN = 200_000;          // bytes of a file that are shown; a browser lays out more of them only slowly
const UNREAD = new Set([400, 415, 422]);
const UNCHECKED = "It could not be checked";
const MEDIA = { png: "image/png", svg: "image/svg+xml" };

part("choose").hidden = part("hint").hidden = false;
part("choose").addEventListener("click", () => chooser.click());
chooser.addEventListener("change", () => chooser.files[0] && checkFile(chooser.files[0]));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  check(form.elements.document.value, "text/plain");
});
for (const kind of ["dragover", "drop"]) {
  root.addEventListener(kind, (event) => {
    event.preventDefault();
    part("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files[0]) checkFile(event.dataTransfer.files[0]);
  });
}
root.addEventListener("dragleave", () => part("drop").classList.remove("over"));

async function checkFile(file) {
  const media = MEDIA[file.name.split(".").pop().toLowerCase()] ?? "text/plain";
  form.elements.document.value = media === "text/plain" && file.size <= SHOWN ? await file.text() : "";
  await check(file, media);
}

async function check(body, media) {
  say("Checking…", "");
  try {
    const answer = await fetch("/v1/verify", { method: "POST", body, headers: { "Content-Type": media } });
    const told = await answer.json();
    answer.ok ? show(told) : refuse(UNREAD.has(answer.status) ? "This is no credential" : UNCHECKED, told.detail);
  } catch {
    refuse(UNCHECKED, "The service could not be reached. Try again in a moment.");
  }
  part("verdict").focus({ preventScroll: true });
}

function refuse(verdict, why) {
  say(verdict, why);
  part("when").textContent = "";
  part("findings").replaceChildren();
  part("inside-box").hidden = part("says").hidden = true;
}

function show({ verified, findings, credentials }) {
  const failed = findings.filter((found) => found.outcome === "fail").length;
  if (verified) say("It holds", "Unchanged since it was signed, by the issuer it names, not revoked, and within its dates.");
  else if (failed) say("Do not rely on it", `${failed === 1 ? "One check" : `${failed} checks`} failed; see which below.`);
  else say("Not wholly checked", "Nothing is wrong with what could be checked; some of it could not be.");
  part("when").textContent = new Date().toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
  part("findings").replaceChildren(...findings.filter((found) => !found.at).map(line));
  const inside = findings.filter((found) => found.at && found.outcome !== "pass");
  part("inside").replaceChildren(...inside.map(line));
  part("inside-box").hidden = !inside.length;
  part("held").replaceChildren(...credentials.map(held));
  part("says").hidden = !credentials.length;
}

function say(verdict, lead) {
  part("verdict").textContent = verdict;
  part("lead").textContent = lead;
}

function line(found) {
  const item = element("li", found.outcome === "pass" || found.outcome === "not_checked" ? "" : found.outcome);
  item.append(icon(found.outcome));
  const says = found.at ? `${found.at}: ${found.says}` : found.says;
  if (!found.detail) return item.append(element("p", "", says)), item;
  const fold = element("details", "fold");
  const summary = element("summary");
  fold.open = found.outcome === "fail";
  summary.append(element("span", "", says), icon("down"));
  fold.append(summary, element("p", "mono", found.detail));
  item.append(fold);
  return item;
}

function held(credential) {
  const item = element("li");
  const words = element("span");
  words.append(element("span", "name-s", credential.name), element("span", "meta below-line", credential.issuer.name ?? credential.issuer.id));
  const mark = icon(credential.verified ? "pass" : "not_checked");
  mark.lastChild.textContent = credential.verified ? "Holds" : "Not wholly checked";
  item.append(words, mark);
  return item;
}

function element(name, kind = "", words = "") {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = words;
  return made;
}
