// ready calls fn for each element that matches now and for those that come
// later, once for each element.
export function ready(selector, fn) {
  const done = new WeakSet();
  const look = (root) => {
    for (const element of root.querySelectorAll?.(selector) ?? []) {
      if (!done.has(element)) {
        done.add(element);
        fn(element);
      }
    }
    if (root.matches?.(selector) && !done.has(root)) {
      done.add(root);
      fn(root);
    }
  };
  look(document);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) look(node);
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
}
