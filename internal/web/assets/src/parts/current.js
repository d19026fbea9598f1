// An index that is wider than a phone's window begins at the page it is on.

for (const current of document.querySelectorAll(".admin-index [aria-current]")) {
  const index = current.parentElement;
  const at = current.getBoundingClientRect(), around = index.getBoundingClientRect();
  index.scrollLeft += at.left - around.left - (around.width - at.width) / 2;
}
