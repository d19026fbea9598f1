import "./parts/htmx.js";
import "htmx.org/dist/ext/hx-preload.js";
import "./parts/toast.js";
import "./parts/upload.js";
import "./parts/composer.js";
import "./parts/form.js";
import "./parts/focus.js";
import "./parts/draft.js";
import "./parts/time.js";
import "./parts/frame.js";
import "./parts/thread.js";
import "./parts/presence.js";
import "./parts/key.js";
import "./parts/seen.js";
import "./parts/hint.js";
import "./parts/searchbox.js";
import "./parts/push.js";

document.documentElement.classList.add("scripts");
