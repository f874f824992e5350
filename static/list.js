// The list of measures narrows in place. Everything here also works without it: the form, the links and the addresses are
// the page's own, and whatever goes wrong ends in an ordinary load of the same address.
//
// What the address says is the only state: the boxes, the list and the way back follow it, never the other way round.
"use strict";

(() => {
  const form = document.getElementById("filters");
  if (!form) return;

  const list = new URL(form.action).pathname;
  const announcer = document.querySelector("[data-announce]");
  const search = document.getElementById("q");
  const here = () => location.pathname + location.search;
  let shown = here(); // the address of the list that stands on the page
  let asked = null; // what can stop the answer that is awaited
  let travelling = false; // whether that answer belongs to an address that the reader has gone back or forward to
  let composing = false; // whether an input method is at work in the search box

  const remember = () => {
    try {
      sessionStorage.setItem(list, here()); // for back.js
    } catch {
      // Storage is closed to us: the way back leads to the whole list.
    }
  };

  const regions = (page) => new Map([...page.querySelectorAll("[data-region]")].map((region) => [region.dataset.region, region]));

  const facets = (page) => new Map([...page.querySelectorAll("#filters [data-facet]")].map((facet) => [facet.dataset.facet, facet]));

  const options = (facet) => new Map([...facet.querySelectorAll("input[type=checkbox]")].map((box) => [box.value, box]));

  const awaitAnswer = (answer, travels) => {
    asked?.abort();
    asked = answer;
    travelling = travels;
    const results = document.querySelector("[data-region=results]");
    if (answer) results.setAttribute("aria-busy", "true");
    else results.removeAttribute("aria-busy");
  };

  // An unanswered choice is taken back, and so is what the browser filled in from an earlier visit: boxes and order are
  // again as the server wrote them for this address. Typed text stays.
  const settle = () => {
    awaitAnswer(null, false);
    for (const control of form.elements) {
      if (control.type === "checkbox") control.checked = control.hasAttribute("checked");
      for (const option of control.options ?? []) option.selected = option.hasAttribute("selected");
    }
    remember();
  };

  // Options keep their elements, and with them focus and open groups; only what they say is replaced. Of a facet with more options
  // than are shown, others may be shown now: then the focus returns to the one that had it.
  const updateForm = (page) => {
    const focused = document.activeElement;
    for (const [name, facet] of facets(document)) {
      const other = facets(page).get(name);
      const fresh = options(other);
      if ([...options(facet).keys()].join() !== [...fresh.keys()].join()) {
        facet.querySelector("fieldset").replaceChildren(...other.querySelector("fieldset").childNodes);
        if (focused.name === name) options(facet).get(focused.value)?.focus({ preventScroll: true });
        continue;
      }
      facet.querySelector(".more-options")?.replaceWith(other.querySelector(".more-options"));
      for (const [value, box] of options(facet)) {
        const otherBox = fresh.get(value);
        box.checked = otherBox.checked;
        box.toggleAttribute("checked", otherBox.checked);
        const item = box.closest("li");
        const otherItem = otherBox.closest("li");
        item.className = otherItem.className;
        item.querySelector(".option-count").textContent = otherItem.querySelector(".option-count").textContent;
      }
    }
    for (const summary of page.querySelectorAll("#filters [data-facet] > summary")) {
      const facet = summary.parentElement.dataset.facet;
      document.querySelector(`#filters [data-facet="${facet}"] > summary`).replaceChildren(...summary.childNodes);
    }
  };

  const update = (page) => {
    const fresh = regions(page);
    const old = regions(document);
    const sameFacets = [...facets(document).keys()].join() === [...facets(page).keys()].join();
    if (!page.getElementById("filters") || !sameFacets || [...old.keys()].sort().join() !== [...fresh.keys()].sort().join())
      throw new Error("another kind of page");
    const focused = document.activeElement;
    const lost = [...old.values()].some((region) => region.contains(focused));
    updateForm(page);
    for (const [name, region] of old) {
      // What the reader has opened stays open.
      const open = new Set([...region.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent));
      region.replaceChildren(...fresh.get(name).childNodes);
      for (const summary of region.querySelectorAll("details > summary")) summary.parentElement.open ||= open.has(summary.textContent);
    }
    // The same page in other languages and forms: switcher, canonical address, feeds.
    for (const selector of ["a[hreflang]", "link[hreflang]", "link[rel=canonical]", "link[type='application/atom+xml']"]) {
      const links = page.querySelectorAll(selector);
      document.querySelectorAll(selector).forEach((link, at) => links[at] && link.setAttribute("href", links[at].getAttribute("href")));
    }
    document.title = page.title;
    if (lost) {
      const next = (focused.id && document.getElementById(focused.id)) || document.getElementById("selection");
      if (next.matches("h1, h2")) next.tabIndex = -1;
      next.focus({ preventScroll: true });
    }
    announcer.textContent = document.querySelector("[data-region=panel-count]").textContent.trim();
  };

  // Shows the list of `address`: the one a reader `travels` to in the history, or a new one. An overtaken answer, or one whose
  // page has been left, ends without a trace.
  const show = async (address, { travels = false, top } = {}) => {
    let own = null;
    try {
      own = new AbortController();
      awaitAnswer(own, travels);
      const sent = search.value;
      const answer = await fetch(address, { signal: own.signal, headers: { Accept: "text/html" } });
      if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("text/html")) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (own !== asked) return;
      const target = new URL(answer.url);
      if (target.pathname !== list) throw new Error("another page");
      const before = scrollY;
      update(page);
      const words = page.getElementById("q").value;
      if (!composing && search.value === sent && sent !== words) search.value = words; // what is typed meanwhile stays
      if (!travels) history.replaceState({ top: before }, "");
      if (target.pathname + target.search !== here()) history[travels ? "replaceState" : "pushState"]({}, "", target);
      shown = here();
      scrollTo({ top: top ?? before, behavior: "instant" });
      awaitAnswer(null, false);
      remember();
    } catch {
      if (own === asked) location.assign(address);
    }
  };

  // The reader has chosen and wants to see the list, which the open panel has pushed down.
  const leave = (panel) => {
    panel.open = false;
    const results = document.getElementById("results");
    results.tabIndex = -1;
    results.focus({ preventScroll: true });
    results.parentElement.scrollIntoView({ behavior: "instant" });
  };

  const showChosen = (event) => {
    event.preventDefault();
    try {
      const panel = event.submitter?.closest(".filter-panel");
      if (panel) leave(panel);
      const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim())).toString();
      show(query ? `${list}?${query}` : list);
    } catch {
      form.submit();
    }
  };

  addEventListener("pagehide", () => awaitAnswer(null, false));
  addEventListener("pageshow", () => asked || settle());
  addEventListener("popstate", (event) => {
    if (here() !== shown) show(here(), { travels: true, top: event.state?.top });
    else if (travelling) settle(); // back where the page still is; without that, only the fragment has changed
  });
  search.addEventListener("compositionstart", () => (composing = true));
  search.addEventListener("compositionend", () => (composing = false));
  form.addEventListener("submit", showChosen);
  document.addEventListener("change", (event) => {
    if (event.target.form === form && event.target.matches("input[type=checkbox], select")) showChosen(event);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.pathname !== list || link.hash || !link.closest("main")) return;
    event.preventDefault();
    show(link.href, { top: link.closest(".pages") ? 0 : undefined });
  });
  document.documentElement.classList.add("narrows-in-place");
})();
