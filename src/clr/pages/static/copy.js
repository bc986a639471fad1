// Copy what a button names: <button data-copy="#id"> copies that element's value or text and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  const said = button.querySelector("[data-copy-said]") ?? button;
  const before = said.textContent;
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    said.textContent = "Copied";
  } catch {
    if (source.select) source.select();
    said.textContent = "Selected: copy it with your keyboard";
  }
  setTimeout(() => { said.textContent = before; }, 2500);
});
