// The list of measures narrows in place. Everything here also works without it: the form, the links and the addresses are
// the page's own, and whatever goes wrong ends in an ordinary load of the same address.
"use strict";

(() => {
  const remembered = "list";

  const backLink = document.querySelector("a[data-back-to-list]");
  if (backLink) {
    try {
      const address = sessionStorage.getItem(remembered);
      if (address && new URL(address, location.href).pathname === backLink.pathname) backLink.href = address;
    } catch {
      // Storage is closed to us: the plain link stays.
    }
  }

  const form = document.getElementById("filters");
  if (!form) return;

  const list = new URL(form.action).pathname;
  const announcer = document.querySelector("[data-announce]");
  const here = () => location.pathname + location.search;
  let shown = here();
  let running = null;

  const remember = () => {
    try {
      sessionStorage.setItem(remembered, here());
    } catch {
      // As above.
    }
  };
  remember();

  const regions = (page) => new Map([...page.querySelectorAll("[data-region]")].map((region) => [region.dataset.region, region]));

  const facets = (page) => new Map([...page.querySelectorAll("#filters [data-facet]")].map((facet) => [facet.dataset.facet, facet]));

  const options = (facet) => new Map([...facet.querySelectorAll("input[type=checkbox]")].map((box) => [box.value, box]));

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
    document.getElementById("q").value = page.getElementById("q").value;
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

  // Shows `address`; an overtaken request ends without a trace.
  const show = async (address, { push, scroll }) => {
    running?.abort();
    const own = (running = new AbortController());
    const results = document.querySelector("[data-region=results]");
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: own.signal, headers: { Accept: "text/html" } });
      if (!answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("text/html")) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (own.signal.aborted) return;
      const target = new URL(answer.url);
      if (target.pathname !== list) throw new Error("another page");
      const top = scrollY;
      update(page);
      if (push) {
        history.replaceState({ top }, "");
        if (target.pathname + target.search !== here()) history.pushState({}, "", target);
      }
      shown = here();
      scrollTo({ top: scroll ?? top, behavior: "instant" });
      remember();
    } catch (fault) {
      if (fault.name === "AbortError" || own.signal.aborted) return;
      location.assign(address);
    } finally {
      if (running === own) {
        running = null;
        results.removeAttribute("aria-busy");
      }
    }
  };

  const addressOfForm = () => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
    return query.size ? `${list}?${query}` : list;
  };

  document.documentElement.classList.add("narrows-in-place");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const panel = event.submitter?.closest(".filter-panel");
    if (panel) {
      // The reader has chosen and wants to see the list, which the open panel has pushed down.
      panel.open = false;
      const results = document.getElementById("results");
      results.tabIndex = -1;
      results.focus({ preventScroll: true });
      results.parentElement.scrollIntoView({ behavior: "instant" });
    }
    show(addressOfForm(), { push: true });
  });
  document.addEventListener("change", (event) => {
    if (event.target.form === form && event.target.matches("input[type=checkbox], select"))
      show(addressOfForm(), { push: true });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.pathname !== list || link.hash || !link.closest("main")) return;
    event.preventDefault();
    show(link.href, { push: true, scroll: link.closest(".pages") ? 0 : undefined });
  });
  addEventListener("popstate", (event) => {
    if (here() === shown) return; // only the fragment changed
    if (location.pathname === list) show(here(), { push: false, scroll: event.state?.top });
    else location.reload();
  });
})();
