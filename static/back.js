// The way back from a measure leads to the list that was seen last in this tab, as list.js remembers it by its path.
"use strict";

(() => {
  const link = document.querySelector("a[data-back-to-list]");
  if (!link) return;
  try {
    const address = sessionStorage.getItem(link.pathname);
    if (address) link.href = address;
  } catch {
    // Storage is closed to us: the plain link stays.
  }
})();
