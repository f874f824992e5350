// The staff desk without these lines is complete; with them it is quicker.
"use strict";

// A second click on "Save" would only meet the conflict page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A new action gets the next free number.
document.addEventListener("formset:added", (event) => {
  const added = event.target.querySelector?.('input[name$="-position"]');
  if (!added) return;
  const taken = [...document.querySelectorAll('input[name$="-position"]')]
    .filter((input) => input !== added && !input.name.includes("__prefix__") && !input.name.startsWith("initial-"))
    .map((input) => Number(input.value) || 0);
  added.value = Math.max(0, ...taken) + 1;
});

// Select2 gives its boxes no name that assistive technology can read: they take the field's label.
const labelled = (select) => select.labels?.[0]?.textContent.trim().replace(/[:：]$/, "");
const nameBoxes = () => {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const name = labelled(select);
    const box = select.nextElementSibling;
    if (!name || !box) continue;
    for (const control of box.querySelectorAll('[role="combobox"], [role="searchbox"], input.select2-search__field, textarea.select2-search__field')) {
      control.setAttribute("aria-label", name);
      control.removeAttribute("aria-labelledby");
    }
    for (const list of box.querySelectorAll('[role="textbox"]')) list.setAttribute("aria-label", name);
  }
};
new MutationObserver(nameBoxes).observe(document.documentElement, { childList: true, subtree: true });

// The search box of a list is labelled by a picture; its name is that picture's text.
const box = document.getElementById("searchbar");
if (box) box.setAttribute("aria-label", box.labels[0]?.querySelector("img")?.alt || box.name);
