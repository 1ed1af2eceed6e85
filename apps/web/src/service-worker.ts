/** Lets the page be installed, and say something of its own where there is no network. */
export function registerServiceWorker(): void {
  // Neither on insecure addresses, nor while the page is developed: Vite serves no such file.
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const register = (): void => {
    // With a certificate that the browser was only talked into it refuses; the page works without.
    navigator.serviceWorker.register("/service-worker.js").catch(() => {});
  };
  // After all that the page itself needs.
  if (document.readyState === "complete") register();
  else addEventListener("load", register, { once: true });
}
