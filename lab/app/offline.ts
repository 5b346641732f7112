/** Registers the service worker, or says why the lab will not work without a network. */

/** Starts offline use where the address allows it; the footer shows how that went. */
export function startOffline(root: string): void {
  const place = document.getElementById("offline");
  const say = (text: string): void => {
    if (place) place.textContent = text;
  };
  if (import.meta.env.DEV) return say("Development server: nothing is kept for offline use.");
  if (!("serviceWorker" in navigator)) {
    return say(
      window.isSecureContext
        ? "This browser keeps nothing for offline use."
        : "Opened over plain http on a network address, so it cannot be kept for offline use: " +
            "serve it over https, or run nabla lab on this computer.",
    );
  }
  navigator.serviceWorker
    .register(`${root}sw.js`)
    .then(() => navigator.serviceWorker.ready)
    .then(() => say("Kept on this device: works without a network."))
    .catch(() => say("Could not be kept for offline use on this device."));
}
