import { render } from "solid-js/web";
import { App } from "./app.tsx";
import { loadLanguage } from "./i18n/translate.ts";
import { registerServiceWorker } from "./service-worker.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";

const root = document.querySelector("#app");
if (root === null) throw new Error("index.html has no #app");
await loadLanguage();
render(() => <App />, root);
registerServiceWorker();
