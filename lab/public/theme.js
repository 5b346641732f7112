/** Sets the chosen theme before the first paint; a module would come too late. */
try {
  const theme = localStorage.getItem("nabla-lab-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // No storage, no choice to remember.
}
