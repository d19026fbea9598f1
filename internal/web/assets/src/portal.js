import "./parts/htmx.js";
import "./parts/toast.js";
import "./parts/upload.js";
import "./parts/form.js";
import "./parts/focus.js";
import "./parts/draft.js";
import "./parts/time.js";
import "./parts/frame.js";
import "./parts/seen.js";
import "./parts/hint.js";
import "./parts/push.js";
import "./parts/current.js";

document.documentElement.classList.add("scripts");

// The address of earlier letters: what follows the # never reaches the server.
const follow = () => location.hash === "#/tickets/login" && location.replace("/login");
addEventListener("hashchange", follow); // typed while the page is open
follow();
