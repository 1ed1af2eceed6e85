import { render } from "solid-js/web";
import { App } from "./app.tsx";
import { dressEmbedded, embedding } from "./embed/embedding.ts";
import { loadLanguage } from "./i18n/translate.ts";
import { route } from "./router/navigation.ts";
import { registerServiceWorker } from "./service-worker.ts";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/embedded.css";

const root = document.querySelector("#app");
if (root === null) throw new Error("index.html has no #app");
dressEmbedded();
await loadLanguage();
render(() => <App />, root);
if (embedding() !== undefined && route().name === "bad-room") {
  void import("./embed/tell-embedder.ts").then(({ tellOfBadRoom }) => tellOfBadRoom());
}
registerServiceWorker();
