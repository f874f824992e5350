// Suggestions below the search field: a combobox with a list, as the ARIA Authoring Practices describe it. The field is a plain
// one without this script; what is suggested only leads where links of the site lead too.
"use strict";

(() => {
  const PAUSE = 200; // milliseconds without a key, after which one request is sent
  const KEPT = 50; // answers
  const input = document.querySelector("input[data-suggestions]");
  if (!input) return;
  const list = document.getElementById("q-suggestions");
  const status = input.parentElement.querySelector("[data-said]");
  const answers = new Map();
  let timer = 0;
  let running = null;
  let shown = ""; // what the list's options were suggested for

  input.autocomplete = "off";
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }))
    input.setAttribute(name, value);

  const typed = () => input.value.trim().replace(/\s+/g, " ");
  const active = () => list.querySelector("[aria-selected=true]");
  const isOpen = () => !list.hidden;

  const select = (option) => {
    active()?.setAttribute("aria-selected", "false");
    input.removeAttribute("aria-activedescendant");
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const toggle = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) {
      select(null);
      status.textContent = "";
    }
  };

  const stop = () => {
    clearTimeout(timer);
    running?.abort();
    toggle(false);
  };

  const optionOf = ({ kind, text, lang, address, count }, at) => {
    const option = document.createElement("li");
    option.id = `${list.id}-${at}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.address = address;
    const [name, about] = [document.createElement("span"), document.createElement("span")];
    name.lang = lang;
    name.textContent = text;
    about.textContent = count === null ? kind : `${kind} · ${count}`;
    option.append(name, " ", about);
    return option;
  };

  const show = (query, { suggestions, said }) => {
    list.replaceChildren(...suggestions.map(optionOf));
    shown = query;
    toggle(suggestions.length > 0);
    status.textContent = said;
  };

  const ask = async () => {
    const query = typed();
    running?.abort();
    if (!query) return toggle(false);
    const own = (running = new AbortController());
    try {
      if (!answers.has(query)) {
        const answer = await fetch(`${input.dataset.suggestions}?${new URLSearchParams({ q: query })}`, { signal: own.signal });
        if (!answer.ok) throw new Error(answer.status);
        answers.set(query, await answer.json());
        if (answers.size > KEPT) answers.delete(answers.keys().next().value);
      }
      if (!own.signal.aborted && document.activeElement === input && typed() === query) show(query, answers.get(query));
    } catch {
      if (!own.signal.aborted) toggle(false); // the form works without suggestions
    }
  };

  const askAfterAPause = () => {
    clearTimeout(timer);
    if (typed() !== shown) toggle(false); // what was suggested is of other words
    timer = setTimeout(ask, PAUSE);
  };

  // While an input method composes, the field holds letters that are not meant yet.
  input.addEventListener("input", (event) => {
    if (event.isComposing) stop();
    else askAfterAPause();
  });
  input.addEventListener("compositionend", askAfterAPause);

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return; // 229: a key of an input method
    const options = [...list.children];
    const at = options.indexOf(active());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!options.length || shown !== typed()) return;
      event.preventDefault();
      const down = event.key === "ArrowDown";
      if (event.altKey) return toggle(down);
      toggle(true);
      select(options[down ? (at + 1) % options.length : (at < 1 ? options.length : at) - 1]);
    } else if (event.key === "Enter" && isOpen() && at >= 0) {
      event.preventDefault();
      location.assign(options[at].dataset.address);
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault(); // a second one empties the field, as it does without suggestions
      toggle(false);
    } else if (event.key === "Home" || event.key === "End" || event.key === "ArrowLeft" || event.key === "ArrowRight") {
      select(null);
    }
  });

  input.form.addEventListener("submit", stop, { capture: true });
  input.addEventListener("blur", stop);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.address);
  });
})();
