// Buttons that copy a text of the page; style shows them where scripts run. The list replaces its parts in place, so one
// listener serves all.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText.trim());
  } catch {
    return; // It was not allowed: the text stands beside the button and can be selected.
  }
  button.textContent = button.dataset.label;
  setTimeout(() => { button.textContent = label; }, 2000);
});
