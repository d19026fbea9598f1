import "./script/htmx.js";
import { agos } from "./script/ago.js";
import { drafts } from "./script/draft.js";
import { focus } from "./script/focus.js";
import { frames } from "./script/frame.js";
import { listen } from "./script/listen.js";
import { once } from "./script/once.js";
import { toasts } from "./script/toast.js";
import { uploads } from "./script/upload.js";

focus();
uploads();
once();
drafts();
frames();
toasts();
agos();
listen();
