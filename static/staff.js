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

// What was typed outlives whatever becomes of the answer: a server that restarts, a connection that breaks, a session that
// ended. A form is kept in this tab until an answer says that something was saved; then it is offered to be sent again, with
// the version it was opened on, so that what others saved meanwhile is shown and not overwritten.
const KEPT = `typed:${location.pathname}`;
if (document.querySelector(".messagelist .success")) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("typed:")) sessionStorage.removeItem(key);
}
const offer = document.getElementById("kept-text");
if (offer) {
  const form = offer.closest("form");
  form.addEventListener("submit", (event) => {
    const pressed = event.submitter?.name ? [[event.submitter.name, event.submitter.value]] : [];
    const typed = [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
    try {
      sessionStorage.setItem(KEPT, JSON.stringify([...typed, ...pressed]));
    } catch {
      // No room for it: the form is sent as it is.
    }
  });
  if (sessionStorage.getItem(KEPT) && !document.querySelector(".errornote")) offer.hidden = false;
  offer.querySelector("[data-again]").addEventListener("click", () => {
    const again = document.createElement("form");
    again.method = "post";
    const token = form.elements.csrfmiddlewaretoken.value;
    for (const [name, value] of [["csrfmiddlewaretoken", token], ...JSON.parse(sessionStorage.getItem(KEPT))]) {
      again.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(again);
    HTMLFormElement.prototype.submit.call(again);
  });
  offer.querySelector("[data-discard]").addEventListener("click", () => {
    sessionStorage.removeItem(KEPT);
    offer.hidden = true;
  });
}
