// The way back from a measure leads to the list that was seen last in this tab, as list.js remembers it by its path.
"use strict";

(() => {
  const link = document.querySelector("a[data-back-to-list]");
  if (!link) return;
  try {
    link.href = sessionStorage.getItem(link.pathname) ?? link.href;
  } catch {
    // Storage is closed to us: the plain link stays.
  }
})();
