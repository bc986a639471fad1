// In a demonstration: awards the next step without leaving a page that follows the news, which then shows what it did.
const form = document.querySelector("[data-demo-step]");
const button = form?.querySelector("button");

form?.addEventListener("submit", async (event) => {
  if (!document.querySelector("[data-live]")) return;
  event.preventDefault();
  button.disabled = true;
  const answer = await fetch(form.action, { method: "POST", redirect: "manual" });
  if (answer.type === "opaqueredirect") button.disabled = false;
  else button.textContent = answer.status === 409 ? "Nothing is left to award" : "That did not work";
});
