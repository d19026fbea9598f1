// The one stream of hints of a browser, and what came by it lately: pages
// listen some time after the server made them. Times are the server's, in
// milliseconds.
const slack = 500; // between the clocks of two servers
const memory = 256; // hints

export function feed(tell) {
  let stream, retry, since;
  let pause = 2000;
  let recent = [];

  function hear(event) {
    const hint = JSON.parse(event.data);
    if (event.lastEventId) since = event.lastEventId;
    recent = [...recent.slice(1 - memory), hint];
    tell(hint);
  }

  function open() {
    clearTimeout(retry);
    stream = new EventSource("/live?since=" + since);
    stream.addEventListener("hint", hear);
    stream.onopen = () => (pause = 2000);
    // While it can, the browser connects again by itself. A refusal ends the
    // stream; the session may be there again later.
    stream.onerror = () => {
      if (stream.readyState !== EventSource.CLOSED) return;
      pause = Math.min(pause * 2, 60e3);
      retry = setTimeout(open, pause * (0.5 + Math.random()));
    };
  }

  return {
    // begin sees to it that a page made at that time hears what changed from
    // then on, and gives what of it came already.
    begin(made) {
      if (!stream || stream.readyState === EventSource.CLOSED) {
        since = Math.min(since ?? made, made);
        open();
        return [];
      }
      return recent.filter((hint) => hint.at >= made - slack);
    },
    end() {
      clearTimeout(retry);
      stream?.close();
      stream = since = undefined;
      recent = [];
    },
  };
}
